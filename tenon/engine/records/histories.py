"""The history of a record as its reader may see it, and its values as records show them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from tenon.engine import history
from tenon.engine.access.resolver import environment, grants_condition
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.people import names_of
from tenon.engine.query.paths import Selected
from tenon.engine.query.shaping import Titles
from tenon.engine.records.merges import merge_of, survivor_of
from tenon.engine.records.save import allowed_ids
from tenon.engine.records.undoing import read_kept
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Malformed, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field

CURSOR = re.compile(r"[0-9a-f-]{36}")


def history_page(uow: UnitOfWork, ctx: Context, entity: Entity, id: str, limit: int, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """Return entries, newest first, and the cursor of the next page. Raises NotFound."""
    entries, _, following = _read(uow, ctx, entity, id, limit, after)
    return entries, following


def told_page(uow: UnitOfWork, ctx: Context, entity: Entity, id: str, limit: int, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """Return the same with people and values as records show them: ``{"id", "title"}`` for who and what is referred to. Raises NotFound."""
    entries, seen, following = _read(uow, ctx, entity, id, limit, after)
    _show(uow, rights_of(uow.model, ctx), entity, entries, seen)
    return entries, following


def show_entries(uow: UnitOfWork, ctx: Context, entity: Entity, id: str, entries: Sequence[dict[str, Any]]) -> None:
    """Make people and values of a record's entries what records show."""
    rights = rights_of(uow.model, ctx)
    _show(uow, rights, entity, entries, seen_fields(uow, rights, entity, id))


def _show(uow: UnitOfWork, rights: Rights, entity: Entity, entries: Sequence[dict[str, Any]], seen: Mapping[str, bool]) -> None:
    names = names_of(uow.connection, [e["by"] for e in entries if e["by"]])
    titles = Titles(uow, rights)
    sides = [(change, side, entity.fields[change["field"]]) for entry in entries for change in entry["changes"] for side in ("from", "to")]
    plain = [(c, s, Selected(f.name, (), f, entity, rights.state(entity, f)), _canonical(uow, f, c[s])) for c, s, f in sides if seen[f.id]]
    for _, _, item, value in plain:
        titles.want(item, [value])
    titles.fetch()
    for change, side, item, value in plain:
        change[side] = change[side] if value is None else titles.show(item, value)
    for entry in entries:
        entry["by"] = {"id": entry["by"], "title": names.get(entry["by"])} if entry["by"] else None


def _canonical(uow: UnitOfWork, field: Field, value: Any) -> Any:
    """Return a value of the history as a canonical one; None when it no longer reads as one, its field being another kind now."""
    if isinstance(value, dict) and field.storage.kind == "pair":
        far = uow.model.entities.get(value["entity"] or "")
        return (far.id, value["id"]) if far else None
    try:
        return read_kept(field, value)
    except (ValueError, TypeError, ArithmeticError):
        return None


def _read(
    uow: UnitOfWork, ctx: Context, entity: Entity, id: str, limit: int, after: str | None
) -> tuple[list[dict[str, Any]], dict[str, bool], str | None]:
    """Return entries, which fields are shown in them, and the cursor of the next page."""
    rights = require_visible(uow, ctx, entity, id)
    if after is not None and not CURSOR.fullmatch(after):
        raise Malformed(Problem("/after", "bad_cursor", say("This cursor cannot be read.", "无法读取该游标。"), say("Start again.", "请重新开始。")))
    seen = seen_fields(uow, rights, entity, id)
    entries = history.page(uow, entity, id, seen, limit + 1, after)
    name_merged(uow, rights, entity, entries)
    following = entries[limit - 1]["id"] if len(entries) > limit else None
    return entries[:limit], seen, following


def require_visible(uow: UnitOfWork, ctx: Context, entity: Entity, id: str) -> Rights:
    """Return the rights of who reads. Raises NotFound when they may not see the record.

    One in the trash needs the right to restore, or that it was merged into one that they see.
    """
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "read")
    table = uow.tables.of(entity)
    there = uow.connection.execute(select(table.c.deleted_at).where(table.c.id == id)).first()
    allowed = allowed_ids(uow, rights, entity, [id], "read", [])
    if there is None or (allowed is not None and id not in allowed):
        raise not_found()
    if there.deleted_at is not None and not rights.may(entity, "restore") and not _is_merged_into_seen(uow, rights, entity, id):
        raise not_found()
    return rights


def _is_merged_into_seen(uow: UnitOfWork, rights: Rights, entity: Entity, id: str) -> bool:
    survivor, table = survivor_of(uow, id), uow.tables.of(entity)
    if survivor is None or uow.connection.execute(select(table.c.id).where(table.c.id == survivor, table.c.deleted_at.is_(None))).first() is None:
        return False
    allowed = allowed_ids(uow, rights, entity, [survivor], "read", [])
    return allowed is None or survivor in allowed


def name_merged(uow: UnitOfWork, rights: Rights, entity: Entity, entries: Sequence[dict[str, Any]]) -> None:
    """Say in entries of a history that tell of merges what was absorbed: ``merged``, a list of ``{"id", "title"}``, as far as the reader sees it."""
    for entry in [e for e in entries if e["action"] == "merge"]:
        found = merge_of(uow, entry["batch"])
        absorbed = list(found.absorbed) if found is not None else []
        titles = titles_of_merged(uow, rights, entity, absorbed)
        entry["merged"] = [{"id": id, "title": titles[id]} for id in absorbed if id in titles]


def titles_of_merged(uow: UnitOfWork, rights: Rights, entity: Entity, ids: Sequence[str]) -> dict[str, str | None]:
    """Return the titles of absorbed records that somebody may read, in the trash or back from it; None where the title is hidden."""
    table = uow.tables.of(entity)
    there = set(uow.connection.execute(select(table.c.id).where(table.c.id.in_(id_set(uow.dialect, ids)))).scalars())
    allowed = allowed_ids(uow, rights, entity, list(ids), "read", [])
    seen = [id for id in ids if id in there and (allowed is None or id in allowed)]
    title = entity.fields.get(entity.title or "")
    if title is None or not title.is_stored or not rights.may_read(entity, title):
        return dict.fromkeys(seen)
    column = table.c[title.column]
    known = {row.id: row[1] for row in uow.connection.execute(select(table.c.id, column).where(table.c.id.in_(id_set(uow.dialect, seen))))}
    shown = {id: seen_fields(uow, rights, entity, id).get(title.id) is True for id in seen}
    return {id: str(known[id]) if shown[id] and known.get(id) is not None else None for id in seen}


def seen_fields(uow: UnitOfWork, rights: Rights, entity: Entity, id: str) -> dict[str, bool]:
    """Return the fields whose values are shown, by id: True as they are, False masked."""
    states = {f: rights.state(entity, f) for f in entity.fields.values()}
    table, env = uow.tables.of(entity), environment(uow, rights)
    asked = {}
    for field in [f for f, state in states.items() if state in ("partly", "masked")]:
        asked[field, True] = rights.readable(entity, field)
        asked[field, False] = rights.masking(entity, field)
    asked = {key: grants for key, grants in asked.items() if grants}
    seen = {f.id: True for f, state in states.items() if state == "full"}
    if asked:
        columns = [grants_condition(env, table, entity, grants).label(f"g{i}") for i, grants in enumerate(asked.values())]
        row = uow.connection.execute(select(*columns).where(table.c.id == id)).one()
        for (field, reads), holds in zip(asked, row, strict=True):
            if holds:
                seen[field.id] = seen.get(field.id, False) or reads
    return seen

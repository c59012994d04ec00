"""Telling people about records: each only about those they may read, in their language, as ordinary records of ``notice``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context, system_context
from tenon.engine.people import user_of, users
from tenon.engine.query.paths import select_paths
from tenon.engine.query.shaping import Shape
from tenon.engine.records import writing
from tenon.engine.sql.elements import is_null
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source, visible
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity

NEEDED = ("recipient", "title")
LONGEST_TITLE, LONGEST_TEXT = 200, 2_000
GATHERED = timedelta(minutes=15)
"""So long a notice that nobody has read takes in what goes on in the same words about the same record."""


def notice_entity(uow: UnitOfWork) -> Entity | None:
    """Return the entity of notices, None where the release has none."""
    found = uow.model.entities.get("notice")
    return found if found is not None and all(name in found.fields for name in NEEDED) else None


def contexts_of(uow: UnitOfWork, ids: Collection[str]) -> dict[str, Context]:
    """Return active people by id, each as who reads in their own language."""
    found = select(users).where(users.c.state == "active", users.c.id.in_(id_set(uow.dialect, ids))).order_by(users.c.id)
    rows = [dict(row) for row in uow.connection.execute(found).mappings()]
    return {row["id"]: Context(user_of(uow.connection, row), row["language"]) for row in rows}


def readable(uow: UnitOfWork, ctx: Context, entity: Entity, ids: Collection[str], fields: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return those living records that somebody may read, by id, with the fields of these that they may read."""
    rights = rights_of(uow.model, ctx)
    if not ids or not rights.may(entity, "read"):
        return {}
    source = Source(environment(uow, rights), entity)
    names = [n for n in fields if n in entity.fields and rights.state(entity, entity.fields[n]) != "hidden"]
    shape = Shape(rights, source, select_paths(rights, entity, names))
    wanted = (source.alias.c.id.in_(id_set(uow.dialect, ids)), *visible(source.environment, source.alias, entity))
    rows = uow.connection.execute(select(*shape.columns).select_from(source.from_clause).where(*wanted)).all()
    return {record["id"]: record for record in shape.records(uow, rows)}


def titles(uow: UnitOfWork, ctx: Context, entity: Entity, ids: Collection[str]) -> dict[str, str]:
    """Return the titles of those records that somebody may read; the name of the entity where the title itself is out of their sight."""
    name = entity.title or ""
    found = readable(uow, ctx, entity, ids, [name])
    return {id: str(record.get(name) or entity.label.show(ctx.language)) for id, record in found.items()}


def full_names(uow: UnitOfWork, ctx: Context, entity: Entity, ids: Collection[str]) -> dict[str, str]:
    """Return the titles of those records that somebody may read, each with the record it cannot be without: a contact with its customer."""
    known = titles(uow, ctx, entity, ids)
    owner = next((f.name for f in entity.fields.values() if f.spec.required and f.type.kind == "reference" and not f.is_to_many), None)
    owners = {id: (record.get(owner) or {}).get("title") for id, record in readable(uow, ctx, entity, known, [owner]).items()} if owner else {}

    def named(title: str, of: str) -> str:
        return title if not of or of in title else say("{title} ({owner})", "{title}（{owner}）", title=title, owner=of).show(ctx.language)

    return {id: named(title, str(owners.get(id) or "")) for id, title in known.items()}


def notice(recipient: str, title: str, about: tuple[Entity, str], text: str | None = None, level: str = "info") -> dict[str, Any]:
    """Return the values of a notice about a record."""
    entity, record = about
    return {
        "recipient": recipient, "owner": recipient, "title": title[:LONGEST_TITLE], "text": text[:LONGEST_TEXT] if text else None, "level": level,
        "record": {"entity": entity.name, "id": record},
    }  # fmt: skip


def unread_notices(uow: UnitOfWork, people: Collection[str]) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Return the id and the text of what people were told lately and have not read, by person, record and title."""
    entity = notice_entity(uow)
    if entity is None or not people or not all(name in entity.fields for name in ("read_at", "text", "record")):
        return {}
    source = Source(environment(uow, rights_of(uow.model, system_context())), entity)
    ids, column = id_set(uow.dialect, people), source.alias.c
    wanted = (source.field(entity.fields["recipient"]).in_(ids), is_null(source.field(entity.fields["read_at"])), column.created_at >= uow.now - GATHERED)
    found = uow.connection.execute(select(column.id).select_from(source.from_clause).where(*wanted)).scalars().all()
    listed = readable(uow, system_context(), entity, found, ["recipient", "record", "title", "text"])
    return {(n["recipient"]["id"], n["record"]["id"], n["title"]): (id, n["text"] or "") for id, n in listed.items() if n["record"]}


def tell(uow: UnitOfWork, rows: Iterable[Mapping[str, Any]], label: str) -> None:
    """Write notices as the system, change those with an id; ``label`` says why. What they cannot point to or hold is left out."""
    entity = notice_entity(uow)
    if entity is None:
        return
    link = entity.fields.get("record")
    pointed = {key for t in (link.targets if link is not None else ()) if (far := uow.model.find_entity(t)) is not None for key in (far.name, far.id)}
    kept = [{k: v for k, v in row.items() if k in entity.fields and (k != "record" or v["entity"] in pointed)} for row in rows]
    made, changed = [row for row in kept if "id" not in row], [row for row in kept if "id" in row]
    if made:
        writing.write_many(uow, system_context(label=label), entity, made)
    if changed:
        writing.write_many(uow, system_context(label=label), entity, changed, mode="update")

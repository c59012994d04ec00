"""Changing and deleting every record that matches a filter, when they are as many as expected."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.query.pages import matching
from tenon.engine.records.cleaning import clean_rows
from tenon.engine.records.computing import compute
from tenon.engine.records.deleting import delete
from tenon.engine.records.row import Row
from tenon.engine.records.save import allowed_ids, save
from tenon.engine.records.stored import load, load_versions
from tenon.engine.records.writing import refuse_append_only
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field

CHUNK = 5_000


def change_where(
    uow: UnitOfWork, ctx: Context, entity: Entity, filter: str, values: Mapping[str, Any], expect: int, *, search: str = "",
    among: Collection[str] | None = None,
) -> tuple[int, str]:
    """Set fields of every matching record to values, ``{"expr": …}``, or for lists ``{"add": […]}`` and ``{"remove": […]}``.

    Returns how many changed, and the batch. An empty filter matches everything; ``search`` narrows it by words as
    lists do, ``among`` to some records.
    """
    ids = list(find_to_change(uow, ctx, entity, filter, values, expect, search=search, among=among))
    batch = uow.new_id()
    return change_part(uow, ctx, entity, ids, values, batch), batch


def find_to_change(
    uow: UnitOfWork, ctx: Context, entity: Entity, filter: str, values: Mapping[str, Any], expect: int, *, search: str = "",
    among: Collection[str] | None = None,
) -> dict[str, int]:
    """Return the versions of the records that match, when they are as many as expected. Raises Conflict, Forbidden."""
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "update")
    rights.require(entity, "bulk")
    refuse_append_only(entity)
    found = _expected(uow, ctx, entity, filter, expect, search, among)
    _may_all(uow, rights, entity, list(found), "update", _written(rights, entity, values))
    return found


def change_part(uow: UnitOfWork, ctx: Context, entity: Entity, ids: list[str], values: Mapping[str, Any], batch: str) -> int:
    """Set fields of records as one part of a batch; return how many changed. Raises Invalid, Forbidden."""
    rights = rights_of(uow.model, ctx)
    expressions = {n: v["expr"] for n, v in values.items() if isinstance(v, dict) and set(v) == {"expr"} and isinstance(v["expr"], str)}
    lists = {n: v for n, v in values.items() if _is_list_change(entity, n, v)}
    plain = {n: v for n, v in values.items() if n not in expressions and n not in lists}
    _may_all(uow, rights, entity, ids, "update", _written(rights, entity, values))
    computed = compute(uow, rights, entity, expressions, ids, path="/set")
    changed = 0
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        before = load(uow, entity, chunk, lock=True)
        rows = [
            Row(i, {**plain, **computed.get(item_id, {}), **_changed_lists(lists, values_before)}, path="/set", id=item_id, action="update", before=values_before, version=values_before["version"])
            for i, (item_id, values_before) in enumerate(before.items())
        ]
        clean_rows(uow, rights, entity, rows)
        _stop(rows)
        save(uow, ctx, rights, entity, rows, batch=batch)
        _stop(rows)
        changed += sum(row.action == "update" for row in rows)
    return changed


def find_meant(uow: UnitOfWork, ctx: Context, entity: Entity, versions: Mapping[str, int], filter: str, search: str, action: str, fields: list[Field]) -> set[str]:
    """Return which records of a batch are still meant: as they were, or changed since but still matching and allowed; they are held until the end."""
    living = load_versions(uow, entity, list(versions))
    moved = [i for i, version in living.items() if version != versions[i]]
    kept = living.keys() - set(moved)
    if moved:
        kept |= set(matching(uow, ctx, entity, [filter] if filter else [], search=search, among=moved)) & _allowed(uow, ctx, entity, moved, action, fields)
    return kept


def _allowed(uow: UnitOfWork, ctx: Context, entity: Entity, ids: list[str], action: str, fields: list[Field]) -> set[str]:
    allowed = allowed_ids(uow, rights_of(uow.model, ctx), entity, ids, action, fields)
    return set(ids) if allowed is None else allowed


def written_fields(uow: UnitOfWork, ctx: Context, entity: Entity, values: Mapping[str, Any]) -> list[Field]:
    """Return the fields that are set and that this person may write."""
    return _written(rights_of(uow.model, ctx), entity, values)


def _written(rights: Rights, entity: Entity, values: Mapping[str, Any]) -> list[Field]:
    return [f for n in values if (f := entity.fields.get(n)) is not None and rights.may_write(entity, f, "update")]


def _is_list_change(entity: Entity, name: str, value: Any) -> bool:
    """True for entries to put into or take out of a list of options, tags or references."""
    field = entity.fields.get(name)
    is_list = field is not None and field.type.kind in ("choices", "references")
    return is_list and isinstance(value, dict) and bool(value) and set(value) <= {"add", "remove"} and all(isinstance(v, list) for v in value.values())


def _changed_lists(changes: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, change in changes.items():
        kept = [v for v in before.get(name) or () if v not in change.get("remove", ())]
        found[name] = list(dict.fromkeys([*kept, *change.get("add", ())]))
    return found


def delete_where(
    uow: UnitOfWork, ctx: Context, entity: Entity, filter: str, expect: int, *, search: str = "", among: Collection[str] | None = None,
) -> tuple[int, str]:
    """Move every matching record to the trash; return how many went, and the batch."""
    ids = list(find_to_delete(uow, ctx, entity, filter, expect, search=search, among=among))
    batch = uow.new_id()
    if ids:
        delete(uow, ctx, entity, ids, batch=batch)
    return len(ids), batch


def find_to_delete(
    uow: UnitOfWork, ctx: Context, entity: Entity, filter: str, expect: int, *, search: str = "", among: Collection[str] | None = None,
) -> dict[str, int]:
    """Return the versions of the records that match, when they are as many as expected. Raises Conflict, Forbidden."""
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "delete")
    rights.require(entity, "bulk")
    return _expected(uow, ctx, entity, filter, expect, search, among)


def _expected(
    uow: UnitOfWork, ctx: Context, entity: Entity, filter: str, expect: int, search: str, among: Collection[str] | None,
) -> dict[str, int]:
    found = matching(uow, ctx, entity, [filter] if filter else [], search=search, among=among)
    if len(found) != expect:
        message = say("{n} {n:record matches|records match}, not {expect}.", "有 {n} 条记录符合条件，而不是 {expect} 条。", n=len(found), expect=expect)
        hint = say("Look at them, then send expect={n}.", "请核对后以 expect={n} 重新发送。", n=len(found))
        raise Conflict(Problem("/expect", "conflict", message, hint), extra={"count": len(found)})
    return found


def _may_all(uow: UnitOfWork, rights: Rights, entity: Entity, ids: list[str], action: str, fields: list[Field]) -> None:
    allowed = allowed_ids(uow, rights, entity, ids, action, fields)
    if allowed is not None and len(allowed) != len(ids):
        message = say("{n} of these records {n:is|are} not yours to change.", "其中 {n} 条记录您无权修改。", n=len(ids) - len(allowed))
        raise Forbidden(Problem("", "forbidden", message, say("Narrow the filter.", "请缩小筛选范围。")))


def _stop(rows: list[Row]) -> None:
    problems = [p for row in rows for p in row.problems]
    if problems:
        raise Invalid(list({(p.path, p.code): p for p in problems}.values())[:20])

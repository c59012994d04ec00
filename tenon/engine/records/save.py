"""Storing rows that were read and checked: records, links, history, computed fields, checks, rights, events; all as sets."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tenon.engine.access.resolver import action_condition, environment
from tenon.engine.access.rights import Rights
from tenon.engine.context import Context
from tenon.engine.records import rules
from tenon.engine.records.attaching import keep_files
from tenon.engine.records.checks import failing
from tenon.engine.records.events import Writing, Written, tell
from tenon.engine.records.moves import check_moves, failing_moves
from tenon.engine.records.row import Row
from tenon.engine.records.stored import write_links
from tenon.engine.records.storing import store
from tenon.engine.sql.sets import among, given
from tenon.engine.statements import kept
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.system_fields import WRITABLE_SYSTEM

CHUNK = 5_000
UNCHANGING = ("id", "created_at", "created_by")
ALL = object()


def save(uow: UnitOfWork, ctx: Context, rights: Rights, entity: Entity, rows: list[Row], *, batch: str | None = None) -> bool:
    """Store the rows; False, with problems on the rows, when some were refused after storing (the caller rolls back)."""
    creates = [row for row in rows if row.action == "create"]
    updates = [row for row in rows if row.action == "update"]
    if creates:
        rules.fill_defaults(uow, ctx, entity, creates)
    _drop_unchanged(updates)
    if uow.listeners.before:
        uow.tell_before(Writing(entity, ctx, creates, [row for row in updates if row.action == "update"]))
        _drop_unchanged(updates)
    updates = [row for row in updates if row.action == "update"]
    for field in entity.asking.numbered:
        rules.raise_counter(uow, field, [row for row in updates if field.name in row.values])
    rules.check_required(entity, [row for row in rows if not row.is_taken_back])
    fresh = [row for row in creates + updates if not row.is_taken_back]
    rules.check_bounds(uow, ctx, entity, [row for row in fresh if not row.is_absorbing])
    waiting = check_moves(uow, ctx, entity, fresh)
    if len(rows) > 1:
        rules.check_unique(uow, rights, entity, creates + updates)
    if not all(row.is_good for row in rows):
        return False
    try:
        store(uow, ctx, entity, creates, updates, batch)
    except IntegrityError as error:
        raise rules.clash(uow, rights, entity, error) from error
    _store_links(uow, entity, creates, updates)
    keep_files(uow, entity, creates + updates)
    _tell(uow, ctx, entity, creates, updates)
    for row, problem in failing_moves(uow, ctx, entity, waiting):
        row.refuse(problem)
    _check_stored(uow, rights, entity, creates, updates)
    return all(row.is_good for row in rows)


def _drop_unchanged(updates: list[Row]) -> None:
    for row in updates:
        before = row.before or {}
        row.values = {k: v for k, v in row.values.items() if not _is_same(v, before.get(k))}
        if not row.values and row.is_good:
            row.action = "skip"


def _is_same(value: Any, before: Any) -> bool:
    """True when nothing would change; in JSON true is not 1."""
    if isinstance(value, dict | list):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS) == orjson.dumps(before, option=orjson.OPT_SORT_KEYS) if before is not None else False
    return value == before and isinstance(value, bool) == isinstance(before, bool)


def _store_links(uow: UnitOfWork, entity: Entity, creates: list[Row], updates: list[Row]) -> None:
    for field in entity.lists:
        new = {str(row.id): row.values[field.name] for row in creates if row.values.get(field.name)}
        changed = {str(row.id): row.values[field.name] for row in updates if field.name in row.values}
        if new:
            write_links(uow, field, new, are_new=True)
        if changed:
            write_links(uow, field, changed)


def _tell(uow: UnitOfWork, ctx: Context, entity: Entity, creates: list[Row], updates: list[Row]) -> None:
    """Tell listeners; the first of them keeps formulas and scores fresh."""
    if creates:
        tell(uow, Written(entity, "create", tuple(str(r.id) for r in creates), changed={str(r.id): r.values for r in creates}, ctx=ctx))
    if updates:
        fields = frozenset(entity.fields[name].id for row in updates for name in row.values)
        before = {str(r.id): r.before or {} for r in updates}
        tell(uow, Written(entity, "update", tuple(before), fields, before, {str(r.id): r.values for r in updates}, ctx))


def _check_stored(uow: UnitOfWork, rights: Rights, entity: Entity, creates: list[Row], updates: list[Row]) -> None:
    """Hold the stored records against the entity's checks and the writer's rights."""
    by_id = {str(row.id): row for row in creates + updates}
    for record, problem in failing(uow, rights, entity, list(by_id.values())):
        by_id[record].refuse(problem)
    if rights.is_unlimited:
        return
    for rows, action in ((creates, "create"), (updates, "update")):
        for row in not_allowed(uow, rights, entity, rows, action):
            message = say("Your roles do not allow this record to be stored like that.", "您的角色不允许这样保存该记录。")
            row.refuse(Problem("", "forbidden", message, say("Change the values, or ask for access.", "请修改内容，或申请权限。")))


def not_allowed(uow: UnitOfWork, rights: Rights, entity: Entity, rows: list[Row], action: str) -> list[Row]:
    """Return the rows whose stored record may not be written with the fields that were sent for it."""
    groups: dict[frozenset[str], list[Row]] = {}
    decisive = _decisive(rights, entity) if action == "update" else None
    for row in rows:
        if row.was_allowed and decisive is not None and not decisive & row.values.keys():
            continue  # nothing that decides it has changed
        names = kept(rights.kept, ("sent", entity.id, action, tuple(row.sent)), lambda row=row: _written(rights, entity, row, action))  # type: ignore[misc]
        groups.setdefault(names, []).append(row)
    refused = []
    for names, group in groups.items():
        allowed = allowed_ids(uow, rights, entity, [str(r.id) for r in group], action, [entity.fields[n] for n in sorted(names)])
        refused += [row for row in group if allowed is not None and row.id not in allowed]
    return refused


def _written(rights: Rights, entity: Entity, row: Row, action: str) -> frozenset[str]:
    """Return the fields among those sent that may be written."""
    fields = [f for n in row.sent if n not in ("id", "version") and (f := entity.fields.get(n)) is not None]
    return frozenset(f.name for f in fields if rights.may_write(entity, f, action))


def _decisive(rights: Rights, entity: Entity) -> frozenset[str] | None:
    """Return the fields of a record that decide whether it may be updated; None when computed values or other records do, too."""

    def find() -> Any:
        reads = [pair for grant in rights.grants(entity, "update") if grant.where is not None for pair in grant.where.reads]
        fields = [entity.fields_by_id.get(field_id) if entity_id == entity.id else None for entity_id, field_id in reads]
        known = [f for f in fields if f is not None and (f.is_written or f.name in WRITABLE_SYSTEM or f.name in UNCHANGING)]
        return frozenset(f.name for f in known) if len(known) == len(fields) else ALL

    found = kept(rights.kept, ("decisive", entity.id), find)
    return None if found is ALL else found


def allowed_ids(uow: UnitOfWork, rights: Rights, entity: Entity, ids: list[str], action: str, fields: list[Field]) -> set[str] | None:
    """Return which of the records an action is allowed on, with these fields written; None means all."""
    if not ids:
        return None
    if rights.is_unlimited:
        return None
    names, is_one = frozenset(f.id for f in fields), len(ids) == 1
    key = ("allowed", uow.dialect, entity.id, action, names, is_one)
    statement = _allowed(uow, rights, entity, action, fields, is_one=is_one) if rights.is_clocked else kept(
        rights.kept, key, lambda: _allowed(uow, rights, entity, action, fields, is_one=is_one)
    )
    if statement is ALL:
        return None
    found: set[str] = set()
    for start in range(0, len(ids), CHUNK):
        found.update(uow.connection.execute(statement, given(uow.dialect, ids[start : start + CHUNK], is_one=is_one)).scalars())
    return found


def seen_among(uow: UnitOfWork, rights: Rights, near: Entity, reference: Field, records: list[str]) -> list[str]:
    """Return those of some records of which somebody may know that they refer to another one."""
    if rights.is_unlimited:
        return records
    allowed = allowed_ids(uow, rights, near, records, "read", []) if rights.may_read(near, reference) else set()
    return records if allowed is None else [record for record in records if record in allowed]


def _allowed(uow: UnitOfWork, rights: Rights, entity: Entity, action: str, fields: list[Field], *, is_one: bool) -> Any:
    """Return the statement of the records on which an action is allowed, `ALL` when it is on every one."""
    table = uow.tables.of(entity)
    condition = action_condition(environment(uow, rights), table, entity, rights, action, fields)
    return ALL if condition is None else select(table.c.id).where(among(table.c.id, uow.dialect, is_one=is_one), condition)

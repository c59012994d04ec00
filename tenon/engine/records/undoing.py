"""Taking back what one batch wrote: new records go to the trash, deleted ones come back, changed fields get what they held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Cause, Context
from tenon.engine.history import history
from tenon.engine.jobs.queue import is_any_left
from tenon.engine.records.deleting import check_batch, delete, restore_batch
from tenon.engine.records.row import Row
from tenon.engine.records.save import save
from tenon.engine.records.stored import load
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field

PART = 2_000
WRITING = ("change_records", "delete_records")
"""The kinds of jobs whose batch can be taken back."""


def check_undo(uow: UnitOfWork, ctx: Context, name: str, batch: str) -> Entity:
    """Return the entity of a batch that somebody may take back. Raises NotFound, Forbidden, and Conflict while its job runs."""
    entity = uow.model.entities.get(name)
    if entity is None:
        raise not_found()
    rights_of(uow.model, ctx).require(entity, "bulk")
    found = uow.connection.execute(select(history.c.by).where(history.c.batch == batch, history.c.entity == entity.id).limit(1)).first()
    if found is None or not (ctx.is_admin or found.by == ctx.user_id):
        raise not_found()
    if is_any_left(uow.connection, [f"{kind}:{batch}" for kind in WRITING]):
        message = say("The job that writes this still runs.", "该写入任务仍在执行。")
        raise Conflict(Problem("/batch", "conflict", message, say("Wait for its end, or cancel it first.", "请等待其完成，或先取消。")))
    check_batch(uow, ctx, entity, batch)
    return entity


def weigh(uow: UnitOfWork, batch: str) -> int:
    """Return how many changes a batch made."""
    return int(uow.connection.execute(select(func.count()).where(history.c.batch == batch)).scalar_one())


def undo_part(uow: UnitOfWork, ctx: Context, entity: Entity, batch: str, after: str) -> tuple[dict[str, int], str | None]:
    """Take back a part of a batch, told as such in the history; return counts, and where to go on (None: done)."""
    return undo_batch(uow, replace(ctx, cause=Cause(ctx.cause.kind, batch, f"undo {batch}")), entity, batch, after=after)


def undo_batch(uow: UnitOfWork, ctx: Context, entity: Entity, batch: str, limit: int = PART, after: str = "") -> tuple[dict[str, int], str | None]:
    """Take back a part of a batch: first what is in the trash, then newest entries first; return counts, and where to go on (None: done).

    A field that somebody changed since keeps its value. References of other entities that a deletion cleared point again.
    """
    back = restore_batch(uow, ctx, entity, batch, limit)
    if back == limit:
        return {"deleted": 0, "restored": back}, after
    statement = select(history.c.id, history.c.entity, history.c.record, history.c.action, history.c.changes)
    statement = statement.where(history.c.batch == batch).order_by(history.c.id.desc()).limit(limit)
    entries = uow.connection.execute(statement.where(history.c.id < after) if after else statement).all()
    mine = [e for e in entries if e.entity == entity.id]
    created = list(dict.fromkeys(e.record for e in mine if e.action == "create"))
    living = load(uow, entity, [e.record for e in mine])
    gone = [r for r in created if r in living]
    if gone:
        delete(uow, ctx, entity, gone, batch=f"{batch}-undo")
    stay = living.keys() - set(created)
    changed = change_back(uow, ctx, entity, [e for e in mine if e.action == "update" and e.record in stay], living, batch)
    _point_again(uow, ctx, entity, entries, batch)
    following = entries[-1].id if len(entries) == limit else None
    return {"deleted": len(gone), "restored": changed + back}, following


def _point_again(uow: UnitOfWork, ctx: Context, entity: Entity, entries: Sequence[Any], batch: str) -> None:
    """Give references of other entities what they held before the batch cleared them; as when they were cleared, nobody's rights are asked for."""
    acting = replace(ctx, is_system=True)
    for entity_id in dict.fromkeys(e.entity for e in entries if e.entity != entity.id and e.action == "update"):
        near = uow.model.find_entity(entity_id)
        if near is not None:
            cleared = [e for e in entries if e.entity == entity_id and e.action == "update"]
            living = load(uow, near, [e.record for e in cleared], lock=True)
            change_back(uow, acting, near, [e for e in cleared if e.record in living], living, batch)


def change_back(uow: UnitOfWork, ctx: Context, entity: Entity, entries: list[Any], living: dict[str, dict[str, Any]], batch: str) -> int:
    """Give fields what they held before and return how many records changed; of several changes of a field, the newest is taken back first.

    ``entries`` are rows of the history, newest first; a field that somebody changed since keeps its value. Raises Conflict.
    """
    wanted: dict[str, dict[str, Any]] = {}
    for entry in entries:
        values = wanted.setdefault(entry.record, {})
        for field_id, (old, new) in entry.changes.items():
            field = entity.fields_by_id.get(field_id)
            if field is not None and still_holds({**living[entry.record], **values}, field, new):
                values[field.name] = read_kept(field, old)
    rows = [
        Row(index, {}, id=record, action="update", before=living[record], version=living[record]["version"], values=values, is_taken_back=True)
        for index, (record, values) in enumerate(wanted.items()) if values
    ]
    if rows and not save(uow, ctx, rights_of(uow.model, ctx), entity, rows, batch=f"{batch}-undo"):
        raise Conflict([problem for row in rows for problem in row.problems])
    return sum(row.action == "update" for row in rows)


def still_holds(record: Mapping[str, Any], field: Field, kept: Any) -> bool:
    """Return whether a record, in canonical values, holds in a field what the history keeps."""
    return bool(_json(record.get(field.name)) == kept)


def _json(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value if isinstance(value, str | int | bool | dict | list) or value is None else str(value)


def read_kept(field: Field, value: Any) -> Any:
    """Return a value of the history as a canonical one."""
    kind = field.storage.kind
    if value is None or field.type.kind == "json":
        return value
    if kind == "exact":
        return Decimal(value)
    readers: dict[str, Any] = {"date": date.fromisoformat, "datetime": datetime.fromisoformat, "time": time.fromisoformat}
    if kind in readers:
        return readers[kind](value)
    return tuple(value) if isinstance(value, list) else value

"""What happened to each record: every change with who, when, why, and the values before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, BigInteger, Column, ColumnElement, Index, Table, bindparam, insert, select, text

from tenon.engine.access.masks import mask
from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.context import Context
from tenon.engine.store import metadata
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Field, Model

history = Table(
    "tenon_history", metadata, Column("id", CodeText(), primary_key=True), Column("entity", CodeText(), nullable=False),
    Column("record", CodeText(), nullable=False), Column("version", BigInteger(), nullable=False), Column("action", CodeText(), nullable=False),
    Column("at", Moment(), nullable=False), Column("by", CodeText()), Column("cause", Json(), nullable=False), Column("batch", CodeText()),
    Column("changes", Json(), nullable=False), Index("ix_tenon_history_record", "record", "id"),
    Index("ix_tenon_history_batch", "batch", sqlite_where=text("batch IS NOT NULL"), postgresql_where=text("batch IS NOT NULL")),
)

ALONG = "told_"
INSERTION = insert(history)
"""Kept, so that what it compiles to is found at once."""


@dataclass(frozen=True)
class Entry:
    """One change of one record: field id to the values before and after, canonical."""

    record: str
    version: int
    action: str
    changes: dict[str, tuple[Any, Any]]


def write(uow: UnitOfWork, ctx: Context, entity: Entity, entries: Iterable[Entry], batch: str | None = None) -> None:
    """Add entries to the history."""
    rows = to_rows(uow, ctx, entity, entries, batch)
    if rows:
        uow.connection.execute(INSERTION, rows)


def to_rows(uow: UnitOfWork, ctx: Context, entity: Entity, entries: Iterable[Entry], batch: str | None = None) -> list[dict[str, Any]]:
    """Return entries as rows of the table."""
    cause = ctx.cause.to_json()
    return [
        {
            "id": uow.new_id(), "entity": entity.id, "record": e.record, "version": e.version, "action": e.action, "at": uow.now,
            "by": ctx.user_id, "cause": cause, "batch": batch,
            "changes": {k: [as_plain(a), as_plain(b)] for k, (a, b) in e.changes.items()},
        }
        for e in entries
    ]


def along() -> CTE:
    """Return the insert of one row as a part of another statement, on PostgreSQL; its values are bound as ``told_…``."""
    return insert(history).values({c: bindparam(f"{ALONG}{c.name}", type_=c.type) for c in history.columns}).cte("told")


def as_along(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `along` binds of a row."""
    return {f"{ALONG}{name}": value for name, value in row.items()}


def as_plain(value: Any) -> Any:
    """Return a canonical value as JSON; exact numbers as text, so that nothing is rounded."""
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def page(uow: UnitOfWork, entity: Entity, record: str, seen: Mapping[str, bool], limit: int, before: str | None) -> list[dict[str, Any]]:
    """Return the newest entries of a record; ``seen`` are the fields that are shown, by id: True as they are, False masked."""
    conditions = [history.c.id < before] if before is not None else []
    return entries(uow, entity, record, seen, *conditions, limit=limit)


def entries(
    uow: UnitOfWork, entity: Entity, record: str, seen: Mapping[str, bool], *conditions: ColumnElement[bool], limit: int | None = None
) -> list[dict[str, Any]]:
    """Return the entries of a record that satisfy conditions, newest first."""
    own = (history.c.record == record, history.c.entity == entity.id)
    statement = select(history).where(*own, *conditions).order_by(history.c.id.desc()).limit(limit)
    return [_shown(uow.model, entity, dict(row), seen) for row in uow.connection.execute(statement).mappings()]


def _shown(model: Model, entity: Entity, row: dict[str, Any], seen: Mapping[str, bool]) -> dict[str, Any]:
    changes = []
    for field in [f for f in entity.fields.values() if f.id in seen and f.id in row["changes"]]:
        before, after = row["changes"][field.id]
        if not seen[field.id]:
            before, after = mask(field, before), mask(field, after)
        changes.append({"field": field.name, "from": _value(model, field, before), "to": _value(model, field, after)})
    return {
        "id": row["id"], "action": row["action"], "version": row["version"], "at": row["at"], "by": row["by"], "cause": row["cause"],
        "batch": row["batch"], "changes": changes,
    }


def _value(model: Model, field: Field, value: Any) -> Any:
    if field.storage.kind == "pair" and isinstance(value, list):
        far = model.find_entity(value[0])
        return {"entity": far.name if far else None, "id": value[1]}
    if isinstance(value, str) and field.storage.kind == "exact" and value.replace(".", "").replace("-", "").isdigit():
        return Decimal(value)
    return value

"""Computing stored formulas as a set: one UPDATE from one SELECT, writing only what differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select, update

from tenon.engine.folding import sort_key
from tenon.engine.sql.compiler import compile_value
from tenon.engine.sql.environment import Environment
from tenon.engine.sql.numbers import to_field
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.tables import key_column
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Field

FEW = 200


def compute_formulas(uow: UnitOfWork, entity: Entity, fields: Sequence[Field], ids: Sequence[str]) -> list[str]:
    """Store the values of formulas for these records and return the ids of those that changed.

    On PostgreSQL the records are locked first, in id order, so that two writers of children do not leave a stale value.
    """
    if not ids or not fields:
        return []
    table = uow.tables.of(entity)
    if uow.dialect == "postgresql":
        uow.connection.execute(select(table.c.id).where(table.c.id.in_(id_set(uow.dialect, ids))).order_by(table.c.id).with_for_update(key_share=True))
    environment = Environment(uow.dialect, uow.tables, uow.model, uow.now, uow.today, uow.timezone)
    wanted = id_set(uow.dialect, ids)
    source = Source(environment, entity, ids=wanted, grouped=len(ids) > FEW)
    columns = [to_field(environment, compile_value(source, f.expression), f.expression.type, f.storage).label(f.column) for f in fields]
    fresh = select(source.alias.c.id.label("id"), *columns).select_from(source.from_clause).where(source.alias.c.id.in_(wanted)).subquery("fresh")
    differs = [table.c[f.column].is_distinct_from(fresh.c[f.column]) for f in fields]
    condition = differs[0]
    for other in differs[1:]:
        condition = condition | other
    statement = update(table).where(table.c.id == fresh.c.id, condition).values({f.column: fresh.c[f.column] for f in fields}).returning(table.c.id)
    changed = list(uow.connection.execute(statement).scalars())
    _write_keys(uow, entity, [f for f in fields if f.storage.sort_key], changed)
    return changed


def _write_keys(uow: UnitOfWork, entity: Entity, fields: list[Field], ids: list[str]) -> None:
    """Store the sort keys of text formulas whose values changed."""
    table = uow.tables.of(entity)
    for field in fields:
        found: list[Any] = []
        for value, item_id in uow.connection.execute(select(table.c[field.column], table.c.id).where(table.c.id.in_(id_set(uow.dialect, ids)))):
            found.append({"key": item_id, "value": sort_key(value) if value is not None else None})
        if found:
            from_key = update(table).where(table.c.id == bindparam("key")).values({key_column(field): bindparam("value")})
            uow.connection.execute(from_key, found)

"""Conditions of workflows, held against sets of records."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.context import system_context
from tenon.engine.rules.expressions import read
from tenon.engine.sql.compiler import compile_condition, compile_value
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity

CHUNK = 5_000


def holding(uow: UnitOfWork, entity: Entity, condition: str, ids: Collection[str]) -> set[str]:
    """Return the records, the living among them, for which a condition holds."""
    source = Source(environment(uow, ctx=system_context("workflow")), entity)
    test = compile_condition(source, read(uow.model, entity, condition, "boolean"))
    statement = select(source.alias.c.id).select_from(source.from_clause).where(source.alias.c.deleted_at.is_(None), test)
    listed, found = sorted(set(ids)), set[str]()
    for start in range(0, len(listed), CHUNK):
        among = id_set(uow.dialect, listed[start : start + CHUNK])
        found.update(uow.connection.execute(statement.where(source.alias.c.id.in_(among))).scalars())
    return found


def living(uow: UnitOfWork, entity: Entity, ids: Collection[str]) -> set[str]:
    """Return the records that are not in the trash."""
    table = uow.tables.of(entity)
    listed, found = sorted(set(ids)), set[str]()
    for start in range(0, len(listed), CHUNK):
        among = id_set(uow.dialect, listed[start : start + CHUNK])
        found.update(uow.connection.execute(select(table.c.id).where(table.c.id.in_(among), table.c.deleted_at.is_(None))).scalars())
    return found


def values(uow: UnitOfWork, entity: Entity, text: str, ids: Collection[str]) -> dict[str, object]:
    """Return the value of an expression for records; those where it is empty are left out."""
    source = Source(environment(uow, ctx=system_context("workflow")), entity)
    expression = read(uow.model, entity, text)
    statement = select(source.alias.c.id, compile_value(source, expression)).select_from(source.from_clause).where(source.alias.c.id.in_(id_set(uow.dialect, ids)))
    found = {record: from_db(expression.type, value) for record, value in uow.connection.execute(statement)}
    return {record: value for record, value in found.items() if value is not None}

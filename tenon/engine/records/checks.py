"""The checks of an entity, held against stored records as one statement; those that read old values one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import Rights
from tenon.engine.context import Context
from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.records.row import Row
from tenon.engine.records.rules import compiled
from tenon.engine.records.stored import load
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.sets import among, given
from tenon.engine.sql.source import Source
from tenon.engine.statements import kept
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Problem
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.model import Entity


def failing(uow: UnitOfWork, rights: Rights, entity: Entity, rows: list[Row]) -> Iterator[tuple[str, Problem]]:
    """Yield record id and problem for every stored row that a check refuses."""
    if not rows:
        return
    for check in entity.checks:
        expression = compiled(uow, entity, check.when, "rule", "boolean")
        names = [f.name for path in check.fields if (f := entity.find_field(path)) is not None and rights.state(entity, f) != "hidden"]
        problem = Problem(f"/{names[0]}" if names else "", "refused", check.message)
        found = _changed_badly(uow, rights, entity, expression, rows) if expression.uses_old else _hold(uow, rights, entity, expression, rows)
        yield from ((record, problem) for record in found)


def _hold(uow: UnitOfWork, rights: Rights, entity: Entity, expression: Expression, rows: list[Row]) -> list[str]:
    """Return the ids of the stored records for which the condition is true."""
    is_one = len(rows) == 1

    def make() -> Select[Any]:
        source = Source(environment(uow, ctx=Context(rights.user)), entity)
        condition = compile_condition(source, expression)
        return select(source.alias.c.id).select_from(source.from_clause).where(among(source.alias.c.id, uow.dialect, is_one=is_one), condition)

    cache = uow.model.cache.setdefault("statements", {})
    key = ("check", uow.dialect, entity.id, expression.text, rights.user if expression.uses_user else None, is_one)
    statement = make() if expression.is_clocked else kept(cache, key, make)
    return list(uow.connection.execute(statement, given(uow.dialect, [str(r.id) for r in rows], is_one=is_one)).scalars())


def _changed_badly(uow: UnitOfWork, rights: Rights, entity: Entity, expression: Expression, rows: list[Row]) -> list[str]:
    """Return the ids of the records for which a condition over values before and after is true; a new one has none before."""
    if any(f is None or f.is_formula or f.score for e, i in expression.reads if e == entity.id for f in [entity.fields_by_id.get(i)]):
        stored = load(uow, entity, [str(r.id) for r in rows])
    else:
        stored = {str(r.id): {**r.after(), "id": r.id} for r in rows}
    facts = ((str(r.id), RecordFacts(uow, entity, stored[str(r.id)], r.before)) for r in rows)
    return [item_id for item_id, each in facts if value_of(uow, expression, each, rights.user) is True]

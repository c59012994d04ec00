"""The checks of an entity, held against stored records as one statement; those that read old values one by one."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.context import Context, User
from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.records.row import Row
from tenon.engine.records.rules import compiled
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Problem
from tenon.metamodel.model import Entity

CHUNK = 5_000


def failing(uow: UnitOfWork, entity: Entity, rows: list[Row], user: User | None) -> Iterator[tuple[str, Problem]]:
    """Yield record id and problem for every stored row that a check refuses."""
    for check in entity.checks:
        expression = compiled(uow, entity, check.when, "rule", "boolean")
        names = [f.name for path in check.fields if (f := entity.find_field(path)) is not None]
        problem = Problem(f"/{names[0]}" if names else "", "refused", check.message)
        if expression.uses_old:
            bad = [str(r.id) for r in rows if value_of(uow, expression, RecordFacts(uow, entity, r.after() | {"id": r.id}, r.before), user)]
        else:
            bad = []
            for start in range(0, len(rows), CHUNK):
                source = Source(environment(uow, ctx=Context(user)), entity)
                condition = compile_condition(source, expression)
                ids = [r.id for r in rows[start : start + CHUNK]]
                found = source.alias.c.id.in_(ids)
                bad += uow.connection.execute(select(source.alias.c.id).select_from(source.from_clause).where(found, condition)).scalars()
        yield from ((record, problem) for record in bad)

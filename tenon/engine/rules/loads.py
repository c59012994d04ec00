"""Who has how much, and whose turn it is."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, insert, select

from tenon.engine.access.resolver import environment
from tenon.engine.rules.expressions import read
from tenon.engine.rules.tables import turns
from tenon.engine.rules.work import Work
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Field


def loads_of(work: Work, field: Field, people: Sequence[str], open_when: str | None) -> dict[str, int]:
    """Return how many living records each person has in a field, those for which a condition holds."""
    return count_loads(work.uow, work.entity, field, people, open_when)


def count_loads(uow: UnitOfWork, entity: Entity, field: Field, people: Sequence[str], open_when: str | None) -> dict[str, int]:
    """Return how many living records of an entity each person has in a field, those for which a condition holds."""
    source = Source(environment(uow), entity)
    column = source.alias.c[field.column]
    conditions: list[ColumnElement[bool]] = [column.in_(id_set(uow.dialect, people)), source.alias.c.deleted_at.is_(None)]
    if open_when:
        conditions.append(compile_condition(source, read(uow.model, entity, open_when, "boolean")))
    counted = select(column, func.count()).select_from(source.from_clause).where(*conditions).group_by(column)
    found: dict[str, int] = dict(uow.connection.execute(counted).all())
    return {person: int(found.get(person, 0)) for person in people}


class Turns:
    """Whose turn it is under one rule: who waited longest is next."""

    def __init__(self, work: Work, last: dict[str, int]) -> None:
        self.work = work
        self.last = last

    def next(self, people: Sequence[str]) -> str:
        """Return who is next among some, and note it."""
        person = min(people, key=lambda each: self.last.get(each, 0))
        self.last[person] = max(self.last.values(), default=0) + 1
        return person

    def keep(self) -> None:
        """Store whose turn it was."""
        connection, rule = self.work.uow.connection, self.work.doer.id
        connection.execute(delete(turns).where(turns.c.rule == rule))
        rows = [{"rule": rule, "person": person, "turn": turn} for person, turn in self.last.items() if turn]
        if rows:
            connection.execute(insert(turns), rows)


def turns_of(work: Work, people: Sequence[str]) -> Turns:
    """Return the turns so far of a rule; its rows are held until the end of the transaction."""
    found = select(turns.c.person, turns.c.turn).where(turns.c.rule == work.doer.id).with_for_update()
    known = dict(work.uow.connection.execute(found).all())
    return Turns(work, {person: int(known.get(person, 0)) for person in people})

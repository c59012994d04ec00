"""The history of a score from the records as they are now: the score of past days, computed as a run of that day would have.

A past run counts a record from its time field on, computes formulas for the day instead of reading what is stored, and tells nobody.
What carries no date (a stage, a price) has the value of today.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import FromClause, and_, delete, or_, select, update

from tenon.engine.access.resolver import ReaderResolver
from tenon.engine.access.rights import Rights
from tenon.engine.scores.apply import apply, read_batch
from tenon.engine.scores.definition import Definition, define
from tenon.engine.scores.events import ScoreCause
from tenon.engine.scores.realtime import stage_changes
from tenon.engine.scores.run import begin, in_order, prepare, run_now
from tenon.engine.scores.tables import runs, snapshots, transitions
from tenon.engine.sql.compiler import compile_value
from tenon.engine.sql.elements import compare, is_null
from tenon.engine.sql.environment import Column, Environment, Everything
from tenon.engine.sql.numbers import to_field
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import bind, clocked
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.types import DATE, DATETIME

IS_OLD = timedelta(days=1)
"""A score with a snapshot older than this has a history of its own, which is kept."""


HALF_YEAR = 182


class AsOfNow(Everything):
    """Records as they were at the moment of the statement: those that come later are not there, formulas are computed.

    With ``rights`` only what that person may read.
    """

    def __init__(self, rights: Rights | None = None) -> None:
        self.reader = ReaderResolver(rights) if rights is not None and not rights.is_unlimited else None

    def rows(self, environment: Environment, alias: FromClause, entity: Entity) -> Column | None:
        """Return the condition that a record was there, by its time field."""
        if entity.is_system:
            return None
        seen = self.reader.rows(environment, alias, entity) if self.reader is not None else None
        field = entity.fields[entity.time_field]
        is_day = field.type.kind == "date"
        edge = clocked(environment, lambda at: bind(at, at.today, DATE) if is_day else bind(at, at.now, DATETIME))
        column: Column = alias.c[field.column]
        there = or_(is_null(column), compare(column, "<=", edge))
        return there if seen is None else and_(there, seen)

    def cell(self, environment: Environment, alias: FromClause, entity: Entity, field: Field) -> Column | None:
        """Return the condition that a field may be read."""
        return self.reader.cell(environment, alias, entity, field) if self.reader is not None else None

    def column(self, environment: Environment, alias: FromClause, entity: Entity, field: Field) -> Column:
        """Return the column of a field; that of a formula is computed for the moment."""
        found = self.plain(environment, alias, entity, field)
        return found if self.reader is None else self.reader.guard(environment, alias, entity, field, found)

    def plain(self, environment: Environment, alias: FromClause, entity: Entity, field: Field) -> Column:
        """Return the column of a field without regard to who reads."""
        return self._formula(environment, alias, entity, field) if field.is_formula else alias.c[field.column]

    def _formula(self, environment: Environment, alias: FromClause, entity: Entity, field: Field) -> Column:
        own = Source(environment, entity, alias)
        value = _computed(environment, own, field)
        if not own.joins:
            return value
        apart = Source(environment, entity)  # what it joins belongs into a subquery of its own
        return apart.scalar(_computed(environment, apart, field), [compare(apart.alias.c.id, "=", alias.c.id)])


def _computed(environment: Environment, source: Source, field: Field) -> Column:
    return to_field(environment, compile_value(source, field.expression), field.expression.type, field.storage)


def days_before(now: datetime, days: int) -> list[datetime]:
    """Return the same moment of earlier days, oldest first: each week of the last half year, every fourth week before."""
    weeks = [back for back in range(7, days + 1, 7) if back <= HALF_YEAR or back % 28 == 0]
    return [now - timedelta(days=back) for back in reversed(weeks)]


def without_history(uow: UnitOfWork, scores: Sequence[str] | None = None) -> list[str]:
    """Return the ids of the scores (of these, or of all) that have no history yet, each after those it reads."""
    s = snapshots.c
    old = select(s.score).where(s.at < uow.now - IS_OLD).distinct()
    kept = set(uow.connection.execute(old).scalars())
    return [score for score in in_order(uow.model) if score not in kept and (scores is None or score in scores)]


def begin_history(uow: UnitOfWork, scores: Sequence[str]) -> None:
    """Forget what scores have so far, so that their days can be filled in from the oldest on."""
    for score in scores:
        uow.connection.execute(delete(uow.tables.score(score)))
        for table in (snapshots, transitions):
            uow.connection.execute(delete(table).where(table.c.score == score))


def fill_day(uow: UnitOfWork, scores: Sequence[str], moment: datetime) -> None:
    """Compute scores as of a past moment and keep values, snapshots and changes of band; days are filled from the oldest on."""
    with _moved(uow, moment):
        for score in scores:
            definition = define(uow.model, uow.model.get("score", score))
            _run(uow, definition, ScoreCause("schedule", {"filled": True}))


def end_history(uow: UnitOfWork, scores: Sequence[str]) -> None:
    """Compute scores as of now and tell what reads them."""
    for score in scores:
        run_now(uow, score, ScoreCause("schedule"))


def _run(uow: UnitOfWork, definition: Definition, cause: ScoreCause) -> None:
    resolver = AsOfNow()
    run = begin(uow, definition, cause)
    prepare(uow, definition, resolver)
    staged = stage_changes(uow, definition, run, None, resolver=resolver)
    apply(uow, definition, read_batch(uow, run, cause), finds_moves=False)
    done = update(runs).where(runs.c.id == run)
    uow.connection.execute(done.values(state="done", staged=staged, applied=staged, ended_at=uow.real_now))


@contextmanager
def _moved(uow: UnitOfWork, moment: datetime) -> Iterator[None]:
    now, uow.now = uow.now, moment
    try:
        yield
    finally:
        uow.now = now

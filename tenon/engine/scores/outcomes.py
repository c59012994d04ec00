"""What came of records: the value a score had on a day beside whether a condition held some days later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import FromClause, Subquery, case, func, literal, select

from tenon.engine.access.resolver import action_condition, environment, readable_condition
from tenon.engine.access.rights import Rights
from tenon.engine.scores.definition import Definition
from tenon.engine.scores.past import AsOfNow
from tenon.engine.scores.snapshots import end_of
from tenon.engine.scores.tables import snapshots
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.past import PARTS, score_at, unchanged
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import stored
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field

LONGEST = 3_650
TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Asked:
    """What is asked: the outcome as a condition, the day of the values, and how many days later the outcome is looked at."""

    outcome: str
    as_of: date
    horizon_days: int

    def check(self, uow: UnitOfWork) -> None:
        """Raise Invalid for a day ahead or a horizon out of range."""
        if self.as_of > uow.today:
            message = say("The day of the values lies ahead.", "取值日期在未来。")
            raise Invalid(Problem("/as_of", "out_of_range", message, say("Take a day that is over.", "请选择已经过去的日期。")))
        if not 0 <= self.horizon_days <= LONGEST:
            message = say("The horizon is 0 to {n} days.", "观察期为 0 到 {n} 天。", n=LONGEST)
            raise Invalid(Problem("/horizon_days", "out_of_range", message, say("90 is usual.", "通常为 90 天。")))

    @property
    def until(self) -> date:
        """The day at whose end the outcome is looked at."""
        return self.as_of + timedelta(days=self.horizon_days)


@dataclass(frozen=True)
class Case:
    """A record with its score on the day, and whether the outcome came."""

    id: str
    value: float
    band: str | None
    variant: str | None
    came: bool


class AsOfThen(AsOfNow):
    """Records as they were at a moment, choices and scores by their history."""

    def __init__(self, rights: Rights, moment: datetime) -> None:
        super().__init__(rights)
        self.moment = moment

    def plain(self, environment: Environment, alias: FromClause, entity: Entity, field: Field) -> Column:
        """Return the column of a field, that of a choice or a score as it was."""
        if field.origin == "score" and field.part in PARTS:
            return score_at(environment, alias.c.record, field, self.moment)
        now = super().plain(environment, alias, entity, field)
        if field.origin == "score" or field.spec.type != "choice":
            return now
        return unchanged(environment, alias, field, self.moment, stored(environment, now, field.type, field.storage))


def at_end_of(uow: UnitOfWork, rights: Rights, day: date) -> Environment:
    """Return what statements about the end of a day are compiled against; for today and what lies ahead, about now."""
    plain = environment(uow, rights)
    if day >= uow.today:
        return replace(plain, resolver=AsOfNow(rights))
    after = end_of(uow, day)
    return replace(plain, resolver=AsOfThen(rights, after), now=after - TICK, today=day)


def find_cases(uow: UnitOfWork, rights: Rights, definition: Definition, outcome: Expression, asked: Asked) -> list[Case]:
    """Return the records that had a value on the day, as far as this person may read them and the score."""
    source = Source(at_end_of(uow, rights, asked.until), definition.entity)
    came = case((compile_condition(source, outcome), 1), else_=0).label("came")
    past = _last(uow, definition, asked.as_of)
    statement = select(source.alias.c.id, past.c.value, past.c.band, past.c.variant, came).select_from(
        source.from_clause.join(past, past.c.record == source.alias.c.id)
    )  # fmt: skip
    own = [f for f in definition.entity.fields.values() if f.score == definition.id and f.part in ("score", "band")]
    limits = [*seen(uow, rights, source), readable_condition(environment(uow, rights), source.alias, definition.entity, rights, own)]
    found = uow.connection.execute(statement.where(*(limit for limit in limits if limit is not None)).order_by(source.alias.c.id))
    return [Case(id, float(value), band, variant, bool(came)) for id, value, band, variant, came in found]


def seen(uow: UnitOfWork, rights: Rights, source: Source) -> list[Column]:
    """Return the conditions of the records that this person may read, whenever they were made."""
    allowed = action_condition(environment(uow, rights), source.alias, source.entity, rights, "read")
    return [source.alias.c.deleted_at.is_(None), *([] if allowed is None else [allowed])]


def _last(uow: UnitOfWork, definition: Definition, day: date) -> Subquery:
    """Return the last snapshot of every record at the end of a day, where it has a value."""
    s = snapshots.c
    place = func.row_number().over(partition_by=s.record, order_by=(s.at.desc(), s.id.desc())).label("place")
    listed = select(s.record, s.value, s.band, s.variant, place).where(s.score == definition.id, s.at < end_of(uow, day)).subquery("listed")
    columns = [listed.c[name] for name in ("record", "value", "band", "variant")]
    return select(*columns).where(listed.c.place == literal(1), listed.c.value.is_not(None)).subquery("past")


def find_members(uow: UnitOfWork, rights: Rights, entity: Entity, day: date, conditions: Mapping[str, Expression]) -> dict[str, frozenset[str]]:
    """Return the records for which each condition held at the end of a day."""
    if not conditions:
        return {}
    source = Source(at_end_of(uow, rights, day), entity)
    flags = [case((compile_condition(source, each), 1), else_=0) for each in conditions.values()]
    rows = uow.connection.execute(select(source.alias.c.id, *flags).select_from(source.from_clause).where(*seen(uow, rights, source))).all()
    return {name: frozenset(row[0] for row in rows if row[place]) for place, name in enumerate(conditions, 1)}

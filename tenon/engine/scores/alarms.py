"""How often a score alarms: falls to a lower band in a week of its history, and how often with other bands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, case, func, literal, null, or_, select

from tenon.engine.columns import Moment
from tenon.engine.scores.definition import Definition, ten_thousandths
from tenon.engine.scores.layers import number, to_whole
from tenon.engine.scores.movement import band_of, index_of
from tenon.engine.scores.tables import snapshots, transitions
from tenon.engine.sql.elements import compare
from tenon.engine.sql.environment import Environment
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.labels import Text, say

WEEKS = 8
_OWN = frozenset({"bands", "min_coverage", "label", "description", "name", "id", "kind", "format", "app", "schedule", "realtime", "shadow", "purpose"})
"""What a change of leaves the history of values as it is."""


@dataclass(frozen=True)
class Alarms:
    """Falls to a lower band a week: as it was, and as it would have been; ``why`` says what the second rests on, or why it is unknown."""

    before: Decimal | None
    after: Decimal | None
    weeks: Decimal | None
    why: Text

    def to_json(self, language: str) -> dict[str, Any]:
        """Return it as JSON."""
        return {"before": self.before, "after": self.after, "weeks": self.weeks, "basis": self.why.show(language)}


def alarms(uow: UnitOfWork, environment: Environment, before: Definition | None, after: Definition) -> Alarms:
    """Return how often the score fell to a lower band in the last weeks, changes of the model left out.

    With other bands the values of the history are looked at again. Other measures would have given other values: then it is not known.
    """
    first = None if before is None else uow.connection.execute(select(func.min(snapshots.c.at)).where(snapshots.c.score == before.id)).scalar()
    span = min(uow.now - first, timedelta(weeks=WEEKS)) if first is not None else timedelta(0)
    if before is None or span < timedelta(days=7):
        return Alarms(None, None, None, say("There is no history of a week yet.", "尚无一周的历史数据。"))
    since, weeks = uow.now - span, Decimal(span // timedelta(days=1)) / 7
    fell = _a_week(_fallen(uow, before, since), weeks)
    shown = weeks.quantize(Decimal("0.1"))
    if before.document.json == after.document.json:
        return Alarms(fell, fell, shown, say("Falls to a lower band in the history of this score.", "依据该评分历史中的降级次数。"))
    if _rest(before.document) != _rest(after.document):
        return Alarms(fell, None, shown, say("Other measures would have given other values: not known.", "指标不同则历史分值不同，无法推算。"))
    found = _a_week(_would_fall(uow, environment, before, after, since), weeks)
    return Alarms(fell, found, shown, say("The values of the history, looked at with these bands.", "依据历史分值，按新的等级重新判定。"))


def _rest(document: Document) -> dict[str, Any]:
    return {k: v for k, v in document.json.items() if k not in _OWN}


def _a_week(count: int, weeks: Decimal) -> Decimal:
    return (Decimal(count) / weeks).quantize(Decimal("0.01"))


def _fallen(uow: UnitOfWork, definition: Definition, since: datetime) -> int:
    t = transitions.c
    lower = compare(index_of(definition.bands, t.to), "<", index_of(definition.bands, t["from"]))
    return int(
        uow.connection.execute(
            select(func.count()).select_from(transitions).where(t.score == definition.id, t.at >= since, t.cause.not_in(("model", "ranking")), lower)
        ).scalar_one()
    )


def _would_fall(uow: UnitOfWork, environment: Environment, before: Definition, after: Definition, since: datetime) -> int:
    """Count the falls among the values of the history; the last one before the span is where a record starts."""
    s = snapshots.c
    value, coverage = to_whole(environment, s.value), to_whole(environment, s.coverage)
    least = max(ten_thousandths(after.body.min_coverage), 1)
    placed = case((or_(s.value.is_(None), compare(coverage, "<", number(least))), null()), else_=band_of(after.edges, value))
    listed = select(s.record, s.at, s.id, placed.label("band")).where(s.score == before.id).subquery("listed")
    known = select(listed).where(listed.c.band.is_not(None)).subquery("known")
    earlier = func.lag(known.c.band).over(partition_by=known.c.record, order_by=(known.c.at, known.c.id))
    pairs = select(known.c.at, known.c.band, earlier.label("earlier")).subquery("pairs")
    falls = and_(pairs.c.at >= literal(since, Moment()), pairs.c.band < pairs.c.earlier)
    return int(uow.connection.execute(select(func.count()).select_from(pairs).where(falls)).scalar_one())



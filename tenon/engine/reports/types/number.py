"""A number, and a gauge: the value now, against the period before and against a target; a time axis becomes a small line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from tenon.engine.query.answers import Found
from tenon.engine.reports.asked import Asked
from tenon.engine.reports.comparing import change, earlier
from tenon.engine.reports.gaps import fill
from tenon.engine.reports.history import PastScores
from tenon.engine.reports.periods import Period, previous, start_of, year_before
from tenon.engine.reports.seeing import lens_of, question_of, time_field
from tenon.engine.reports.shape import period_json, table
from tenon.engine.reports.types.base import NO_MEASURE, Answers, Asking
from tenon.metamodel.labels import Text


class Number(Answers):
    """One row of measures; with groups it is their total, and the groups are a line below it."""

    types: ClassVar[tuple[str, ...]] = ("number", "gauge")

    def lacks(self, type: str, asking: Asking) -> Text | None:
        """Return that a measure is missing."""
        return None if asking.measures else NO_MEASURE

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Return one row, ``changes`` against ``compare`` and ``line``: the rows of a time axis."""
        period = asked.applied.periods.get(str(time_field(asked)))
        found = _one(asked, None, period)
        shown = table(asked, found)
        shown |= _compared(asked, found)
        if any(g.by for g in asked.query.group_by):
            lens = lens_of(asked)
            line = fill(asked, asked.find(question_of(asked), lens), lens)
            shown["line"] = {k: v for k, v in table(asked, line).items() if k in ("columns", "rows", "behind", "details")}
        return shown


def _one(asked: Asked, filter: str | None, period: Period | None) -> Found:
    """Return the measures over all records; of a history at the end of a period."""
    lens = lens_of(asked, period)
    if isinstance(lens, PastScores):
        lens = replace(lens, days=[(lens.days[-1][1], lens.days[-1][1])])
    changes: dict[str, Any] = {"group_by": [], "sort": [], "limit": 1} | ({"filter": filter} if filter is not None else {})
    question = asked.question(**changes) if filter is not None else question_of(asked, **changes)
    return asked.find(question, lens)


def _compared(asked: Asked, found: Found) -> dict[str, Any]:
    """Return the same measures of the earlier period and what changed."""
    field = time_field(asked)
    moved = _earlier_end(asked) if field else earlier(asked)
    if moved is None:
        return {}
    name, period = moved
    before = _one(asked, None, period) if field else _one(asked, asked.filter([(name, period)]) or "", None)
    values = zip(found.outputs, found.values[0], before.values[0], strict=True)
    changes = {o.name: change(now, then) for o, now, then in values}
    compare = {"to": asked.body.compare.to if asked.body.compare else "", "field": name, "period": period_json(period, asked.ctx.language)}
    compare |= {key: value for key, value in table(asked, before).items() if key in ("rows", "behind", "details")}
    return {"compare": compare, "changes": changes}


def _earlier_end(asked: Asked) -> tuple[str, Period] | None:
    """Return the earlier period of a history; without a chosen one it is the month."""
    field = str(time_field(asked))
    if asked.body.compare is None:
        return None
    today = asked.uow.today
    period = asked.applied.periods.get(field) or Period(start_of(today, "month"), today, unit="month")
    moved = previous(period) if asked.body.compare.to == "previous_period" else year_before(period)
    return None if moved is None else (field, moved)

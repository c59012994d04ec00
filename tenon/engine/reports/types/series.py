"""Lines, areas, bars, pies, heat maps and scatters: groups and measures, gaps of a time axis filled, the period before beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from tenon.engine.query.answers import Found
from tenon.engine.reports.asked import Asked
from tenon.engine.reports.comparing import earlier
from tenon.engine.reports.gaps import fill
from tenon.engine.reports.periods import start_of
from tenon.engine.reports.seeing import lens_of, question_of
from tenon.engine.reports.shape import period_json, table
from tenon.engine.reports.types.base import NO_MEASURE, ONE_GROUP, Answers, Asking
from tenon.metamodel.labels import Text, say


class Series(Answers):
    """Groups and measures as they are."""

    types: ClassVar[tuple[str, ...]] = ("line", "area", "bar", "stacked_bar", "pie", "heatmap", "scatter")

    def lacks(self, type: str, asking: Asking) -> Text | None:
        """Return which group or measure is missing or too many."""
        groups = len(asking.groups)
        if not asking.measures:
            return NO_MEASURE
        if type in ("pie", "scatter") and groups != 1:
            return ONE_GROUP
        if type == "scatter" and asking.measures < 2:
            return say("Needs two measures: across and up.", "需要两个度量：横轴与纵轴。")
        if type == "heatmap" and groups != 2:
            return say("Needs exactly two groups.", "需要恰好两个分组。")
        return None if groups in (1, 2) else say("Needs one group or two.", "需要一个或两个分组。")

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Return rows, their totals where a share of them is shown, and ``compare`` with the rows of the period before."""
        lens = lens_of(asked)
        has_whole = asked.body.type in ("pie", "bar", "stacked_bar") and not asked.option("history")  # a record is there once a day of a history
        found = asked.find(question_of(asked, totals=has_whole), lens)
        found = fill(asked, found, lens)
        shown = table(asked, found)
        if asked.body.compare is not None and len([o for o in found.outputs if o.selected is not None]) == 1 and found.outputs[0].bucket:
            before = _before(asked, found)
            if before is not None:
                shown["compare"] = before
        return shown


def _before(asked: Asked, found: Found) -> dict[str, Any] | None:
    """Return the rows of the period before with the filters behind them, one beside each row: the first period beside the first."""
    moved = earlier(asked)
    if moved is None or asked.period is None or asked.option("history"):
        return None
    name, period = moved
    unit = str(found.outputs[0].bucket)
    earlier_rows = asked.find(question_of(asked, filter=asked.filter([(name, period)])))
    first, start = period.first, asked.period[1].first
    if first is None or start is None:
        return None
    by_place = {_place(row[0], start_of(first, unit), unit): index for index, row in enumerate(earlier_rows.values) if row[0] is not None}
    order = [by_place.get(_place(row[0], start_of(start, unit), unit)) if row[0] is not None else None for row in found.values]
    shown = table(asked, earlier_rows)

    def beside(values: Sequence[Any]) -> list[Any]:
        return [None if index is None else values[index] for index in order]

    details = [told | ({"behind": beside(told["behind"])} if "behind" in told else {}) for told in shown["details"]]
    lists: dict[str, Any] = {key: beside(shown[key]) for key in ("rows", "behind") if key in shown}
    return {"to": asked.body.compare.to if asked.body.compare else "", "period": period_json(period, asked.ctx.language), **lists, "details": details}


def _place(day: Any, first: Any, unit: str) -> int:
    """Return how many spans a day lies after a first one."""
    if unit in ("day", "week"):
        return int((day - first).days // (7 if unit == "week" else 1))
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    return int((day.year * 12 + day.month - first.year * 12 - first.month) // months)

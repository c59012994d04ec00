"""A pivot: groups down and across, with true totals of every row, every column and everything."""

from __future__ import annotations

from typing import Any, ClassVar

from tenon.engine.query.question import GroupBy
from tenon.engine.reports.asked import Asked
from tenon.engine.reports.gaps import fill
from tenon.engine.reports.seeing import lens_of, question_of
from tenon.engine.reports.shape import table
from tenon.engine.reports.types.base import Answers, Asking
from tenon.metamodel.labels import Text, say


class Pivot(Answers):
    """The last group goes across (or those that ``options.columns`` names), the others down."""

    types: ClassVar[tuple[str, ...]] = ("pivot",)

    def lacks(self, type: str, asking: Asking) -> Text | None:
        """Return that groups for both sides or a measure are missing."""
        if len(asking.groups) > 1 and asking.measures:
            return None
        return say("Needs two groups or more, and something to measure.", "需要两个及以上的分组与一个度量。")

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Return the cells as rows, and ``row_totals`` and ``column_totals`` of the same shape."""
        lens = lens_of(asked)
        question = question_of(asked, totals=True)
        found = fill(asked, asked.find(question, lens), lens)
        across = _across(asked, question.group_by)
        down = [g for g in question.group_by if g not in across]
        shown = table(asked, found) | {"across": [g.field for g in across], "down": [g.field for g in down]}
        for name, groups in (("row_totals", down), ("column_totals", across)):
            if groups and len(groups) < len(question.group_by):
                part = question.model_copy(update={"group_by": groups, "sort": [], "totals": False})
                totals = asked.find(part, lens)
                shown[name] = {k: v for k, v in table(asked, totals).items() if k in ("columns", "rows", "behind", "details")}
        return shown


def _across(asked: Asked, groups: list[GroupBy]) -> list[GroupBy]:
    named = asked.body.options.get("columns")
    wanted = [named] if isinstance(named, str) else [n for n in named if isinstance(n, str)] if isinstance(named, list) else []
    chosen = [g for g in groups if g.field in wanted]
    return chosen or groups[1:][-1:]

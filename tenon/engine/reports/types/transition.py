"""Movements: a matrix from and to, and the same as a river (sankey)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from tenon.engine.reports.asked import Asked
from tenon.engine.reports.movement import Movement, movement
from tenon.engine.reports.types.base import Answers, Asking
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say

DAYS = 90


class Transition(Answers):
    """The movements of the first group between two days.

    ``options.from`` and ``options.to`` are dates or words of periods (their last day; ``:start`` for the first); else the period
    chosen for the score's time or for the widget, else the last 90 days.
    """

    types: ClassVar[tuple[str, ...]] = ("transition", "sankey")

    def lacks(self, type: str, asking: Asking) -> Text | None:
        """Return that a field to move through is missing."""
        if asking.groups and asking.groups[0][0]:
            return None
        return say("Needs a choice as the first group: what records move through.", "第一个分组需要是选项字段：记录在其中迁移。")

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Return the movements. Raises Invalid without a group."""
        if not asked.query.group_by:
            message = say("Movements need a field: the first group.", "迁移需要一个字段，即第一个分组。")
            raise Invalid(Problem("/query/group_by", "required", message, say("Such as health_band.", "例如 health_band。")))
        field = asked.query.group_by[0].field
        path = f"{field.removesuffix('_band')}_at" if field.endswith("_band") else ""
        chosen, today = asked.applied.periods.get(path), asked.uow.today
        last = min(chosen.last, today) if chosen and chosen.last else asked.day(asked.option("to"), today)
        first = chosen.first - timedelta(days=1) if chosen and chosen.first else asked.day(asked.option("from"), last - timedelta(days=DAYS))
        condition = asked.filter(without=path) if chosen else asked.filter()
        return movement(asked.uow, asked.ctx, Movement(asked.entity, field, min(first, last), last, condition))

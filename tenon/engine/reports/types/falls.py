"""What stands behind sharp falls of a score: the measures that lost points."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from tenon.engine.reports.asked import Asked
from tenon.engine.reports.falls import Falls, falls
from tenon.engine.reports.types.base import Answers, Asking
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say

DAYS, LEAST = 14, 20


class Behind(Answers):
    """The measures behind falls of the score that the first group names, of ``options.least`` points or more in ``options.days`` days."""

    types: ClassVar[tuple[str, ...]] = ("falls",)

    def lacks(self, type: str, asking: Asking) -> Text | None:
        """Return that a score is missing."""
        return None if asking.groups else say("Needs a score as the first group, such as a band.", "第一个分组需要是评分，例如等级。")

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Return the measures, those behind most falls first. Raises Invalid without a group."""
        if not asked.query.group_by:
            message = say("Falls need a score: the first group.", "下滑统计需要一个评分，即第一个分组。")
            raise Invalid(Problem("/query/group_by", "required", message, say("Such as health_band.", "例如 health_band。")))
        days, least = asked.body.options.get("days", DAYS), asked.body.options.get("least", LEAST)
        whole = days if isinstance(days, int) and 0 < days <= 3_660 else DAYS
        points = Decimal(str(least)) if isinstance(least, int | float) and least > 0 else Decimal(LEAST)
        last = asked.uow.today
        return falls(asked.uow, asked.ctx, Falls(asked.entity, asked.query.group_by[0].field, last - timedelta(days=whole), last, points, asked.filter()))

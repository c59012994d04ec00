"""Why records were lost: by the reason written down, beside the group of measures that lost most points before."""

from __future__ import annotations

from typing import Any, ClassVar

from tenon.engine.reports.asked import Asked
from tenon.engine.reports.attribution import Attributed, attribute
from tenon.engine.reports.types.base import Answers, Asking
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say

DAYS = 90
NEEDS = say("Needs two groups: a reason, and a score that the events lead to, such as customer.health_band.", "需要两个分组：原因，以及事件关联的评分，例如 customer.health_band。")


class Attribution(Answers):
    """Events by the first group, beside the group of measures of the second group's score that lost most in ``options.days`` days before."""

    types: ClassVar[tuple[str, ...]] = ("attribution",)

    def lacks(self, type: str, asking: Asking) -> Text | None:
        """Return that a group is missing."""
        return None if len(asking.groups) == 2 else NEEDS

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Return both sides, the most first. Raises Invalid without two groups."""
        if len(asked.query.group_by) != 2:
            raise Invalid(Problem("/query/group_by", "required", NEEDS))
        days = asked.body.options.get("days", DAYS)
        whole = days if isinstance(days, int) and 1 < days <= 3_660 else DAYS
        reason, score = (group.field for group in asked.query.group_by)
        return attribute(asked.uow, asked.ctx, Attributed(asked.entity, reason, score, whole, asked.filter()))

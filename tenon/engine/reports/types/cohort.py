"""A cohort chart: records by the period in which something began, and what there is so many periods later."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from tenon.engine.query.answers import Found
from tenon.engine.reports.asked import Asked
from tenon.engine.reports.periods import start_of
from tenon.engine.reports.seeing import lens_of, question_of
from tenon.engine.reports.shape import table
from tenon.engine.reports.types.base import Answers, Asking
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say

MOST_AGES = 36


class Cohort(Answers):
    """Two dates in the same span: the first is the cohort, the second when it was seen again; one measure."""

    types: ClassVar[tuple[str, ...]] = ("cohort",)

    def lacks(self, type: str, asking: Asking) -> Text | None:
        """Return that two dates or a measure are missing."""
        spans = [by for _, by in asking.groups]
        if len(spans) == 2 and None not in spans and asking.measures:
            return None
        return say("Needs two dates to group by, and something to measure.", "需要两个日期分组与一个度量。")

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Return rows, and ``cohorts``: the period, its size, and cells by age with value, share of the size, the filter behind."""
        lens = lens_of(asked)
        found = asked.find(question_of(asked), lens)
        groups = [o for o in found.outputs if o.selected is not None]
        if len(groups) != 2 or any(o.bucket is None for o in groups) or len(found.outputs) < 3:
            message = say("A cohort chart groups by two dates and has a measure.", "同期群图表需要两个日期分组与一个度量。")
            hint = say("Such as the month of the first order and the month of each order.", "例如首单月份与每笔订单的月份。")
            raise Invalid(Problem("/query/group_by", "required", message, hint))
        return table(asked, found) | {"cohorts": _cohorts(found), "by": groups[1].bucket}


def _cohorts(found: Found) -> list[dict[str, Any]]:
    unit = str(found.outputs[1].bucket)
    grouped: dict[date, dict[int, dict[str, Any]]] = {}
    behind = found.behind_measure(2)
    for index, (began, seen, value, *_) in enumerate(found.values):
        if began is None or seen is None:
            continue
        age = _age(began, seen, unit)
        if 0 <= age <= MOST_AGES:
            grouped.setdefault(began, {})[age] = {"value": value, "behind": behind[index] if behind else None}
    latest = max((seen for _, seen, *_ in found.values if seen is not None), default=None)
    cohorts = []
    for began in sorted(grouped):
        cells, size = grouped[began], grouped[began].get(0, {}).get("value")
        ages = range(min(_age(began, latest, unit), MOST_AGES) + 1) if latest else range(0)
        cohorts.append({"cohort": began.isoformat(), "size": size, "cells": [_cell(age, cells.get(age), size) for age in ages]})
    return cohorts


def _cell(age: int, found: dict[str, Any] | None, size: Any) -> dict[str, Any]:
    value = found["value"] if found else 0
    share = float(Decimal(str(value)) / Decimal(str(size))) if value is not None and size else None
    return {"age": age, "value": value, "share": share, "behind": found["behind"] if found else None}


def _age(began: date, seen: date, unit: str) -> int:
    """Return how many spans lie between two days."""
    if unit in ("day", "week"):
        return (start_of(seen, unit) - start_of(began, unit)).days // (7 if unit == "week" else 1)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    return _index(seen, months) - _index(began, months)


def _index(day: date, months: int) -> int:
    return (day.year * 12 + day.month - 1) // months

"""Holding numbers against those of an earlier period."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tenon.engine.reports.asked import Asked
from tenon.engine.reports.periods import Period, previous, year_before


def earlier(asked: Asked) -> tuple[str, Period] | None:
    """Return the date and the earlier period that a widget is compared with; None when there is none."""
    if asked.body.compare is None or asked.period is None:
        return None
    name, period = asked.period
    moved = previous(period) if asked.body.compare.to == "previous_period" else year_before(period)
    return None if moved is None else (name, moved)


def change(now: Any, before: Any) -> dict[str, Any]:
    """Return value, previous, change and ratio of two numbers; None where one is missing or nothing can be divided."""
    found: dict[str, Any] = {"value": now, "previous": before, "change": None, "ratio": None}
    if _is_number(now) and _is_number(before):
        both = (now, before) if not isinstance(now, float) and not isinstance(before, float) else (float(now), float(before))
        found["change"] = both[0] - both[1]
        if both[1]:
            found["ratio"] = float(Decimal(str(found["change"])) / abs(Decimal(str(both[1]))))
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)

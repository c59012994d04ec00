"""Periods: the words of dashboards as days of the workspace's zone, the period before, the same one a year ago, buckets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.dates import date_add
from tenon.metamodel.labels import Text, say

WORDS: dict[str, Text] = {
    "today": Text("Today", "今天"), "yesterday": Text("Yesterday", "昨天"),
    "this_week": Text("This week", "本周"), "last_week": Text("Last week", "上周"),
    "this_month": Text("This month", "本月"), "last_month": Text("Last month", "上月"),
    "this_quarter": Text("This quarter", "本季度"), "last_quarter": Text("Last quarter", "上季度"),
    "this_year": Text("This year", "今年"), "last_year": Text("Last year", "去年"),
    "last_7_days": Text("Last 7 days", "最近 7 天"), "last_30_days": Text("Last 30 days", "最近 30 天"),
    "last_90_days": Text("Last 90 days", "最近 90 天"), "last_365_days": Text("Last 365 days", "最近 365 天"),
}  # fmt: skip
ALL = "all"
"""The word that takes a period away."""
BUCKETS = ("day", "week", "month", "quarter", "year")
MOST_BUCKETS = 1_000
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})?\.\.(\d{4}-\d{2}-\d{2})?")


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included; ``word`` is what it was asked by, ``unit`` the span it is one of."""

    first: date | None
    last: date | None
    word: str = ""
    unit: str | None = None

    @property
    def text(self) -> str:
        """The period as it is written in an address: a word, or two days."""
        return self.word or f"{self.first or ''}..{self.last or ''}"


def start_of(day: date, unit: str) -> date:
    """Return the first day of the span a day lies in."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "day":
        return day
    months = _MONTHS[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def move(day: date, count: int, unit: str) -> date:
    """Return a day some spans later, within the years that exist."""
    found = date_add(day, count, unit, zone=None)  # type: ignore[arg-type]
    return found if isinstance(found, date) else date.max if count > 0 else date.min


def end_of(first: date, unit: str) -> date:
    """Return the last day of the span that begins on a day."""
    after = move(first, 1, unit)
    return after if after == date.max else after - timedelta(days=1)


def read_period(text: str, today: date, path: str = "/period") -> Period | None:
    """Return a period of a word or of two days (``2026-01-01..2026-03-31``, one may be left out); None for all time. Raises Invalid."""
    if text == ALL:
        return None
    if text in WORDS:
        return _of_word(text, today)
    match = _RANGE.fullmatch(text)
    try:
        first, last = (date.fromisoformat(part) if part else None for part in match.groups()) if match else (None, None)
    except ValueError:
        first = last = None
    if first is None and last is None:
        message = say("{text} is not a period.", "{text} 不是有效的时间段。", text=text[:40])
        hint = say("A word such as this_quarter, or 2026-01-01..2026-03-31.", "可用 this_quarter 等词，或 2026-01-01..2026-03-31。")
        raise Invalid(Problem(path, "bad_format", message, hint))
    return Period(first, last, unit=_unit_of(first, last))


def _of_word(word: str, today: date) -> Period:
    if word in ("today", "yesterday"):
        day = today - timedelta(days=word == "yesterday")
        return Period(day, day, word, "day")
    if word.endswith("_days"):
        return Period(today - timedelta(days=int(word.split("_")[1]) - 1), today, word)
    which, unit = word.split("_")
    first = start_of(today, unit)
    first = first if which == "this" else move(first, -1, unit)
    return Period(first, end_of(first, unit), word, unit)


def _unit_of(first: date | None, last: date | None) -> str | None:
    """Return the span that two days are exactly one of, so that the one before is one, too."""
    for unit in ("month", "quarter", "year") if first and last else ():
        if first and first == start_of(first, unit) and end_of(first, unit) == last:
            return unit
    return None


def previous(period: Period) -> Period | None:
    """Return the period just before, equally long; None for one without an end."""
    if period.first is None or period.last is None:
        return None
    if period.unit is not None:
        first = move(period.first, -1, period.unit)
        return Period(first, end_of(first, period.unit), unit=period.unit)
    days = (period.last - period.first).days + 1
    return Period(period.first - timedelta(days=days), period.first - timedelta(days=1))


def year_before(period: Period) -> Period:
    """Return the same period a year earlier."""
    first = move(period.first, -1, "year") if period.first else None
    last = move(period.last, -1, "year") if period.last else None
    if period.unit in _MONTHS and first is not None:
        last = end_of(first, str(period.unit))
    return Period(first, last, unit=period.unit)


def buckets(first: date, last: date, unit: str) -> Iterator[date]:
    """Yield the first day of every span from one day to another; at most 1,000."""
    day = start_of(first, unit)
    for _ in range(MOST_BUCKETS):
        if day > last:
            return
        yield day
        after = move(day, 1, unit)
        if after <= day or after == date.max:
            return
        day = after

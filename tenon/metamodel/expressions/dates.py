"""Dates and moments of the expression language: calendar days in the workspace's zone, weeks from Monday.

Datetimes are aware and in UTC. ``zone`` is the workspace's zone; a result outside the years 1 to 9999 is None.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

Day = date | datetime
Number = int | Decimal | float

ADD_UNITS = ("day", "week", "month", "quarter", "year", "hour", "minute")
SPAN_UNITS = ("day", "week", "month", "quarter", "year")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}
_SECONDS = {"hour": 3600, "minute": 60}
_FAR = 10**12
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def day_of(d: Day, *, zone: ZoneInfo | None) -> date:
    """Return the calendar day of a date or, in the zone, of a moment."""
    return local(d, zone).date() if isinstance(d, datetime) else d


def local(moment: datetime, zone: ZoneInfo | None) -> datetime:
    """Return the wall clock of a moment; the two ends of time stay in UTC."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def to_moment(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the moment of a wall clock without zone: in a gap the offset before it, when it exists twice the later one."""
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    before, after = first.utcoffset() or timedelta(), second.utcoffset() or timedelta()
    try:
        return ((first if before <= after else second).astimezone(UTC)).replace(fold=0)
    except OverflowError:
        return None


def first_moment(day: date, *, zone: ZoneInfo) -> datetime:
    """Return the first moment of a day in the zone: what a date stands for beside a datetime."""
    return to_moment(datetime.combine(day, time()), zone) or datetime.combine(day, time(), UTC)


def _whole(n: Number) -> int | None:
    """Return n rounded toward zero, None when no date can be that far."""
    return int(n) if -_FAR < n < _FAR else None


def _shift_months(day: date, months: int) -> date | None:
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    if not 1 <= year <= 9999:
        return None
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _shift_days(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _shift(day: date, n: int, unit: str) -> date | None:
    return _shift_months(day, n * _MONTHS[unit]) if unit in _MONTHS else _shift_days(day, n * _DAYS[unit])


def date_add(d: Day, n: Number, unit: str = "day", *, zone: ZoneInfo) -> Day | None:
    """Return d moved by n units; month ends clamp; whole days of a moment keep its wall clock in the zone."""
    whole = _whole(n)
    if whole is None:
        return None
    if not isinstance(d, datetime):
        return _shift(d, whole, unit)
    if unit in _SECONDS:
        try:
            return d + timedelta(seconds=whole * _SECONDS[unit])
        except OverflowError:
            return None
    wall = local(d, zone)
    day = _shift(wall.date(), whole, unit)
    return None if day is None else to_moment(datetime.combine(day, wall.time().replace(fold=0)), zone)


def days_between(a: Day, b: Day, *, zone: ZoneInfo) -> int:
    """Return the calendar days from a to b."""
    return (day_of(b, zone=zone) - day_of(a, zone=zone)).days


def days_since(d: Day, *, zone: ZoneInfo, today: date) -> int:
    """Return the calendar days from d to today."""
    return days_between(d, today, zone=zone)


def days_ago(n: Number, *, today: date) -> date | None:
    """Return the date n days before today."""
    whole = _whole(n)
    return None if whole is None else _shift_days(today, -whole)


def months_between(a: Day, b: Day, *, zone: ZoneInfo) -> int:
    """Return the largest n with date_add(a, n, 'month') <= b, counted on calendar days; by exchange when b is before a."""
    first, last = day_of(a, zone=zone), day_of(b, zone=zone)
    if last < first:
        return -months_between(last, first, zone=zone)
    months = (last.year - first.year) * 12 + last.month - first.month
    shifted = _shift_months(first, months)
    return months if shifted is not None and shifted <= last else months - 1


def start_of(d: Day, unit: str, *, zone: ZoneInfo) -> date:
    """Return the first day of the day, week, month, quarter or year that d lies in."""
    day = day_of(d, zone=zone)
    if unit == "week":
        return day - timedelta(days=day.weekday())
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}.get(unit)
    return day if month is None else date(day.year, month, 1)


def end_of(d: Day, unit: str, *, zone: ZoneInfo) -> date | None:
    """Return the last day of the day, week, month, quarter or year that d lies in."""
    day = day_of(d, zone=zone)
    if unit == "week":
        return _shift_days(day, 6 - day.weekday())
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 3, "year": 12}.get(unit)
    return day if month is None else date(day.year, month, calendar.monthrange(day.year, month)[1])


def part(pick: Callable[[date], int]) -> Callable[..., int]:
    """Return the body of a function that takes one part of a date."""

    def take(d: Day, *, zone: ZoneInfo) -> int:
        return pick(day_of(d, zone=zone))

    return take


year = part(lambda day: day.year)
month = part(lambda day: day.month)
day = part(lambda day: day.day)
quarter = part(lambda day: (day.month - 1) // 3 + 1)
weekday = part(lambda day: day.isoweekday())


def hour(d: datetime | time, *, zone: ZoneInfo) -> int:
    """Return the hour 0 to 23 of a moment in the zone, or of a time of day."""
    return local(d, zone).hour if isinstance(d, datetime) else d.hour


def read_day(value: Any, *, zone: ZoneInfo | None) -> date | None:
    """Return the day of a date or moment, or of a text that holds an ISO date; None when it holds none."""
    if isinstance(value, date):
        return day_of(value, zone=zone)
    try:
        return date(int(value[:4]), int(value[5:7]), int(value[8:])) if _ISO_DAY.match(value) else None
    except ValueError:
        return None

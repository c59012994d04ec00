"""Days, moments and times as people write them; day and month are never guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Literal

DateOrder = Literal["dmy", "mdy", "ymd"]
"""Which comes first in 05/06/07; ymd only where the year has two digits."""
ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd")
LONGEST = 50
PIVOT = 69
"""Years of two digits up to this one are of the 21st century."""
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")
_YEAR_FIRST = re.compile(r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*[日号]?\Z")
_COMPACT = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])([0-3]\d)\Z")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})\Z")
_NAMED = (
    re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[-\s./]*(?P<month>[a-z]{3,9})\.?,?[-\s./]*(?P<year>\d{4}|\d{2})\Z", re.IGNORECASE),
    re.compile(r"(?P<month>[a-z]{3,9})\.?[-\s]*(?P<day>\d{1,2})(?:st|nd|rd|th)?,?[-\s]+(?P<year>\d{4}|\d{2})\Z", re.IGNORECASE),
)
_CLOCK = re.compile(
    r"(?P<half>上午|下午|中午|晚上|凌晨|早上)?\s*(?P<hour>\d{1,2})(?::|时|点)(?P<minute>\d{1,2})(?:分)?(?:[:分]?(?P<second>\d{1,2})(?:[.,](?P<part>\d{1,9}))?秒?)?"
    r"\s*(?P<late>[ap]\.?m\.?)?\s*(?P<zone>z|utc|gmt|[-+]\d{2}:?\d{2})?\Z",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"(?P<day>.*?[\d日号])(?:[T,]\s*|\s+|(?<=[日号]))(?P<clock>(?:上午|下午|中午|晚上|凌晨|早上)?\s*\d{1,2}[:时点].*)\Z", re.IGNORECASE
)
_WEEKDAY = re.compile(r"(?:星期|周|礼拜)[一二三四五六日天]|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_LONG_COMPACT = re.compile(r"(\d{8})[T ]?(\d{2})(\d{2})(\d{2})\Z")


class AmbiguousDate(ValueError):
    """Day and month cannot be told apart, and nobody has said which comes first."""


def read_date(text: str, order: DateOrder | None = None) -> date | datetime | None:
    """Return the day or the moment of a text, or None. Raises `AmbiguousDate` for ``05/06/2024`` without an order."""
    if _ISO.match(text):
        return _day(text[:4], text[5:7], text[8:])
    if not 6 <= len(text) <= LONGEST:
        return None
    text = unicodedata.normalize("NFKC", text).strip()
    compact = _LONG_COMPACT.match(text)
    if compact:
        text = f"{compact[1]} {compact[2]}:{compact[3]}:{compact[4]}"
    text = _WEEKDAY.sub("", text).strip()
    parts = _SPLIT.match(text)
    if not parts:
        return _read_day(text, order)
    day, clock = _read_day(parts["day"].strip().rstrip("T,"), order), read_time(parts["clock"].strip())
    return datetime.combine(day, clock) if day and clock else None


def read_time(text: str) -> time | None:
    """Return the time of day of a text, with its offset when it names one, or None."""
    parts = _CLOCK.match(unicodedata.normalize("NFKC", text).strip()) if len(text) <= LONGEST else None
    if not parts:
        return None
    hour, half, late = int(parts["hour"]), parts["half"], (parts["late"] or "").lower()
    if hour < 12 and (late.startswith("p") or half in ("下午", "晚上")):
        hour += 12
    elif hour == 12 and (late.startswith("a") or half in ("上午", "凌晨", "早上")):
        hour = 0
    try:
        micro = int((parts["part"] or "0")[:6].ljust(6, "0"))
        return time(hour, int(parts["minute"]), int(parts["second"] or 0), micro, _zone(parts["zone"]))
    except ValueError:
        return None


def find_orders(text: str) -> set[DateOrder]:
    """Return the orders of day and month under which a text is a date: all, some, or none."""
    return {order for order in ORDERS if read_date(text, order) is not None}


def is_ambiguous(text: str) -> bool:
    """Say whether the orders give different dates."""
    return len({read_date(text, order) for order in ORDERS} - {None}) > 1


def _read_day(text: str, order: DateOrder | None) -> date | None:
    parts = _YEAR_FIRST.match(text) or _COMPACT.match(text)
    if parts:
        return _day(parts[1], parts[2], parts[3])
    for shape in _NAMED:
        named = shape.match(text)
        if named and named["month"].lower() in _MONTHS:
            return _day(named["year"], str(_MONTHS[named["month"].lower()]), named["day"])
    last = _YEAR_LAST.match(text)
    return _read_year_last(last[1], last[2], last[3], last[4], order) if last else None


def _read_year_last(first: str, mark: str, second: str, year: str, order: DateOrder | None) -> date | None:
    found = {"dmy": _day(year, second, first), "mdy": _day(year, first, second)}
    if mark == "." and found["dmy"]:  # points are written day first everywhere
        return found["dmy"]
    if len(year) == 2:
        found["ymd"] = _day(first, second, year)
    if order:
        return found.get(order)
    possible = {day for day in found.values() if day}
    if len(possible) > 1:
        raise AmbiguousDate(first + mark + second + mark + year)
    return next(iter(possible), None)


def _day(year: str, month: str, day: str) -> date | None:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < PIVOT else 1900
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)

"""A cron line of five fields, and the next time it means in a time zone."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
DAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
SHORTHANDS = {
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
}
PART = re.compile(r"(\*|[0-9a-z]+)(?:-([0-9a-z]+))?(?:/([0-9]{1,3}))?")
FARTHEST_DAYS = 366 * 9  # 29 February may be eight years away
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class CronField:
    """One field: its title, its bounds and the words that stand for numbers."""

    title: Text
    low: int
    high: int
    words: dict[str, int]


FIELDS = (
    CronField(say("minute", "分钟"), 0, 59, {}),
    CronField(say("hour", "小时"), 0, 23, {}),
    CronField(say("day of the month", "日"), 1, 31, {}),
    CronField(say("month", "月"), 1, 12, MONTHS),
    CronField(say("day of the week", "星期"), 0, 7, DAYS),
)


@dataclass(frozen=True)
class Cron:
    """A parsed line: the numbers of each field; a day must match both day fields, or one of them when both are restricted.

    Around a change of clocks: a time that does not exist runs when the clocks have moved, a time that exists twice runs the
    first time; lines whose hour is free (``*`` or ``*/n``) simply follow real time.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    is_hour_free: bool
    is_either_day: bool

    @classmethod
    def parse(cls, line: str) -> Cron:
        """Read a line such as ``0 7 * * mon-fri``; raises Invalid naming the field that is wrong."""
        return _parse(line)

    def next_after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return the first time after a moment, in UTC; the line is read as times of the zone."""
        return _next_after(self, moment, zone)

    def times(self, since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """Yield the times from a moment to another, in UTC, the newest first."""
        first, day = since.astimezone(zone).date() - timedelta(days=1), until.astimezone(zone).date() + timedelta(days=1)
        while day >= first:
            if self.matches_day(day):
                yield from (each for each in sorted(self._moments(day, zone), reverse=True) if since <= each < until)
            day -= timedelta(days=1)

    def matches_day(self, day: date) -> bool:
        """True when the line runs on that day."""
        if day.month not in self.months:
            return False
        in_month, in_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return (in_month or in_week) if self.is_either_day else (in_month and in_week)

    def _moments(self, day: date, zone: ZoneInfo) -> list[datetime]:
        found = []
        for hour in self.hours:
            for minute in self.minutes:
                wall = datetime.combine(day, time(hour, minute), zone)
                first, second = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
                if first == second:
                    found.append(first)
                elif first < second:
                    found += [first, second] if self.is_hour_free else [first]
                elif not self.is_hour_free:
                    found.append(_end_of_gap(second, first, zone))
        return found


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment between two at which the clocks of a zone move."""
    old = before.astimezone(zone).utcoffset()
    while after - before > MINUTE:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(second=0, microsecond=0)


@lru_cache(maxsize=1_000)
def _next_after(cron: Cron, moment: datetime, zone: ZoneInfo) -> datetime:
    day = moment.astimezone(zone).date() - timedelta(days=1)
    for _ in range(FARTHEST_DAYS):
        if cron.matches_day(day):
            times = sorted(each for each in cron._moments(day, zone) if each > moment)
            if times:
                return times[0]
        day += timedelta(days=1)
    raise _bad(say("This line never comes true.", "该表达式永远不会触发。"))


@lru_cache(maxsize=1_000)
def _parse(line: str) -> Cron:
    cleaned = line.strip().lower()
    parts = SHORTHANDS.get(cleaned, cleaned).split()
    if len(parts) != len(FIELDS):
        raise _bad(say(
            "A cron line has five fields: minute, hour, day of the month, month, day of the week.",
            "cron 表达式有五个字段：分钟、小时、日、月、星期。",
        ))
    minutes, hours, days, months, weekdays = (_read_field(part, field) for part, field in zip(parts, FIELDS, strict=True))
    cron = Cron(
        tuple(sorted(minutes)), tuple(sorted(hours)), days, months, frozenset(each % 7 for each in weekdays),
        is_hour_free=parts[1].startswith("*"), is_either_day=not (parts[2].startswith("*") or parts[4].startswith("*")),
    )
    cron.next_after(datetime(2000, 1, 1, tzinfo=UTC), ZoneInfo("UTC"))
    return cron


def _read_field(text: str, field: CronField) -> frozenset[int]:
    numbers: set[int] = set()
    for part in text.split(","):
        match = PART.fullmatch(part)
        if match is None or (match[1] == "*" and match[2]) or match[3] == "0":
            raise _bad_field(part, field)
        step = int(match[3] or 1)
        if match[1] == "*":
            low, high = field.low, 6 if field.high == 7 else field.high
        else:
            low = _read_number(match[1], part, field)
            high = _read_number(match[2], part, field) if match[2] else field.high if match[3] else low
        if field.high == 7 and match[2] and high == 0:
            high = 7  # a week may end on a Sunday: fri-sun
        if low > high:
            raise _bad_field(part, field)
        numbers.update(range(low, high + 1, step))
    return frozenset(numbers)


def _read_number(text: str, part: str, field: CronField) -> int:
    number = field.words.get(text, int(text) if text.isdecimal() and len(text) < 4 else -1)
    if not field.low <= number <= field.high:
        raise _bad_field(part, field)
    return number


def _bad_field(part: str, field: CronField) -> Invalid:
    return _bad(say(
        "{part} is not a {field}: write numbers from {low} to {high}, *, ranges such as 1-5, steps such as */2, or lists such as 1,3.",
        "“{part}”不是有效的{field}：请填写 {low} 到 {high} 之间的数字、*、范围（如 1-5）、步长（如 */2）或列表（如 1,3）。",
        part=part[:40], field=field.title, low=field.low, high=field.high,
    ))


def _bad(message: Text) -> Invalid:
    hint = say("For example 0 7 * * 1-5: at 7:00 on working days.", "例如 0 7 * * 1-5：工作日 7:00。")
    return Invalid(Problem("", "bad_format", message, hint))

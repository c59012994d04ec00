"""Working time: hours and days counted over nights, weekends, holidays, days worked in their stead, and clocks that are put forward and back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import orjson
import pytest

from tenon.engine.apps.install import TEMPLATES
from tenon.engine.calendars import Calendar, read_calendar
from tenon.metamodel.kinds.calendar import CalendarKind

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
OFFICE = [["09:00", "12:00"], ["13:00", "18:00"]]


def _calendar(zone: str, **more: object) -> Calendar:
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE)
    return read_calendar(CalendarKind.model_validate({"name": "office", "timezone": zone, "week": week, **more}), UTC)


CHINA = _calendar(
    "Asia/Shanghai", holidays=[f"2026-10-0{day}" for day in range(1, 8)], working_days=["2026-09-20", "2026-10-10"],
)  # fmt: skip


def _at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        ("2026-09-30 09:00", True), ("2026-09-30 08:59", False), ("2026-09-30 12:00", False), ("2026-09-30 12:59", False), ("2026-09-30 17:59", True), ("2026-09-30 18:00", False),
        ("2026-10-01 10:00", False), ("2026-10-08 10:00", True), ("2026-10-10 10:00", True), ("2026-10-11 10:00", False), ("2026-09-20 10:00", True), ("2026-09-19 10:00", False),
    ],
)  # fmt: skip
def test_holidays_are_free_and_the_days_worked_instead_are_not(moment: str, works: bool) -> None:
    assert CHINA.is_working(_at(moment)) is works


@pytest.mark.parametrize(
    ("moment", "hours", "then"),
    [
        ("2026-09-28 10:00", 1, "2026-09-28 11:00"), ("2026-09-28 11:30", 1, "2026-09-28 13:30"), ("2026-09-28 17:00", 2, "2026-09-29 10:00"), ("2026-09-28 09:00", 8, "2026-09-28 18:00"),
        ("2026-09-30 17:00", 2, "2026-10-08 10:00"), ("2026-09-30 17:00", 24, "2026-10-10 17:00"), ("2026-09-30 17:00", 25, "2026-10-10 18:00"), ("2026-09-30 17:00", 26, "2026-10-12 10:00"),
        ("2026-09-28 20:00", 0, "2026-09-29 09:00"), ("2026-09-28 10:00", 0.5, "2026-09-28 10:30"),
    ],
)  # fmt: skip
def test_hours_are_counted_in_working_time_only(moment: str, hours: float, then: str) -> None:
    assert CHINA.add_hours(_at(moment), hours) == _at(then)


def test_days_keep_their_time_or_wait_for_the_next_hours() -> None:
    assert CHINA.add_days(_at("2026-09-30 10:15"), 1) == _at("2026-10-08 10:15")
    assert CHINA.add_days(_at("2026-09-30 10:15"), 3) == _at("2026-10-10 10:15")
    assert CHINA.add_days(_at("2026-09-18 20:00"), 1) == _at("2026-09-21 09:00"), "after hours of the Sunday that is worked"
    assert CHINA.next_working(_at("2026-10-01 10:00")) == _at("2026-10-08 09:00")
    assert CHINA.next_working(_at("2026-10-08 10:00")) == _at("2026-10-08 10:00")


def test_a_night_in_which_the_clock_is_changed_has_an_hour_less_or_more() -> None:
    night = read_calendar(CalendarKind.model_validate({"name": "night", "timezone": "America/New_York", "week": {"sun": [["00:00", "24:00"]]}}), UTC)
    assert night.add_hours(_at("2026-03-08 00:00", NEW_YORK), 23).astimezone(UTC) == datetime(2026, 3, 9, 4, tzinfo=UTC), "23 hours on the day it is put forward"
    assert night.add_hours(_at("2026-11-01 00:00", NEW_YORK), 25).astimezone(UTC) == datetime(2026, 11, 2, 5, tzinfo=UTC), "25 on the day it is put back"
    office = _calendar("America/New_York")
    assert office.add_hours(_at("2026-03-06 17:00", NEW_YORK), 2) == _at("2026-03-09 10:00", NEW_YORK), "nine is nine in summer too"
    assert office.next_working(datetime(2026, 3, 9, 12, 59, tzinfo=UTC)) == datetime(2026, 3, 9, 13, 0, tzinfo=UTC)


def test_the_calendar_of_china_has_the_days_that_were_announced() -> None:
    shipped = read_calendar(CalendarKind.model_validate(orjson.loads((TEMPLATES / "core" / "calendar" / "cn_2026.json").read_bytes())), UTC)
    assert len(shipped.holidays) == 33
    assert [day.isoformat() for day in sorted(shipped.working_days)] == ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
    assert all(day.weekday() >= 5 and shipped.is_working_day(day) for day in shipped.working_days)
    assert [day for day in (date(2026, 2, n) for n in range(13, 26)) if shipped.is_working_day(day)] == [date(2026, 2, 13), date(2026, 2, 14), date(2026, 2, 24), date(2026, 2, 25)]

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from tenon.engine.jobs import Cron
from tenon.metamodel.errors import Invalid

UTC_ZONE, SHANGHAI, NEW_YORK = ZoneInfo("UTC"), ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


def after(line: str, moment: str, zone: ZoneInfo = UTC_ZONE, count: int = 1) -> list[str]:
    found, at = [], datetime.fromisoformat(moment)
    for _ in range(count):
        at = Cron.parse(line).next_after(at, zone)
        found.append(at.strftime("%Y-%m-%dT%H:%M"))
    return found


@pytest.mark.parametrize(
    ("line", "moment", "expected"),
    [
        ("* * * * *", "2026-03-02T01:30:00Z", "2026-03-02T01:31"),
        ("*/15 * * * *", "2026-03-02T01:30:00Z", "2026-03-02T01:45"),
        ("5/20 * * * *", "2026-03-02T01:46:00Z", "2026-03-02T02:05"),
        ("0 7 * * mon-fri", "2026-03-06T07:00:00Z", "2026-03-09T07:00"),
        ("0 7 * * fri-sun", "2026-03-02T01:30:00Z", "2026-03-06T07:00"),
        ("0 0 * * 7", "2026-03-02T01:30:00Z", "2026-03-08T00:00"),
        ("0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00"),
        ("0 0 31 * *", "2026-03-31T00:00:00Z", "2026-05-31T00:00"),
        ("0 0 13 * fri", "2026-03-02T01:30:00Z", "2026-03-06T00:00"),
        ("30 6 1,15 jan,jul *", "2026-03-02T01:30:00Z", "2026-07-01T06:30"),
        ("0 22-23 31 12 *", "2026-12-31T22:00:00Z", "2026-12-31T23:00"),
        ("@daily", "2026-12-31T23:59:59Z", "2027-01-01T00:00"),
        ("  0   0  *  *  SUN ", "2026-03-02T01:30:00Z", "2026-03-08T00:00"),
    ],
)
def test_next_time(line: str, moment: str, expected: str) -> None:
    assert after(line, moment) == [expected]


def test_lines_are_read_in_the_zone() -> None:
    assert after("0 7 * * *", "2026-03-02T01:30:00Z", SHANGHAI) == ["2026-03-02T23:00"]


def test_a_time_that_does_not_exist_runs_when_the_clocks_have_moved() -> None:
    # New York, 8 March 2026: 02:00 becomes 03:00 at 07:00 UTC.
    assert after("30 2 * * *", "2026-03-07T12:00:00Z", NEW_YORK, 2) == ["2026-03-08T07:00", "2026-03-09T06:30"]


def test_a_time_that_exists_twice_runs_once() -> None:
    # New York, 1 November 2026: 01:30 is at 05:30 and at 06:30 UTC.
    assert after("30 1 * * *", "2026-10-31T12:00:00Z", NEW_YORK, 2) == ["2026-11-01T05:30", "2026-11-02T06:30"]


def test_a_free_hour_follows_real_time_over_both_changes() -> None:
    spring = after("*/30 * * * *", "2026-03-08T06:00:00Z", NEW_YORK, 4)
    assert spring == ["2026-03-08T06:30", "2026-03-08T07:00", "2026-03-08T07:30", "2026-03-08T08:00"]
    autumn = after("0 * * * *", "2026-11-01T04:00:00Z", NEW_YORK, 4)
    assert autumn == ["2026-11-01T05:00", "2026-11-01T06:00", "2026-11-01T07:00", "2026-11-01T08:00"]


@pytest.mark.parametrize(
    "line",
    ["", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "*/0 * * * *", "5-1 * * * *",
     "1,,2 * * * *", "a * * * *", "*-5 * * * *", "-1 * * * *", "0 0 31 2 *", "0 0 30 feb *", "@reboot", "1-2-3 * * * *", "²  * * * *"],
)
def test_bad_lines_are_refused_with_what_to_write(line: str) -> None:
    with pytest.raises(Invalid) as caught:
        Cron.parse(line)
    problem = caught.value.problems[0]
    assert problem.code == "bad_format"
    assert problem.message.en != problem.message.zh
    assert problem.hint is not None


def test_a_bad_field_is_named() -> None:
    with pytest.raises(Invalid) as caught:
        Cron.parse("0 25 * * *")
    assert "25 is not a hour" in caught.value.problems[0].message.show("en")
    assert "小时" in caught.value.problems[0].message.show("zh")


@settings(max_examples=60, deadline=None)
@given(
    minute=st.sampled_from(["*", "0", "*/7", "5,35"]), hour=st.sampled_from(["*", "0", "2", "*/6", "1-3"]),
    day=st.sampled_from(["*", "1", "31"]), weekday=st.sampled_from(["*", "0", "1-5"]),
    minutes=st.integers(0, 365 * 24 * 60), zone=st.sampled_from([UTC_ZONE, SHANGHAI, NEW_YORK]),
)
def test_times_rise_and_each_matches_its_line(minute: str, hour: str, day: str, weekday: str, minutes: int, zone: ZoneInfo) -> None:
    cron, at = Cron.parse(f"{minute} {hour} {day} * {weekday}"), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    for _ in range(5):
        following = cron.next_after(at, zone)
        assert following > at
        wall = following.astimezone(zone)
        moved = (following - timedelta(minutes=1)).astimezone(zone).utcoffset() != wall.utcoffset()
        assert moved or (wall.minute in cron.minutes and wall.hour in cron.hours)
        assert cron.matches_day(wall.date())
        at = following

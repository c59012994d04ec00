"""Moments."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from tests.metamodel.fields.contract import PLACE, clean, make, refusal

NEW_YORK = replace(PLACE, timezone=ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("2026-01-31T09:30", "2026-01-31T01:30:00Z"),
        ("2026-01-31 09:30:15", "2026-01-31T01:30:15Z"),
        ("2026-01-31T09:30Z", "2026-01-31T09:30:00Z"),
        ("2026-01-31t09:30:00.5z", "2026-01-31T09:30:00.500000Z"),
        ("2026-01-31T09:30:00.123456+05:30", "2026-01-31T04:00:00.123456Z"),
        ("2026-01-31T09:30-0800", "2026-01-31T17:30:00Z"),
    ],
)
def test_any_offset_and_the_workspace_zone_without_one(raw: str, shown: str) -> None:
    value = clean(make("datetime"), raw)
    assert value.tzinfo is UTC
    assert make("datetime").show(value) == shown


def test_a_time_in_the_gap_takes_the_offset_before_it() -> None:
    assert make("datetime").clean("2026-03-08T02:30", NEW_YORK) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_a_time_that_exists_twice_takes_the_later_offset() -> None:
    assert make("datetime").clean("2026-11-01T01:30", NEW_YORK) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize("raw", ["0001-01-01T00:00", "9999-12-31T23:59-01:00", "0001-01-01T00:00+00:01"])
def test_moments_outside_the_calendar_are_refused(raw: str) -> None:
    assert refusal(make("datetime"), raw) == "out_of_range"


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "2026-01-31",
            "2026-01-31T24:00",
            "2026-01-31T09:60",
            "2026-01-31T09:30:60",
            "2026-02-30T09:30",
            "2026-01-31T9:30",
            "20260131T0930",
        ),
        *(
            "2026-01-31T09:30+25:00",
            "2026-01-31T09:30:00.1234567Z",
            "2026-01-31T09:30+8",
            "0000-01-01T00:00Z",
            "now",
            "2026-01-31T09:30:00 CST",
        ),
    ],
)
def test_other_forms_are_refused(raw: str) -> None:
    assert refusal(make("datetime"), raw) == "bad_format"


def test_other_types_are_refused() -> None:
    assert refusal(make("datetime"), 1_700_000_000) == "wrong_type"
    assert refusal(make("datetime"), True) == "wrong_type"


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_moment_comes_back(moment: datetime) -> None:
    assert clean(make("datetime"), make("datetime").show(moment)) == moment

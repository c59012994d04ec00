"""The kind calendar: the hours of the week, holidays and days worked instead."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import CALENDAR, found, read, refused, with_world


def test_the_example_is_read_to_the_letter() -> None:
    body = read(CALENDAR).body
    assert (body.timezone, body.week.mon, body.week.tue, body.holidays, body.working_days) == ("Asia/Shanghai", [("09:00", "12:00"), ("13:00", "18:00")], [], ["2026-10-01"], ["2026-10-10"])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"week": {"monday": []}}, ("/week/monday", "unknown_field")),
        ({"week": {"mon": [["9:00", "12:00"]]}}, ("/week/mon/0/0", "bad_format")),
        ({"holidays": ["1 October"]}, ("/holidays/0", "bad_format")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**CALENDAR, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"timezone": "Asia/Shangai"}, [("/timezone", "bad_choice")]),
        ({"week": {}}, [("/week", "required")]),
        ({"week": {"mon": [["09:00", "13:00"], ["12:00", "18:00"]]}}, [("/week/mon/1", "out_of_range")]),
        ({"week": {"mon": [["13:00", "18:00"], ["09:00", "12:00"]]}}, [("/week/mon/1", "out_of_range")]),
        ({"week": {"mon": [["22:00", "06:00"]]}}, [("/week/mon/0", "out_of_range")]),
        ({"week": {"mon": [["00:00", "24:00"]]}}, []),
        ({"holidays": ["2026-02-30"]}, [("/holidays/0", "bad_format")]),
        ({"holidays": ["2026-10-01", "2026-10-01"]}, [("/holidays/1", "not_unique")]),
        ({"working_days": ["2026-10-01"]}, [("/working_days/0", "conflict")]),
    ],
)
def test_hours_are_in_order_and_a_day_is_one_thing(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert found(with_world({**CALENDAR, **changes}), "office") == expected

"""Calendar days."""

from __future__ import annotations

from datetime import date

import pytest

from tests.metamodel.fields.contract import clean, make, refusal


def test_iso_days() -> None:
    assert clean(make("date"), "2024-02-29") == date(2024, 2, 29)
    assert clean(make("date"), "0001-01-01") == date.min
    assert clean(make("date"), "9999-12-31") == date.max
    assert make("date").show(date(1, 2, 3)) == "0001-02-03"


@pytest.mark.parametrize(
    "raw",
    [
        "2026-02-29",
        "2026-13-01",
        "0000-01-01",
        "10000-01-01",
        "20260131",
        "2026-W05-1",
        "2026/01/31",
        "31.01.2026",
        "2026-1-31",
        "2026-01-31T00:00",
        "２０２６-01-31",
        "today",
    ],
)
def test_other_forms_are_refused(raw: str) -> None:
    assert refusal(make("date"), raw) == "bad_format"


@pytest.mark.parametrize("raw", [20260131, 1.5, True, ["2026-01-31"], {"date": "2026-01-31"}])
def test_other_types_are_refused(raw: object) -> None:
    assert refusal(make("date"), raw) == "wrong_type"


def test_bounds_are_expressions() -> None:
    assert make("date", min="today()", max="date_add(today(), 1, 'year')").check_spec() == []

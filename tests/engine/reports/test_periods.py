"""Words of periods as days, the period before, the same a year ago."""

from __future__ import annotations

from datetime import date

import pytest

from tenon.engine.reports.periods import WORDS, buckets, previous, read_period, year_before
from tenon.metamodel.errors import Invalid
from tenon.metamodel.kinds.dashboard import Period as Word

TODAY = date(2026, 3, 2)


def days(text: str) -> tuple[str, str]:
    found = read_period(text, TODAY)
    assert found is not None
    return str(found.first), str(found.last)


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("today", "2026-03-02", "2026-03-02"), ("yesterday", "2026-03-01", "2026-03-01"), ("this_week", "2026-03-02", "2026-03-08"),
        ("last_week", "2026-02-23", "2026-03-01"), ("this_month", "2026-03-01", "2026-03-31"), ("last_month", "2026-02-01", "2026-02-28"),
        ("this_quarter", "2026-01-01", "2026-03-31"), ("last_quarter", "2025-10-01", "2025-12-31"), ("this_year", "2026-01-01", "2026-12-31"),
        ("last_year", "2025-01-01", "2025-12-31"), ("last_7_days", "2026-02-24", "2026-03-02"), ("last_365_days", "2025-03-03", "2026-03-02"),
        ("2026-01-05..2026-01-09", "2026-01-05", "2026-01-09"), ("..2026-01-09", "None", "2026-01-09"), ("2026-01-05..", "2026-01-05", "None"),
    ],
)  # fmt: skip
def test_periods_are_days(word: str, first: str, last: str) -> None:
    assert days(word) == (first, last)


def test_every_word_of_the_metamodel_is_known() -> None:
    assert set(Word.__args__) == set(WORDS)  # type: ignore[attr-defined]
    assert all(days(word) for word in WORDS)
    assert read_period("all", TODAY) is None
    for wrong in ("soon", "..", "2026-02-30..2026-03-01", "2026-13-01..", "this_decade", ""):
        with pytest.raises(Invalid):
            read_period(wrong, TODAY)


@pytest.mark.parametrize(
    ("text", "before", "year"),
    [
        ("this_quarter", ("2025-10-01", "2025-12-31"), ("2025-01-01", "2025-03-31")), ("last_month", ("2026-01-01", "2026-01-31"), ("2025-02-01", "2025-02-28")),
        ("2024-02-01..2024-02-29", ("2024-01-01", "2024-01-31"), ("2023-02-01", "2023-02-28")),
        ("last_7_days", ("2026-02-17", "2026-02-23"), ("2025-02-24", "2025-03-02")), ("today", ("2026-03-01", "2026-03-01"), ("2025-03-02", "2025-03-02")),
    ],
)  # fmt: skip
def test_the_period_before_and_the_year_before(text: str, before: tuple[str, str], year: tuple[str, str]) -> None:
    period = read_period(text, TODAY)
    assert period is not None
    earlier, ago = previous(period), year_before(period)
    assert earlier is not None
    assert (str(earlier.first), str(earlier.last)) == before
    assert (str(ago.first), str(ago.last)) == year


def test_a_period_without_an_end_has_none_before() -> None:
    open_ended = read_period("2026-01-01..", TODAY)
    assert open_ended is not None
    assert previous(open_ended) is None
    assert [str(d) for d in buckets(date(2025, 12, 30), date(2026, 1, 13), "week")] == ["2025-12-29", "2026-01-05", "2026-01-12"]
    assert len(list(buckets(date.min, date.max, "day"))) == 1_000
    assert list(buckets(date(9999, 11, 1), date.max, "month"))[-1] == date(9999, 12, 1)

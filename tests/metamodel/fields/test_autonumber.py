"""Automatic numbers and their patterns."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tenon.metamodel.autonumber import parse
from tenon.metamodel.errors import Invalid
from tests.metamodel.fields.contract import clean, faults, make, refusal

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("pattern", "number", "shown", "period"),
    [
        ("{00001}", 7, "00007", ""),
        ("{1}", 123, "123", ""),
        ("C-{yyyy}-{00001}", 1, "C-2026-00001", "2026"),
        ("{yy}{mm}{dd}/{001}", 12345, "260302/12345", "26-03-02"),
        ("{0001}客户{mm}", 3, "0003客户03", "03"),
    ],
)
def test_a_pattern_makes_numbers_and_reads_them_back(pattern: str, number: int, shown: str, period: str) -> None:
    parsed = parse(pattern)
    assert parsed.format(DAY, number) == shown
    assert parsed.period(DAY) == period
    assert parsed.read(shown) == (period, number)


def test_a_moment_counts_as_its_day() -> None:
    assert parse("{yyyy}{01}").format(datetime(2026, 12, 31, 23, 59, tzinfo=UTC), 1) == "202601"
    assert parse("{yyyy}-{01}").period(date(33, 1, 1)) == "0033"


@pytest.mark.parametrize("text", ["C-2026-001", "X-2026-00001", "C-2026-00001 ", "c-2026-00001", "C-２０２６-00001", ""])
def test_numbers_of_another_form_are_not_read(text: str) -> None:
    assert parse("C-{yyyy}-{00001}").read(text) is None


@pytest.mark.parametrize(
    "pattern", ["C", "{yyyy}", "{01}{01}", "{2}", "{10}", "{yyy}", "{}", "{01", "01}", "{{01}}", "{01}\n", "x" * 41 + "{1}", "{0}"]
)
def test_patterns_without_one_counter_are_refused(pattern: str) -> None:
    with pytest.raises(Invalid):
        parse(pattern)
    if len(pattern) <= 40:
        assert faults(make("autonumber", pattern=pattern)) == [("/pattern", "bad_format")]


def test_a_number_from_outside_is_kept() -> None:
    assert clean(make("autonumber"), "OLD-7") == "OLD-7"
    assert refusal(make("autonumber"), "x" * 61) == "too_long"
    assert refusal(make("autonumber"), 7) == "wrong_type"
    assert make("autonumber").value_type().length == 60

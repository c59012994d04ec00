"""Whole numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from tests.metamodel.fields.contract import clean, faults, make, refusal

LIMIT = 10**15


@pytest.mark.parametrize(
    ("raw", "value"),
    [(7, 7), ("7", 7), ("-07", -7), ("+3", 3), (3.0, 3), ("3.0", 3), (-0.0, 0), (LIMIT - 1, LIMIT - 1), (1 - LIMIT, 1 - LIMIT)],
)
def test_whole_numbers_are_read(raw: object, value: int) -> None:
    got = clean(make("integer"), raw)
    assert got == value
    assert type(got) is int


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        *(
            (raw, "bad_format")
            for raw in (1.5, "1.5", "1e3", "1,000", "０", "٣", "0x10", "1_000", " 1", "--1", "NaN", "Infinity", float("nan"), float("-inf"))
        ),
        *((raw, "wrong_type") for raw in (True, [1], {"a": 1})),
        *((raw, "out_of_range") for raw in (LIMIT, -LIMIT, 1e300, "1" * 40)),
    ],
)
def test_everything_else_is_refused(raw: object, code: str) -> None:
    assert refusal(make("integer"), raw) == code


@given(st.integers(1 - LIMIT, LIMIT - 1))
def test_number_and_text_are_the_same(number: int) -> None:
    assert clean(make("integer"), number) == clean(make("integer"), str(number)) == number


def test_bounds_are_inclusive_and_known_to_expressions() -> None:
    spec = make("integer", min="1", max=10)
    assert [clean(spec, n) for n in (1, 10)] == [1, 10]
    assert refusal(spec, 0) == refusal(spec, 11) == "out_of_range"
    assert refusal(make("integer", min=1), 0) == "out_of_range"
    assert refusal(make("integer", max=1), 2) == "out_of_range"
    assert (spec.value_type().low, spec.value_type().high) == (Decimal(1), Decimal(10))


def test_bounds_are_checked() -> None:
    assert faults(make("integer", min=5, max=1)) == [("/min", "out_of_range")]
    assert faults(make("integer", min="1.5")) == [("/min", "bad_format")]
    assert faults(make("integer", max="1" * 16)) == [("/max", "out_of_range")]
    for bad in ("many", True, "NaN", "1e3"):
        with pytest.raises(ValidationError):
            make("integer", min=bad)

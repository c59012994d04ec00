"""Exact numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from tests.metamodel.fields.contract import clean, faults, make, refusal


@pytest.mark.parametrize(
    ("raw", "text"), [(1.5, "1.50"), ("2.5", "2.50"), (3, "3.00"), (0.1, "0.10"), ("1.500", "1.50"), (-0.0, "0.00"), ("-0", "0.00")]
)
def test_a_number_has_exactly_its_decimals(raw: object, text: str) -> None:
    assert str(clean(make("decimal"), raw)) == text


def test_nothing_is_rounded_in_silence() -> None:
    assert refusal(make("decimal"), "1.005") == "bad_format"
    assert refusal(make("decimal"), 0.1 + 0.2) == "bad_format"
    assert refusal(make("decimal"), 1e-300) == "bad_format"
    assert refusal(make("decimal", scale=0), 1.5) == "bad_format"


def test_fifteen_digits_decimals_included() -> None:
    assert clean(make("decimal"), "9999999999999.99") == Decimal("9999999999999.99")
    assert refusal(make("decimal"), "10000000000000") == "out_of_range"
    assert clean(make("decimal", scale=6), "-999999999.999999") == Decimal("-999999999.999999")
    assert refusal(make("decimal", scale=6), "1000000000") == "out_of_range"


@pytest.mark.parametrize("raw", ["1,5", "1.", ".5", "1e2", "￥5", "５", float("inf")])
def test_other_forms_are_refused(raw: object) -> None:
    assert refusal(make("decimal"), raw) == "bad_format"


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 6))
def test_every_exact_number_is_kept(minor: int, scale: int) -> None:
    number = Decimal(minor).scaleb(-scale)
    value = clean(make("decimal", scale=scale), format(number, "f"))
    assert value == number
    assert value.as_tuple().exponent == -scale


def test_options() -> None:
    spec = make("decimal", scale=3, min="-1.5", max=2.5)
    assert (spec.value_type().scale, spec.storage().scale) == (3, 3)
    assert (spec.value_type().low, spec.value_type().high) == (Decimal("-1.5"), Decimal("2.5"))
    assert refusal(spec, "-1.501") == "out_of_range"
    assert faults(make("decimal", min="0.001")) == [("/min", "bad_format")]
    for scale in (-1, 7, 1.5):
        with pytest.raises(ValidationError):
            make("decimal", scale=scale)

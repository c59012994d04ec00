"""Shares."""

from __future__ import annotations

from decimal import Decimal

from tests.metamodel.fields.contract import clean, make, refusal


def test_thirty_percent_is_three_tenths() -> None:
    assert str(clean(make("percent"), 0.3)) == "0.3000"
    assert make("percent").show(Decimal("0.3000")) == Decimal("0.3")
    assert refusal(make("percent"), "30%") == "bad_format"


def test_decimals_and_bounds() -> None:
    assert refusal(make("percent"), "0.33333") == "bad_format"
    assert clean(make("percent", scale=6), "0.333333") == Decimal("0.333333")
    assert clean(make("percent"), "-2.5") == Decimal("-2.5")
    assert refusal(make("percent", min=0, max=1), 1.01) == "out_of_range"
    assert make("percent").value_type().scale == make("percent").storage().scale == 4

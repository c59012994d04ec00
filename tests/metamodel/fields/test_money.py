"""Amounts of money."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from tests.metamodel.fields.contract import clean, faults, make, refusal


def test_the_currency_is_part_of_the_type() -> None:
    assert make("money").value_type().currency == "CNY"
    assert make("money", currency="JPY", scale=0).value_type().currency == "JPY"
    assert make("money").value_type().scale == 2


def test_amounts_are_exact() -> None:
    assert str(clean(make("money"), 0.1)) == "0.10"
    assert clean(make("money", scale=4), "0.0001") == Decimal("0.0001")
    assert refusal(make("money"), "0.001") == "bad_format"
    assert refusal(make("money"), "-0.01") == "out_of_range"
    assert refusal(make("money"), "¥5") == "bad_format"
    assert refusal(make("money"), {"amount": 5}) == "wrong_type"


def test_unknown_currencies_are_refused() -> None:
    assert faults(make("money", currency="XQZ")) == [("/currency", "bad_choice")]
    for currency in ("cny", "RMB¥", ""):
        with pytest.raises(ValidationError):
            make("money", currency=currency)

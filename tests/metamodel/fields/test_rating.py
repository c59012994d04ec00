"""Ratings."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from tests.metamodel.fields.contract import clean, faults, make, refusal


def test_stars_from_none_to_five() -> None:
    assert [clean(make("rating"), n) for n in (0, 5, "3")] == [0, 5, 3]
    for raw, code in ((6, "out_of_range"), (-1, "out_of_range"), (2.5, "bad_format"), (True, "wrong_type"), ("★", "bad_format")):
        assert refusal(make("rating"), raw) == code


def test_another_number_of_stars() -> None:
    spec = make("rating", min=1, max=10)
    assert clean(spec, 10) == 10
    assert refusal(spec, 0) == "out_of_range"
    assert (spec.value_type().low, spec.value_type().high) == (Decimal(1), Decimal(10))
    assert faults(make("rating", min=6)) == [("/min", "out_of_range")]
    for most in (0, 101):
        with pytest.raises(ValidationError):
            make("rating", max=most)

"""Lengths of time."""

from __future__ import annotations

from tests.metamodel.fields.contract import clean, faults, make, refusal


def test_whole_seconds() -> None:
    assert clean(make("duration"), 5400) == 5400
    assert clean(make("duration"), "60") == 60
    assert clean(make("duration"), -5) == -5
    assert (make("duration").value_type().kind, make("duration").value_type().scale) == ("duration", 0)


def test_bad_input() -> None:
    assert refusal(make("duration"), "PT1H30M") == "bad_format"
    assert refusal(make("duration"), "1:30") == "bad_format"
    assert refusal(make("duration"), 1.5) == "bad_format"
    assert refusal(make("duration"), True) == "wrong_type"
    assert refusal(make("duration"), 10**15) == "out_of_range"


def test_bounds() -> None:
    assert refusal(make("duration", min=0), -1) == "out_of_range"
    assert faults(make("duration", min=2, max=1)) == [("/min", "out_of_range")]

"""Times of day."""

from __future__ import annotations

from datetime import time

import pytest
from pydantic import ValidationError

from tests.metamodel.fields.contract import clean, faults, make, refusal


def test_times_with_and_without_seconds() -> None:
    assert clean(make("time"), "09:30") == time(9, 30)
    assert clean(make("time"), "23:59:59") == time(23, 59, 59)
    assert make("time").show(time(9, 30)) == "09:30"
    assert make("time").show(time(9, 30, 5)) == "09:30:05"


@pytest.mark.parametrize("raw", ["24:00", "9:30", "0930", "09:60", "09:30:60", "09:30:15.5", "09:30Z", "09:30+08:00", "9am"])
def test_other_forms_are_refused(raw: str) -> None:
    assert refusal(make("time"), raw) == "bad_format"


def test_bounds() -> None:
    spec = make("time", min="09:00", max="18:00")
    assert clean(spec, "18:00") == time(18)
    assert refusal(spec, "08:59:59") == refusal(spec, "18:00:01") == "out_of_range"
    assert faults(make("time", min="18:00", max="09:00")) == [("/min", "out_of_range")]
    with pytest.raises(ValidationError):
        make("time", min="noon")


def test_other_types_are_refused() -> None:
    assert refusal(make("time"), 930) == "wrong_type"

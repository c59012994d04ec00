"""Whole numbers in texts from outside."""

from __future__ import annotations

import pytest

from tenon.metamodel.digits import read_whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("9" * 5_000, None), ("²", None), ("٣", None), ("-1", None), ("", None), (" 1", None)])
def test_only_plain_digits_are_a_number(text: str, number: int | None) -> None:
    assert read_whole(text) == number

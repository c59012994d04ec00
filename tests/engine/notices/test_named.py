"""Whom a text names with @."""

from __future__ import annotations

import pytest

from tenon.engine.notices.mentions import named_in

PEOPLE = {"1": "Ann", "2": "Ann Lee", "3": "王芳", "4": "Bo"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Ann Lee, see this", {"2"}), ("@ann and @ANN LEE", {"1", "2"}), ("@Annabel wrote", set()), ("@Annabel and @Ann", {"1"}),
        ("@王芳你好", {"3"}), ("bo without a sign", set()), ("@Bo2 is another", set()), ("", set()), ("me@bo.example", set()), ("@Bo!", {"4"}),
    ],
)  # fmt: skip
def test_names_are_read_as_people_write_them(text: str, named: set[str]) -> None:
    assert set(named_in(text, PEOPLE)) == named

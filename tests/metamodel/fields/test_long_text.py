"""Texts of several lines."""

from __future__ import annotations

from tests.metamodel.fields.contract import clean, make, refusal


def test_lines_and_tabs_are_kept_and_line_ends_are_one_newline() -> None:
    assert clean(make("long_text"), "a\r\nb\rc\n\td ") == "a\nb\nc\n\td "


def test_other_control_characters_and_types_are_refused() -> None:
    assert refusal(make("long_text"), "a\0b") == "bad_format"
    assert refusal(make("long_text"), "a\x0bb") == "bad_format"
    assert refusal(make("long_text"), 5) == "wrong_type"


def test_length_is_limited() -> None:
    spec = make("long_text", max_length=4)
    assert clean(spec, "a\r\nbc") == "a\nbc"
    assert refusal(spec, "a\nbcd") == "too_long"
    assert clean(make("long_text"), "x" * 10_000) == "x" * 10_000
    assert refusal(make("long_text"), "x" * 10_001) == "too_long"


def test_only_line_ends_are_empty() -> None:
    assert clean(make("long_text"), " \r\n\t") is None

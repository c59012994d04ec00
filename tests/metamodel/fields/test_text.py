"""Short texts."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.metamodel.fields.contract import clean, faults, make, refusal


def test_a_text_is_kept_exactly() -> None:
    assert clean(make("text"), "  A  b ") == "  A  b "
    assert clean(make("text"), "<b>&amp;") == "<b>&amp;"


def test_length_counts_characters() -> None:
    spec = make("text", max_length=3)
    assert clean(spec, "客户😀") == "客户😀"
    assert refusal(spec, "客户😀!") == "too_long"
    assert make("text").value_type().length == 50
    assert clean(make("text", max_length=200), "x" * 200) == "x" * 200


@pytest.mark.parametrize("raw", ["a\nb", "a\tb", "a\0", "\x7fa", "a\x85", "a\ud800"])
def test_control_characters_are_refused(raw: str) -> None:
    assert refusal(make("text"), raw) == "bad_format"


@pytest.mark.parametrize("raw", [1, 1.5, True, ["a"], {"en": "a"}])
def test_other_types_are_refused(raw: object) -> None:
    assert refusal(make("text"), raw) == "wrong_type"


def test_a_pattern_holds_for_the_whole_text() -> None:
    spec = make("text", pattern="[0-9]{4}")
    assert clean(spec, "2026") == "2026"
    assert clean(spec, "") is None
    assert refusal(spec, "x2026") == "bad_format"
    assert refusal(spec, "20261") == "bad_format"


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1", "a{5000}", "[z-a]"])
def test_a_pattern_that_cannot_run_in_linear_time_is_refused(pattern: str) -> None:
    assert faults(make("text", pattern=pattern)) == [("/pattern", "bad_format")]


def test_a_hostile_pattern_ends() -> None:
    assert refusal(make("text", pattern="(a+)+b", max_length=4000), "a" * 4000) == "bad_format"


@pytest.mark.parametrize("options", [{"max_length": 0}, {"max_length": 4001}, {"max_length": "many"}, {"pattern": ""}])
def test_options_have_bounds(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        make("text", **options)


def test_known_words_are_labels_and_no_limit() -> None:
    spec = make("text", words=[{"name": "login", "label": {"en": "Signed in", "zh": "登录"}}])
    assert clean(spec, "something else") == "something else"
    assert [(word.name, word.title().show("zh")) for word in spec.named] == [("login", "登录")]
    assert faults(make("text", words=[{"name": "a"}, {"name": "a"}])) == [("/words/1/name", "not_unique")]

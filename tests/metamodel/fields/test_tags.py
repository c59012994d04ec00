"""Free words."""

from __future__ import annotations

from tests.metamodel.fields.contract import ID, OPTIONS, clean, faults, make, refusal


def test_free_words_once_each() -> None:
    assert clean(make("tags"), [" key account", "重点", "key account "]) == ("key account", "重点")
    assert make("tags").show(("a", "b")) == ["a", "b"]
    assert clean(make("tags"), []) is None
    assert clean(make("tags"), ["", "  "]) is None


def test_limits() -> None:
    assert clean(make("tags"), ["x" * 60]) == ("x" * 60,)
    assert refusal(make("tags"), ["x" * 61]) == "too_long"
    assert clean(make("tags"), [str(n) for n in range(100)]) is not None
    assert refusal(make("tags"), [str(n) for n in range(101)]) == "over_limit"
    assert refusal(make("tags"), "a, b") == "wrong_type"
    assert refusal(make("tags"), [1]) == "wrong_type"
    assert refusal(make("tags"), ["a\0"]) == "bad_format"
    assert refusal(make("tags"), ["a\nb"]) == "bad_format"


def test_declared_options_are_the_only_ones() -> None:
    spec = make("tags", options=OPTIONS, id=ID)
    assert clean(spec, ["saas"]) == ("saas",)
    assert refusal(spec, ["free"]) == "bad_choice"
    assert refusal(spec, ["mining"]) == "bad_choice"
    assert (spec.value_type().options, spec.value_type().source) == (("saas", "retail", "mining"), ID)
    assert make("tags", id=ID).value_type().source is None
    assert faults(make("tags", options=[*OPTIONS, OPTIONS[0]])) == [("/options/3/name", "not_unique")]


def test_words_that_are_given_are_known_by_their_labels_and_ticked() -> None:
    spec = make("tags", options=OPTIONS, id=ID)
    assert ([o.name for o in spec.named], spec.asked_by) == ([o["name"] for o in OPTIONS], "multiselect")
    assert (make("tags", id=ID).named, make("tags", id=ID).asked_by) == ([], "tags")

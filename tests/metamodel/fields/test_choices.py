"""Several of several options."""

from __future__ import annotations

from tests.metamodel.fields.contract import ID, OPTIONS, clean, faults, make, refusal


def test_names_once_each_in_the_order_given() -> None:
    assert clean(make("choices"), ["retail", "saas", "retail"]) == ("retail", "saas")
    assert make("choices").show(("retail", "saas")) == ["retail", "saas"]
    assert clean(make("choices"), []) is None


def test_bad_input() -> None:
    assert refusal(make("choices"), "saas") == "wrong_type"
    assert refusal(make("choices"), {"saas": True}) == "wrong_type"
    assert refusal(make("choices"), ["saas", None]) == "wrong_type"
    assert refusal(make("choices"), ["saas", "mining"]) == "bad_choice"
    assert refusal(make("choices"), ["saas"] * 1001) == "over_limit"


def test_type_and_options() -> None:
    assert make("choices", id=ID).value_type().options == ("saas", "retail", "mining")
    assert make("choices", id=ID).value_type().source == ID
    assert faults(make("choices", options=[*OPTIONS, OPTIONS[0]])) == [("/options/3/name", "not_unique")]

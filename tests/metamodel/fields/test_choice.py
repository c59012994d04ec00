"""One of several options."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tenon.metamodel.fields.base import BadValue
from tests.metamodel.fields.contract import ID, OPTIONS, PLACE, clean, faults, make, refusal


def test_the_name_of_an_option() -> None:
    assert clean(make("choice"), "saas") == "saas"
    assert refusal(make("choice"), "SaaS") == "bad_choice"
    assert refusal(make("choice"), "mining") == "bad_choice"
    assert refusal(make("choice"), "\ud800") == "bad_choice"
    assert refusal(make("choice"), 1) == "wrong_type"
    assert refusal(make("choice"), ["saas"]) == "wrong_type"


@pytest.mark.parametrize(("raw", "proposed"), [("retial", "retail"), ("零售", "retail"), ("SaaS", "saas"), ("xyz", "saas, retail")])
def test_the_hint_says_what_can_be_chosen(raw: str, proposed: str) -> None:
    with pytest.raises(BadValue) as caught:
        make("choice").clean(raw, PLACE)
    assert caught.value.hint is not None
    assert proposed in (caught.value.hint.en or "")
    assert "mining" not in (caught.value.hint.en or "")


def test_the_type_knows_the_options_in_their_order() -> None:
    found = make("choice", id=ID).value_type()
    assert found.options == ("saas", "retail", "mining")
    assert found.source == ID


def test_options_are_there_and_differ() -> None:
    assert faults(make("choice", options=[*OPTIONS, {"name": "saas"}])) == [("/options/3/name", "not_unique")]
    assert faults(make("choice", options=[{"name": f"o{n}"} for n in range(1000)])) == []
    for options in (
        [],
        [{"name": "Bad Name"}],
        [{"label": {"en": "x"}}],
        [{"name": "a", "tint": 1}],
        [{"name": f"o{n}"} for n in range(1001)],
    ):
        with pytest.raises(ValidationError):
            make("choice", options=options)

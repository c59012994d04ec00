"""References to many records."""

from __future__ import annotations

from tenon.metamodel.fields.base import Lookup
from tests.metamodel.fields.contract import ID, OTHER_ID, clean, make, refusal


def test_ids_and_lookups_once_each_in_their_order() -> None:
    raw = [OTHER_ID, {"id": ID}, {"code": "C-1"}, ID.upper(), {"code": "C-1"}]
    assert clean(make("references"), raw) == (OTHER_ID, ID, Lookup("code", "C-1"))
    assert make("references").show((OTHER_ID, ID)) == [OTHER_ID, ID]
    assert clean(make("references"), []) is None


def test_bad_input() -> None:
    assert refusal(make("references"), ID) == "wrong_type"
    assert refusal(make("references"), {"id": ID}) == "wrong_type"
    assert refusal(make("references"), [ID, None]) == "wrong_type"
    assert refusal(make("references"), [ID, "x"]) == "bad_format"
    assert refusal(make("references"), [ID] * 1001) == "over_limit"


def test_the_far_entity() -> None:
    spec = make("references")
    assert (spec.targets, spec.value_type().kind, spec.value_type().entity) == (("customer",), "references", "customer")
    assert spec.is_to_many

"""References to any of several entities."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tenon.metamodel.changes import is_retyped
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid
from tenon.metamodel.fields.base import Lookup
from tenon.metamodel.parse import identify, read_document
from tenon.metamodel.snapshot import build
from tests.metamodel.fields.contract import ID, OTHER_ID, clean, faults, make, refusal


def test_entity_and_record() -> None:
    assert clean(make("any_reference"), {"entity": "lead", "id": ID}) == ("lead", ID)
    assert clean(make("any_reference"), {"entity": OTHER_ID, "id": ID, "title": "x"}) == (OTHER_ID, ID)
    assert clean(make("any_reference"), {"entity": "lead", "code": "L-1"}) == ("lead", Lookup("code", "L-1"))
    assert make("any_reference").show((OTHER_ID, ID)) == {"entity": OTHER_ID, "id": ID}


@pytest.mark.parametrize(
    "raw",
    [
        ID,
        [ID],
        {"id": ID},
        {"entity": "lead"},
        {"entity": None, "id": ID},
        {"entity": "no such", "id": ID},
        {"entity": "lead", "a": "1", "b": "2"},
        {},
    ],
)
def test_bad_input(raw: Any) -> None:
    assert refusal(make("any_reference"), raw) == "wrong_type"


def test_options() -> None:
    spec = make("any_reference")
    assert (spec.targets, spec.value_type().kind, spec.value_type().entity) == (("customer", "lead"), "reference", None)
    assert faults(make("any_reference", entities=["lead", "customer", "lead"])) == [("/entities/2", "not_unique")]
    for entities in ([], None, ["a"] * 101):
        with pytest.raises(ValidationError):
            make("any_reference", entities=entities)


def test_it_may_be_called_record() -> None:
    def alert(type_: str) -> list[str]:
        field = {"name": "record", "type": type_, **({"entities": ["customer"]} if type_ == "any_reference" else {})}
        body = {"kind": "entity", "name": "alert", "label": {"en": "Alert", "zh": "预警"}, "fields": [field]}
        try:
            read_document(body)
        except Invalid as error:
            return [p.code for p in error.problems]
        return []

    assert alert("any_reference") == []
    assert alert("text") == ["bad_format"]


def test_one_that_names_no_entities_reaches_every_other() -> None:
    def entity(name: str, *fields: dict[str, Any]) -> Document:
        label = {"en": name, "zh": name}
        return identify(read_document({"kind": "entity", "name": name, "label": label, "fields": [{"name": "title", "type": "text"}, *fields]}), None)

    reverse = {"name": "notes", "label": {"en": "Notes", "zh": "备注"}}
    note = entity("note", {"name": "record", "type": "any_reference", "reverse": reverse})
    lead, house = entity("lead"), entity("house", {"name": "notes", "type": "long_text"})
    model = build([note, lead, house], 1)
    field = model.entities["note"].fields["record"]
    assert (field.is_open, set(field.targets), model.problems) == (True, {lead.id, house.id}, [])
    assert (set(model.entities["lead"].relations), set(model.entities["house"].relations)) == ({"notes"}, set())
    more = build([note, lead, house, entity("car")], 2)
    assert not is_retyped(field, more.entities["note"].fields["record"])

"""Units as values."""

from __future__ import annotations

import pytest

from tenon.metamodel.fields.base import Lookup
from tests.metamodel.fields.contract import ID, clean, make, refusal


def test_an_id_an_object_with_it_or_a_unique_field() -> None:
    assert clean(make("unit"), ID) == ID
    assert clean(make("unit"), {"id": ID, "title": "A"}) == ID
    assert clean(make("unit"), {"name": "A"}) == Lookup("name", "A")


@pytest.mark.parametrize(
    ("raw", "code"),
    [("a@example.com", "bad_format"), (5, "wrong_type"), ({}, "wrong_type"), ({"a": "1", "b": "2"}, "wrong_type"), ([ID], "wrong_type")],
)
def test_bad_input(raw: object, code: str) -> None:
    assert refusal(make("unit"), raw) == code


def test_the_type_names_its_entity() -> None:
    assert make("unit").value_type().entity == "unit"
    assert make("unit").targets == ()

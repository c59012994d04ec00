"""The kind form: sections, steps, public forms."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import FORM, read, refused


def test_the_example_is_read_to_the_letter() -> None:
    document = read(FORM)
    assert [type(i).__name__ for i in document.body.sections[0].items] == ["FormField", "FormField", "FormText", "FormTable"]
    assert document.body.steps is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sections": [{"columns": 5}]}, ("/sections/0/columns", "out_of_range")),
        ({"sections": [{"items": [{"feld": "name"}]}]}, ("/sections/0/items/0/feld", "unknown_field")),
        ({"sections": [{"items": [{"table": "orders", "columns": []}]}]}, ("/sections/0/items/0/columns", "required")),
        ({"public": {"slug": "../x"}}, ("/public/slug", "bad_format")),
        ({"sections": [{"items": [{"field": "name", "required": 1}]}]}, ("/sections/0/items/0/required", "wrong_type")),
        ({"steps": [{"label": {"en": "x"}, "sections": []}]}, ("/steps/0/sections", "required")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**FORM, **changes})

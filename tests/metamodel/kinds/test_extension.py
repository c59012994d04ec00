"""The kind extension: fields for an entity of another app."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import EXTENSION, read, refused


def test_the_example_is_read_to_the_letter() -> None:
    document = read(EXTENSION)
    assert document.app == "chm"
    assert document.body.fields[0].option_names() == ("new", "kept")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"entity": None}, ("/entity", "wrong_type")),
        ({"fields": [{"name": "chm_x"}]}, ("/fields/0/type", "required")),
        ({"title": "name"}, ("/title", "unknown_field")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**EXTENSION, **changes})

"""The kind segment: a named set of records."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import SEGMENT, read, refused


def test_the_example_is_read_to_the_letter() -> None:
    document = read(SEGMENT)
    assert document.body.mode == "dynamic"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"filter": None}, ("/filter", "wrong_type")),
        ({"mode": "frozen"}, ("/mode", "bad_choice")),
        ({"filter": ["a"]}, ("/filter", "wrong_type")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**SEGMENT, **changes})

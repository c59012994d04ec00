"""The kind role: grants."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import ROLE, read, refused


def test_the_example_is_read_to_the_letter() -> None:
    document = read(ROLE)
    assert document.body.grants[0].read == "*"
    assert document.body.grants[0].write == ["stage", "owner"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"grants": [{"entity": "customer", "actions": []}]}, ("/grants/0/actions", "required")),
        ({"grants": [{"entity": "customer", "actions": ["raed"]}]}, ("/grants/0/actions/0", "bad_choice")),
        ({"grants": [{"entity": "customer", "actions": ["read"], "read": "name"}]}, ("/grants/0/read", "wrong_type")),
        ({"builds": "yes"}, ("/builds", "wrong_type")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**ROLE, **changes})

"""The kind entity: what records hold."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import CUSTOMER, read, refused


def test_the_example_is_read_to_the_letter() -> None:
    document = read(CUSTOMER)
    assert [f.type for f in document.body.fields[:7]] == ["autonumber", "text", "choice", "money", "reference", "formula", "stage"]
    assert document.body.fields[4].reverse.label.show("zh") == "下属公司"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"icon": "Building"}, ("/icon", "bad_format")),
        ({"features": ["timelines"]}, ("/features/0", "bad_choice")),
        ({"keys": ["code"]}, ("/keys/0", "wrong_type")),
        ({"checks": [{"when": "arr > 1"}]}, ("/checks/0/message", "required")),
        ({"search": "name"}, ("/search", "wrong_type")),
        ({"plural": "Customers"}, ("/plural", "wrong_type")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**CUSTOMER, **changes})

"""The kind page: what a record's page shows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import PAGE, read, refused


def test_the_example_is_read_to_the_letter() -> None:
    document = read(PAGE)
    assert [b.type for b in document.body.tabs[0].blocks] == ["score", "form", "timeline", "related", "widget", "tasks"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"tabs": [{"label": {"en": "x"}, "blocks": [{"type": "scores"}]}]}, ("/tabs/0/blocks/0/type", "bad_choice")),
        ({"tabs": [{"blocks": []}]}, ("/tabs/0/label", "required")),
        ({"header": {"facts": "arr"}}, ("/header/facts", "wrong_type")),
        ({"header": {"facts": ["arr"] * 13}}, ("/header/facts", "too_long")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**PAGE, **changes})

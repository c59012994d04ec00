"""The kind app: packages of documents."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import APP, read, refused


def test_the_example_is_read_to_the_letter() -> None:
    document = read(APP)
    assert document.body.menu[0].items[0].view == "all_customers"
    assert document.body.requires[0].version == ">=1.0"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"version": "1.0"}, ("/version", "bad_format")),
        ({"requires": [{"app": "core", "version": "1.0"}]}, ("/requires/0/version", "bad_format")),
        ({"sample": [{"entity": "customer", "file": "../secret.csv"}]}, ("/sample/0/file", "bad_format")),
        ({"sample": [{"entity": "customer", "file": "/etc/passwd"}]}, ("/sample/0/file", "bad_format")),
        ({"menu": [{"items": []}]}, ("/menu/0/label", "required")),
        ({"optional": ["Grading"]}, ("/optional/0", "bad_format")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**APP, **changes})

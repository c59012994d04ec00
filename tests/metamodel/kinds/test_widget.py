"""The kind widget: a number, table or chart."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import WIDGET, read, refused


def test_the_example_is_read_to_the_letter() -> None:
    document = read(WIDGET)
    assert document.body.query.group_by[0].field == "health_band"
    assert [m.name for m in document.body.query.measures] == ["customers", "arr"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "donut"}, ("/type", "bad_choice")),
        ({"query": {"entity": "customer", "limit": 0}}, ("/query/limit", "out_of_range")),
        ({"query": {"entity": "customer", "group_by": [{"field": "day", "by": "decade"}]}}, ("/query/group_by/0/by", "bad_choice")),
        ({"query": {"entity": "customer", "measures": [{"name": "n"}]}}, ("/query/measures/0/expr", "required")),
        ({"compare": {"to": "yesterday"}}, ("/compare/to", "bad_choice")),
        ({"target": 0.9}, ("/target", "wrong_type")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**WIDGET, **changes})

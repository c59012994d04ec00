"""The kind dashboard: widgets on a grid."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import DASHBOARD, read, refused


def test_the_example_is_read_to_the_letter() -> None:
    document = read(DASHBOARD)
    assert (document.body.layout[0].w, document.body.filters[1].period) == (6, "this_quarter")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"layout": [{"widget": "w", "x": 12, "y": 0, "w": 1, "h": 1}]}, ("/layout/0/x", "out_of_range")),
        ({"layout": [{"widget": "w", "x": 0, "y": 0, "w": 0, "h": 1}]}, ("/layout/0/w", "out_of_range")),
        ({"layout": [{"widget": "w", "x": "1", "y": 0, "w": 1, "h": 1}]}, ("/layout/0/x", "wrong_type")),
        ({"layout": [{"x": 0, "y": 0, "w": 1, "h": 1}]}, ("/layout/0/widget", "required")),
        ({"filters": [{"field": "day", "period": "this_decade"}]}, ("/filters/0/period", "bad_choice")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**DASHBOARD, **changes})

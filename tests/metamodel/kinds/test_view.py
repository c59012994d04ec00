"""The kind view: ways to see records."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import VIEW, read, refused


def test_the_example_is_read_to_the_letter() -> None:
    document = read(VIEW)
    assert [(c.field, c.width) for c in document.body.columns] == [("name", None), ("health_score", None), ("owner.name", 160)]
    assert (document.body.calendar.start, document.body.calendar.end) == ("due", None)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "lists"}, ("/type", "bad_choice")),
        ({"columns": [{"field": "name", "widht": 1}]}, ("/columns/0/widht", "unknown_field")),
        ({"columns": [3]}, ("/columns/0", "wrong_type")),
        ({"calendar": {"start": "due"}}, ("/calendar/start", "unknown_field")),
        ({"colours": [{"when": "arr > 1", "colour": "pink"}]}, ("/colours/0/colour", "bad_format")),
        ({"shared_with": "world"}, ("/shared_with", "bad_choice")),
        ({"columns": [{"field": "name", "width": 5}]}, ("/columns/0/width", "out_of_range")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**VIEW, **changes})

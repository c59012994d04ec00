"""The kind score: measures, bands, movement."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.metamodel.kinds.contract import GRADE, HEALTH, read, refused


def test_the_example_is_read_to_the_letter() -> None:
    document = read(HEALTH)
    assert document.body.scale == (0, 100)
    assert document.body.variants[1].measures[2].bands[1].share == Decimal("0.5")
    assert [b.name for b in read(GRADE).body.bands] == ["B", "A", "S"]
    assert read(GRADE).body.bands[1].lower == Decimal("62.5")
    assert read(GRADE).body.min_coverage == Decimal("0.6")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"bands": []}, ("/bands", "required")),
        ({"bands": [{"name": "高", "from": 0}]}, ("/bands/0/name", "bad_format")),
        ({"bands": [{"name": "a"}]}, ("/bands/0/from", "required")),
        ({"scale": [0]}, ("/scale", "required")),
        ({"scale": [0, "1e9999999"]}, ("/scale/1", "out_of_range")),
        ({"scale": [0, "NaN"]}, ("/scale/1", "out_of_range")),
        ({"scale": [0, "much"]}, ("/scale/1", "wrong_type")),
        ({"min_coverage": 1.5}, ("/min_coverage", "out_of_range")),
        ({"trend_days": 0}, ("/trend_days", "out_of_range")),
        ({"purpose": "Health"}, ("/purpose", "bad_format")),
        ({"movement": {"up": "soon"}}, ("/movement/up", "bad_choice")),
        ({"variants": []}, ("/variants", "required")),
        ({"variants": [{"name": "d", "measures": [{"name": "m", "points": 10**7}]}]}, ("/variants/0/measures/0/points", "out_of_range")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**HEALTH, **changes})

"""What the schema cannot say of a score."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import GRADE, HEALTH, found, with_world


def measure(name: str = "m", **more: Any) -> dict[str, Any]:
    return {"name": name, **({} if {"points", "weight"} & more.keys() else {"points": 10}), **({} if {"when", "value", "bands", "manual"} & more.keys() else {"when": "arr > 1"}), **more}


def variants(*measures: dict[str, Any]) -> dict[str, Any]:
    return {"variants": [{"name": "default", "measures": list(measures)}]}


M = "/variants/0/measures"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (variants(measure(), measure("n", weight=1)), [(M, "mixed_model")]),
        (variants(measure(points=None)), [(f"{M}/0/points", "required")]),
        (variants(measure(weight=1), measure("n", points=None)), [(f"{M}/1/weight", "required")]),
        (variants(measure(weight=0), measure("n", weight="0.00")), [(M, "out_of_range")]),
        (variants(measure(weight=0), measure("n", weight=2)), []),
        (variants(measure(points=-5)), []),
        (variants(), []),
        (variants(measure(weight="1000000"), measure("n", weight="0.000000000001")), [(M, "over_limit")]),
        (variants(measure(value="arr / 5")), []),
        (variants(measure(when="arr > 1", value="arr")), [(f"{M}/0", "refused")]),
        (variants({"name": "m", "points": 1}), [(f"{M}/0", "refused")]),
        (variants(measure(manual=True, when="arr > 1")), [(f"{M}/0", "refused")]),
        (variants(measure(bands=[{"share": 1}])), [(f"{M}/0/of", "required")]),
        (variants(measure(of="arr")), [(f"{M}/0/of", "required")]),
        (variants(measure(bands=[{"from": 1, "share": 1}, {"from": 5, "share": 0}], of="arr")), [(f"{M}/0/bands/1/from", "out_of_range")]),
        (variants(measure(bands=[{"share": 1}, {"from": 5, "share": 0}], of="arr")), [(f"{M}/0/bands/1/from", "out_of_range")]),
        (variants(measure(bands=[{"from": 5, "share": 1}, {"from": 5, "share": 0}], of="arr")), [(f"{M}/0/bands/1/from", "out_of_range")]),
        (variants(measure(when="arr")), [(f"{M}/0/when", "type_mismatch")]),
        (variants(measure(value="arr > 1")), [(f"{M}/0/value", "type_mismatch")]),
        (variants(measure(when="owner == user.id")), [(f"{M}/0/when", "bad_expression")]),
        (variants(measure(value="quintile(arr)")), []),
        ({"variants": [{"name": "a", "when": "arr > 1", "measures": []}]}, [("/variants", "refused")]),
        ({"variants": [{"name": "a", "measures": []}, {"name": "b", "measures": []}]}, [("/variants", "refused")]),
        ({"variants": [{"name": "a", "measures": []}, {"name": "b", "when": "arr > 1", "measures": []}]}, [("/variants", "refused")]),
        ({"scale": [100, 0]}, [("/scale", "out_of_range")]),
        ({"scale": [5, "5.0"]}, [("/scale", "out_of_range")]),
        ({"bands": [{"name": "a", "from": 10}, {"name": "b", "from": 10}]}, [("/bands", "out_of_range")]),
        ({"bands": [{"name": "a", "from": 10}, {"name": "b", "from": 0}]}, [("/bands", "out_of_range")]),
        ({"movement": {"keep": {"A": {"from": 60}, "Z": {}}}}, [("/movement/keep/Z", "unknown_name")]),
        ({"movement": {"keep": {"A": {"when": "arr"}}}}, [("/movement/keep/A/when", "type_mismatch")]),
        ({"movement": {"keep": {"A": {"when": "count(orders, where=ordered_at >= days_ago(365)) >= 5"}}}}, []),
        ({"caps": [{"when": "arr", "at_most": 1}]}, [("/caps/0/when", "type_mismatch")]),
    ],
)  # fmt: skip
def test_a_score(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert found(with_world({**GRADE, **changes}), "grade") == expected


def test_one_score_for_a_purpose() -> None:
    other = {**GRADE, "name": "other", "purpose": "health"}
    assert found(with_world(other)) == [("/purpose", "conflict")]
    assert found(with_world({**other, "shadow": True})) == []
    assert found(with_world(other, {**HEALTH, "shadow": True})) == []
    assert found(with_world({**other, "entity": "ticket", **variants(measure(when="priority == 'low'"))})) == []

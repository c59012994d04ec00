"""The action recompute_score."""

from __future__ import annotations

from tests.engine.rules.world import Rules, rule

SCORE = {
    "kind": "score", "name": "reach", "label": {"en": "Reach", "zh": "规模"}, "entity": "customer", "min_coverage": 0, "realtime": False,
    "variants": [{"name": "all", "measures": [{"name": "seats", "points": 100, "value": "seats / 100", "missing": "zero"}]}],
    "bands": [{"name": "small", "from": 0, "colour": "red"}, {"name": "middle", "from": 50, "colour": "amber"}, {"name": "large", "from": 80, "colour": "green"}],
}


def test_the_score_of_the_record_is_computed_at_once(w: Rules) -> None:
    w.publish(SCORE)
    w.publish(rule("fresh", "created", {"type": "recompute_score", "score": "reach"}))
    w.add("customer", name="Ann", seats=90)
    assert w.values("customer", "reach_score") == [None]
    w.work()
    assert w.values("customer", "reach_band") == ["large"]

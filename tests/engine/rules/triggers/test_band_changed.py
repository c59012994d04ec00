"""The trigger band_changed: from, to and direction; "insufficient data" is no band."""

from __future__ import annotations

from tests.engine.rules.world import Rules, note, rule

SCORE = {
    "kind": "score", "name": "reach", "label": {"en": "Reach", "zh": "规模"}, "entity": "customer", "min_coverage": 0,
    "variants": [{"name": "all", "measures": [{"name": "seats", "points": 100, "value": "seats / 100", "missing": "zero"}]}],
    "bands": [{"name": "small", "from": 0, "colour": "red"}, {"name": "middle", "from": 50, "colour": "amber"}, {"name": "large", "from": 80, "colour": "green"}],
}


def test_from_to_and_direction_choose_and_the_first_placing_is_no_change(w: Rules) -> None:
    w.publish(SCORE)
    w.publish(
        rule("down", {"type": "band_changed", "score": "reach", "direction": "down"}, note()), rule("to_small", {"type": "band_changed", "score": "reach", "to": ["small"]}, note()),
        rule("from_large", {"type": "band_changed", "score": "reach", "from": ["large"], "direction": "up"}, note()),
    )
    ann = w.add("customer", name="Ann", seats=90)
    w.work()
    assert w.runs() == []
    for seats in (60, 95, 20):
        w.change("customer", ann, seats=seats)
        w.work()
    assert {name: len(w.runs(name)) for name in ("down", "to_small", "from_large")} == {"down": 2, "to_small": 1, "from_large": 0}
    (run,) = w.runs("to_small")
    assert {k: run["facts"][k] for k in ("from", "to", "was_value", "value")} == {"from": "large", "to": "small", "was_value": "95.0000", "value": "20.0000"}


def test_bands_that_do_not_exist_and_scores_of_others_are_refused(w: Rules) -> None:
    w.publish(SCORE)
    assert w.refuses(rule("r", {"type": "band_changed", "score": "reach", "to": ["tiny"]}, note())) == [("trigger/to/0", "unknown_name")]
    task = rule("r", {"type": "band_changed", "score": "reach"}, {"type": "delete_record"}, entity="task")
    assert w.refuses(task) == [("trigger/score", "type_mismatch")]

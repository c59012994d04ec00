"""The trigger leaves: a condition stops being true."""

from __future__ import annotations

from tests.engine.rules.world import Rules, note, rule


def test_who_leaves_wakes_it_and_who_never_was_inside_does_not(w: Rules) -> None:
    w.publish(rule("shrunk", {"type": "leaves", "when": "seats > 10"}, note("'shrunk'")))
    large, small = w.add("customer", name="Large", seats=20), w.add("customer", name="Small", seats=1)
    w.change("customer", large, seats=8)
    w.change("customer", small, seats=2)
    w.work()
    assert [run["record"] for run in w.runs("shrunk")] == [large]

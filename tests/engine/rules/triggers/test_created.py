"""The trigger created."""

from __future__ import annotations

from tests.engine.rules.world import Rules, note, rule


def test_only_new_records_of_its_entity_wake_it(w: Rules) -> None:
    w.publish(rule("new", "created", note()))
    ann = w.add("customer", name="Ann")
    w.add("task", title="Call")
    w.change("customer", ann, seats=2)
    w.work()
    assert [run["record"] for run in w.runs("new")] == [ann]

"""The action start_workflow."""

from __future__ import annotations

from tests.engine.rules.world import Rules, note, rule


def test_a_workflow_begins_and_a_journey_only_once_at_a_time(w: Rules) -> None:
    wait = {"type": "wait", "for": "2 days"}
    w.publish(
        {"kind": "workflow", "name": "process", "entity": "customer", "steps": [note("'begun'")]},
        {"kind": "workflow", "name": "journey", "entity": "customer", "type": "journey", "steps": [wait]},
        rule("go", "created", {"type": "start_workflow", "workflow": "process"}, {"type": "start_workflow", "workflow": "journey"}),
        rule("again", {"type": "updated", "fields": ["phone"]}, {"type": "start_workflow", "workflow": "journey"}),
    )
    id = w.add("customer", name="Acme")
    w.work()
    assert w.values("customer", "notes") == ["begun"]
    assert all(effect["began"] for effect in w.runs("go")[0]["effects"])
    w.change("customer", id, phone="+8613800000000")
    w.work()
    assert w.runs("again")[0]["effects"][0]["began"] is None
    w.pass_time(days=3)
    w.work()
    w.change("customer", id, phone="+8613800000001")
    w.work()
    assert w.runs("again")[1]["effects"][0]["began"] is not None

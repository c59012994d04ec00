"""The action exit_workflow."""

from __future__ import annotations

from tests.engine.rules.world import Rules, note, rule


def test_what_runs_for_the_record_is_given_up(w: Rules) -> None:
    w.publish(
        {"kind": "workflow", "name": "care", "entity": "customer", "start": {"type": "created"}, "steps": [{"type": "wait", "for": "2 days"}, note("'late'")]},
        rule("leave", {"type": "updated", "fields": ["phone"]}, {"type": "exit_workflow", "workflow": "care"}),
    )
    ids = [w.add("customer", name=name) for name in ("Ann", "Bob")]
    w.work()
    w.change("customer", ids[0], phone="+8613800000000")
    w.work()
    assert len(w.runs("leave")[0]["effects"][0]["ended"]) == 1
    w.pass_time(days=3)
    w.work()
    assert w.values("customer", "notes") == [None, "late"]

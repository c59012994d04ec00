"""The action update_records."""

from __future__ import annotations

from tests.engine.rules.world import Rules, rule


def test_those_of_a_relation_for_which_a_condition_holds_are_changed(w: Rules) -> None:
    close = {"type": "update_records", "relation": "tasks", "where": "state == 'open'", "fields": {"state": "'cancelled'", "outcome": "concat('Closed with ', customer.name)"}}
    w.publish(rule("closed", {"type": "updated", "fields": ["seats"]}, close, condition="seats == 0"))
    ann, bob = w.add("customer", name="Ann", seats=2), w.add("customer", name="Bob", seats=2)
    mine, done, other = (w.add("task", title=t, customer=c) for t, c in (("Mine", ann), ("Done", ann), ("Other", bob)))
    w.change("task", done, state="done")
    w.change("customer", ann, seats=0)
    w.work()
    assert [(r["title"], r["state"], r["outcome"]) for r in w.records("task", "title", "state", "outcome")] == [
        ("Mine", "cancelled", "Closed with Ann"), ("Done", "done", None), ("Other", "open", None),
    ]
    assert w.runs("closed")[0]["effects"] == [{"type": "update_records", "changed": 1, "entity": "task"}]
    assert {mine, done, other} == {r["id"] for r in w.records("task", "title")}

"""The step for_each."""

from __future__ import annotations

from tests.engine.rules.world import Rules
from tests.engine.workflows.world import flow, put, start


def test_each_record_of_a_relation_goes_through_the_steps(w: Rules) -> None:
    w.publish(flow("all_tasks", {"type": "for_each", "relation": "tasks", "where": "priority == 'high'", "steps": [
        {"type": "wait", "when": "state == 'done'"}, {"type": "set_fields", "fields": {"description": "concat('seen of ', customer.name)"}}]}, put("all")))  # fmt: skip
    customer = w.add("customer", name="Acme")
    high = [w.add("task", title=f"t{n}", customer=customer, priority="high") for n in range(2)]
    w.add("task", title="low", customer=customer, priority="low")
    start(w, "all_tasks", customer, w.add("customer", name="Without"))
    assert w.values("customer", "notes") == [None, "all "]
    w.change("task", high[0], state="done")
    w.work()
    assert w.values("customer", "notes")[0] is None
    w.change("task", high[1], state="done")
    w.work()
    assert w.values("customer", "notes")[0] == "all "
    assert w.values("task", "description") == ["seen of Acme", "seen of Acme", None]

"""The step wait."""

from __future__ import annotations

from tests.engine.rules.world import Rules
from tests.engine.workflows.world import flow, passed, put, stands, start


def test_a_condition_is_waited_for_and_taking_too_long_has_a_way_out(w: Rules) -> None:
    w.publish(flow("care", {"id": "reply", "type": "wait", "when": "name == 'Answered'", "or_after": {"for": "5 days", "steps": [put("late")]}}, put("end")))
    ids = [w.add("customer", name=f"c{n}") for n in range(3)]
    found = start(w, "care", *ids)
    w.change("customer", ids[0], name="Answered")
    w.change("customer", ids[1], notes="meanwhile ")
    w.work()
    assert stands(w) == [("reply", "condition"), ("reply", "condition")]
    w.pass_time(days=5, minutes=1)
    w.work()
    assert w.values("customer", "notes") == ["end ", "meanwhile late end ", "late end "]
    assert [passed(w, each)[0][1] for each in found] == ["came", "over", "over"]


def test_a_moment_of_the_record_is_waited_for_and_an_event(w: Rules) -> None:
    w.publish(flow("due", {"type": "wait", "until": "due"}, {"type": "set_fields", "fields": {"description": "'come'"}}, entity="task"),
              flow("use", {"type": "wait", "event": "login"}, put("used")))  # fmt: skip
    customer = w.add("customer", name="Acme")
    with w.platform.read() as uow:
        due = uow.now.replace(microsecond=0)
    late = [w.add("task", title="a", customer=customer, due=(due.replace(year=due.year + 1)).isoformat()), w.add("task", title="b", customer=customer)]
    start(w, "due", *late)
    start(w, "use", customer)
    assert w.values("task", "description") == [None, "come"]
    w.add("usage_event", customer=customer, event="use", at=due.isoformat())
    w.work()
    assert w.values("customer", "notes") == [None]
    w.add("usage_event", customer=customer, event="login", at=due.isoformat())
    w.pass_time(days=366)
    w.work()
    assert w.values("customer", "notes") == ["used "]
    assert w.values("task", "description") == ["come", "come"]

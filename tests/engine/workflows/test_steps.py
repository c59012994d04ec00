"""Steps: which comes after which, what waits and what wakes it, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from tenon.engine.workflows import token
from tenon.engine.workflows.people import complete
from tenon.metamodel.errors import Invalid
from tests.engine.rules.world import Rules
from tests.engine.workflows.world import flow, passed, put, stands, start, states, tasks


def path(when: str | None, *steps: dict[str, Any]) -> dict[str, Any]:
    return {"steps": list(steps), **({"when": when} if when else {})}


def test_the_first_open_path_of_a_branch_is_taken(w: Rules) -> None:
    w.publish(flow("sort", {"id": "size", "type": "branch", "paths": [
        path("name == 'Big'", put("big")), path("name != 'Small'", {"type": "branch", "paths": [path(None, put("inner"))]})]}, put("after")))  # fmt: skip
    ids = [w.add("customer", name=name) for name in ("Big", "Small", "Other")]
    found = start(w, "sort", *ids)
    assert states(w) == ["done"] * 3
    assert w.values("customer", "notes") == ["big after ", "after ", "inner after "]
    assert passed(w, found[0])[0] == ("size", "0")
    assert passed(w, found[1])[0] == ("size", "none")


def test_paths_side_by_side_end_together_or_with_the_first(w: Rules) -> None:
    waits = {"id": "hold", "type": "wait", "for": "2 days"}
    w.publish(
        flow("both", {"type": "parallel", "paths": [path(None, put("one")), path(None, waits, put("two"))]}, put("end")),
        flow("first", {"type": "parallel", "wait": "any", "paths": [path(None, put("one")), path(None, waits, put("two"))]}, put("end")),
    )
    one, two = w.add("customer", name="Both"), w.add("customer", name="First")
    start(w, "both", one)
    start(w, "first", two)
    assert w.values("customer", "notes") == ["one ", "one end "]
    assert states(w) == ["running", "done"]
    w.pass_time(days=1, hours=23)
    w.work()
    assert w.values("customer", "notes")[0] == "one "
    w.pass_time(hours=2)
    w.work()
    assert w.values("customer", "notes") == ["one two end ", "one end "]
    assert states(w) == ["done", "done"]
    assert stands(w) == []


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


def test_another_workflow_is_waited_for(w: Rules) -> None:
    w.publish(flow("inner", {"type": "wait", "for": "1 hour"}, put("inner")), flow("outer", {"type": "subflow", "workflow": "inner"}, put("outer")))
    start(w, "outer", w.add("customer", name="Acme"))
    assert states(w) == ["running", "running"]
    w.pass_time(hours=1)
    w.work()
    assert w.values("customer", "notes") == ["inner outer "]
    assert states(w) == ["done", "done"]


def test_a_person_says_how_it_went(w: Rules) -> None:
    ask = {"id": "ask", "type": "task", "title": {"en": "Call"}, "assign_to": "owner", "due_hours": 4, "on_due": {"remind": True},
           "outcomes": [{"name": "good", "steps": [put("good")]}, {"name": "bad", "steps": [{"type": "end"}]}]}  # fmt: skip
    w.publish(flow("call", ask, put("end")))
    ann = w.person("ann", "core_manager")
    ids = [w.add("customer", name=f"c{n}", owner=ann) for n in range(2)]
    start(w, "call", *ids)
    first, second = tasks(w)
    assert (first["record"], first["title"], first["type"]) == (ids[0], {"en": "Call"}, "task")
    with pytest.raises(Invalid), w.platform.write() as uow:
        complete(uow, w.context(ann), first["id"], "perhaps")
    for task, outcome in ((first, "good"), (second, "bad")):
        with w.platform.write() as uow:
            complete(uow, w.context(ann), task["id"], outcome, "spoke to them")
    w.work()
    assert w.values("customer", "notes") == ["good end ", None]
    assert states(w) == ["done", "done"]
    start(w, "call", ids[0])
    w.pass_time(hours=5)
    w.work()
    assert len(w.records("notice", "title")) == 1
    assert stands(w) == [("ask", "person")]


def test_an_approval_goes_on_or_back(w: Rules) -> None:
    w.publish(flow("approve", put("asked", "draft"), {"id": "boss", "type": "approval", "approvers": "owner", "reject": "back_to:draft", "rejected": [put("no")]}, put("yes"), type="approval"))
    ann = w.person("ann", "core_manager")
    start(w, "approve", w.add("customer", name="Acme", owner=ann))
    for answer in ("reject", "approve"):
        with w.platform.write() as uow:
            token.wake(uow, [tasks(w)[-1]["token"]], "person", answer)
        w.work()
    assert w.values("customer", "notes") == ["asked no asked yes "]
    assert states(w) == ["done"]

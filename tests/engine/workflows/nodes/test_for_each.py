"""The step for_each."""

from __future__ import annotations

import pytest

from tenon.engine.workflows import token
from tests.engine.rules.world import Rules
from tests.engine.workflows.world import flow, passed, problems, put, stands, start, states, tasks


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


def test_for_each_stands_inside_for_each_and_changes_what_belongs_to_each(w: Rules) -> None:
    w.publish(flow("group", {"id": "each", "type": "for_each", "relation": "subsidiaries", "where": "name != 'Left out'", "steps": [
        {"type": "update_records", "relation": "tasks", "where": "priority == 'high'", "fields": {"description": "concat('of ', customer.name)"}},
        {"id": "inner", "type": "for_each", "relation": "tasks", "where": "is_empty(description) and customer.kind == 'company'", "steps": [
            {"type": "wait", "when": "state == 'done'"}, {"type": "set_fields", "fields": {"description": "concat('inner of ', customer.parent.name)"}}]},
        put("seen")]}, put("all")))  # fmt: skip
    top = w.add("customer", name="Top")
    one, two, out = (w.add("customer", name=name, parent=top, kind="company") for name in ("One", "Two", "Left out"))
    waiting = [w.add("task", title=f"t{n}", customer=each, priority="low") for n, each in enumerate((one, one, two))]
    w.add("task", title="high", customer=one, priority="high")
    w.add("task", title="far", customer=out, priority="high")
    (instance,) = start(w, "group", top)
    assert len(stands(w)) == 6
    for each in waiting[:2]:
        w.change("task", each, state="done")
    w.work()
    assert w.values("customer", "notes") == [None, "seen ", None, None]
    assert states(w, instance) == ["running"]
    w.change("task", waiting[2], state="done")
    w.work()
    assert (w.values("customer", "notes"), states(w), stands(w)) == (["all ", "seen ", "seen ", None], ["done"], [])
    assert w.values("task", "description") == ["inner of Top"] * 3 + ["of One", None]
    assert [step for step, _ in passed(w, instance)].count("inner") == 2


def test_the_path_of_a_record_that_is_gone_ends(w: Rules) -> None:
    ask = {"id": "ask", "type": "task", "title": {"en": "Call"}, "assign_to": {"role": "admin"}}
    w.publish(flow("all_tasks", {"type": "for_each", "relation": "subsidiaries", "steps": [{"type": "for_each", "relation": "tasks", "steps": [ask]}]}, put("all")))
    top = w.add("customer", name="Top")
    one, two = (w.add("customer", name=name, parent=top) for name in ("One", "Two"))
    first, second = (w.add("task", title=name, customer=one) for name in ("First", "Second"))
    w.add("task", title="Third", customer=two)
    (instance,) = start(w, "all_tasks", top)
    w.remove("task", first)
    w.work()
    assert [each["record"] for each in tasks(w, "cancelled")] == [first]
    w.remove("customer", two)
    w.work()
    assert ([each["record"] for each in tasks(w)], states(w)) == ([second], ["running"])
    w.remove("task", second)
    w.work()
    assert (tasks(w), stands(w), states(w)) == ([], [], ["done"])
    assert passed(w, instance).count(("ask", "given_up")) == 3  # with the task of the customer that is gone


def test_a_path_leads_to_the_records_of_another_record(w: Rules) -> None:
    w.publish(flow("beside", {"type": "for_each", "relation": "customer.contacts", "steps": [put("x", field="notes")]}, {"type": "update_records", "relation": "customer.tasks",
              "fields": {"description": "'told'"}}, entity="task"))  # fmt: skip
    acme, other = (w.add("customer", name=name) for name in ("Acme", "Other"))
    for customer in (acme, other):
        w.add("contact", name="Ann", customer=customer)
    begun = [w.add("task", title="t", customer=customer) for customer in (acme, None)]
    start(w, "beside", *begun)
    assert (w.values("contact", "notes"), w.values("task", "description"), states(w)) == (["x ", None], ["told", None], ["done", "done"])


def test_an_instance_that_would_stand_at_too_many_places_fails_and_says_so(w: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token, "MOST", 3)
    w.publish(flow("all_tasks", {"id": "each", "type": "for_each", "relation": "tasks", "steps": [put("x", field="description")]}))
    few, many = (w.add("customer", name=name) for name in ("Few", "Many"))
    w.add_all("task", [{"title": f"t{n}", "customer": customer} for customer, count in ((few, 2), (many, 3)) for n in range(count)])
    instances = start(w, "all_tasks", few, many)
    assert states(w, *instances) == ["done", "failed"]
    assert problems(w, instances[1]) == [("/steps/0", "out_of_range")]

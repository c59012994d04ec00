"""The trigger updated: fields that people write, and computed ones that are named."""

from __future__ import annotations

from tenon.engine.records.writing import write_many
from tenon.metamodel.naming import to_shown
from tests.engine.rules.triggers.test_value_fell import SCORE
from tests.engine.rules.world import SYSTEM, Rules, note, rule


def test_a_named_field_wakes_it_for_those_records_in_which_it_changed(w: Rules) -> None:
    w.publish(rule("seats", {"type": "updated", "fields": ["seats"]}, note()))
    ann, bob = w.add("customer", name="Ann", seats=1), w.add("customer", name="Bob", seats=1)
    with w.platform.write() as uow:
        write_many(uow, SYSTEM, uow.model.get_entity("customer"), [{"id": ann, "seats": 2}, {"id": bob, "seats": 1, "name": "Robert"}], mode="update")
    w.work()
    assert [run["record"] for run in w.runs("seats")] == [ann]


def test_without_names_every_written_field_wakes_it_and_no_computed_one(w: Rules) -> None:
    w.publish(rule("any", "updated", note()))
    ann = w.add("customer", name="Ann")
    w.add("task", title="Call", customer=ann)  # the customer has one more open task
    w.work()
    assert w.runs("any") == []
    w.change("customer", ann, external_id="7")
    w.work()
    assert len(w.runs("any")) == 2  # what it wrote itself wakes it, and is stopped
    assert w.states("any") == ["done", "stopped: circle"]


def test_a_computed_field_that_is_named_wakes_it(w: Rules) -> None:
    w.publish(rule("busy", {"type": "updated", "fields": ["open_task_count"]}, note("'busy'"), condition="open_task_count >= 2"))
    ann = w.add("customer", name="Ann")
    w.add("task", title="Call", customer=ann)
    w.work()
    assert w.values("customer", "notes") == [None]
    w.add("task", title="Write", customer=ann)
    w.work()
    assert w.values("customer", "notes") == ["busy"]


def test_a_computed_field_wakes_it_once_for_each_change_of_its_own_value(w: Rules) -> None:
    counts = [{"name": "latest_seen", "type": "formula", "expr": "max(tasks.due)"}, {"name": "first_seen", "type": "formula", "expr": "min(tasks.due)"}]
    w.publish({"kind": "extension", "name": "more", "entity": "customer", "fields": counts}, SCORE)
    ann, other = w.add("customer", name="Ann", seats=72), {"type": "create_record", "entity": "product", "fields": {"name": "name"}}
    first = w.add("task", title="First", customer=ann, due="2026-03-05T00:00:00Z")
    w.work()
    w.publish(*(rule(name, {"type": "updated", "fields": [field]}, other) for name, field in (("latest", "latest_seen"), ("first", "first_seen"), ("band", "reach_band"), ("value", "reach_score"))))
    w.add("task", title="Second", customer=ann, due="2026-03-09T00:00:00Z")  # the latest moves, the first does not
    w.change("task", first, due="2026-03-04T00:00:00Z")
    w.change("customer", ann, seats=71)  # the value moves, its band does not
    w.change("customer", ann, seats=30)
    w.work()
    assert [len(w.runs(name)) for name in ("latest", "first", "value", "band")] == [1, 1, 2, 1]


def test_a_named_field_may_be_called_otherwise_later(w: Rules) -> None:
    w.publish(rule("seats", {"type": "updated", "fields": ["seats"]}, {"type": "set_fields", "fields": {"external_id": "if_else(seats == 2, 'two', 'other')"}}))
    with w.platform.read() as uow:
        entity = dict(to_shown(uow.model.get("entity", "customer"), uow.model))
    for field in entity["fields"]:
        if field["name"] in ("seats", "external_id"):
            field["name"] = {"seats": "places", "external_id": "code_there"}[field["name"]]
    w.publish(entity)
    ann = w.add("customer", name="Ann", places=1)
    w.change("customer", ann, places=2)
    w.work()
    assert w.values("customer", "code_there") == ["two"]

"""The trigger enters: a condition becomes true, whatever made it so."""

from __future__ import annotations

from tenon.engine.jobs.queue import put
from tenon.engine.recompute.refresh import REFRESH
from tests.engine.rules.world import Rules, note, rule

BUSY = {"type": "enters", "when": "count(tasks, where=state != 'done') >= 2"}


def test_a_change_of_other_records_makes_it_enter_once(w: Rules) -> None:
    w.publish(rule("busy", BUSY, note("'busy'")))
    ann = w.add("customer", name="Ann")
    for title in ("One", "Two", "Three"):
        w.add("task", title=title, customer=ann)
        w.work()
    assert w.states("busy") == ["done"]
    for task in w.records("task", "title")[:2]:
        w.change("task", task["id"], state="done")
    w.add("task", title="Four", customer=ann)
    w.work()
    assert w.states("busy") == ["done", "done"]


def test_nobody_who_was_inside_when_the_rule_was_made_enters(w: Rules) -> None:
    ann = w.add("customer", name="Ann", seats=50)
    w.publish(rule("large", {"type": "enters", "when": "seats > 10"}, note()))
    w.change("customer", ann, seats=60)
    w.work()
    assert w.runs("large") == []
    w.change("customer", ann, seats=5)
    w.change("customer", ann, seats=60)
    w.work()
    assert w.states("large") == ["done"]


def test_time_alone_makes_it_enter_in_the_night(w: Rules) -> None:
    w.publish(rule("old", {"type": "enters", "when": "customer_since < days_ago(30)"}, note("'old'")))
    w.add("customer", name="Ann", customer_since="2026-03-01")
    w.pass_time(days=40)
    with w.platform.write() as uow:
        put(uow.connection, REFRESH)
    w.work()
    assert w.values("customer", "notes") == ["old"]


def test_many_enter_as_a_set(w: Rules) -> None:
    w.publish(rule("large", {"type": "enters", "when": "seats > 10"}, note(), condition="seats < 60"))
    w.add_all("customer", [{"name": f"Customer {n}", "seats": n} for n in range(70)])
    w.work()
    assert len(w.runs("large")) == 49

"""The trigger date: once for a record and a day, days before and after, days missed while nothing ran."""

from __future__ import annotations

from tests.engine.rules.world import Rules, note, rule

BEFORE = {"type": "date", "field": "customer_since", "offset_days": -3, "at": "09:00"}


def test_days_ahead_it_acts_once_and_again_for_another_day(w: Rules) -> None:
    w.publish(rule("soon", BEFORE, {"type": "set_fields", "fields": {"seats": "coalesce(seats, 0) + 1"}}))
    ann = w.add("customer", name="Ann", customer_since="2026-03-06")
    w.add("customer", name="Bob", customer_since="2026-03-20")
    w.work()  # 2 March, half past nine
    for _ in range(4):
        w.pass_time(days=1)
        w.work()
    assert w.values("customer", "seats") == [1, None]
    w.change("customer", ann, customer_since="2026-03-11")
    for _ in range(4):
        w.pass_time(days=1)
        w.work()
    assert w.values("customer", "seats") == [2, None]


def test_a_day_that_was_missed_is_made_up_for(w: Rules) -> None:
    w.publish(rule("soon", BEFORE, note()))
    w.add("customer", name="Ann", customer_since="2026-03-07")
    w.work()
    w.pass_time(days=5)
    w.work()
    assert w.values("customer", "notes") == ["noted"]
    assert w.runs()[0]["facts"] == {"day": "2026-03-07"}


def test_a_moment_counts_by_its_day_in_the_zone_of_the_workspace(w: Rules) -> None:
    w.publish(rule("due", {"type": "date", "field": "due"}, {"type": "set_fields", "fields": {"outcome": "'due today'"}}, entity="task"))
    w.add("task", title="Late in the evening", due="2026-03-03T23:30:00+08:00")
    w.add("task", title="The next day", due="2026-03-04T00:30:00+08:00")
    w.work()
    w.pass_time(days=1)
    w.work()
    assert w.values("task", "outcome") == ["due today", None]

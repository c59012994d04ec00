"""The trigger schedule."""

from __future__ import annotations

from tests.engine.rules.world import Rules, note, rule


def test_at_each_time_it_looks_at_every_record(w: Rules) -> None:
    w.publish(rule("daily", {"type": "schedule", "cron": "0 9 * * *"}, {"type": "set_fields", "fields": {"seats": "coalesce(seats, 0) + 1"}}, condition="name != 'Bob'"))
    w.add_all("customer", [{"name": "Ann"}, {"name": "Bob"}])
    w.work()
    w.pass_time(days=1)
    w.work()
    w.work()
    assert w.values("customer", "seats") == [1, None]
    w.pass_time(days=1)
    w.work()
    assert w.values("customer", "seats") == [2, None]


def test_a_rule_that_is_gone_has_no_times_any_more(w: Rules) -> None:
    w.publish(rule("daily", {"type": "schedule", "cron": "0 9 * * *"}, note()))
    w.work()
    w.publish(rule("daily", {"type": "schedule", "cron": "0 9 * * *"}, note(), state="paused"))
    w.add("customer", name="Ann")
    w.pass_time(days=2)
    w.work()
    assert w.runs() == []

"""The trigger deleted."""

from __future__ import annotations

from tests.engine.rules.world import Rules, rule


def test_records_that_go_to_the_trash_wake_it_once_each(w: Rules) -> None:
    w.publish(rule("gone", "deleted", {"type": "create_record", "entity": "task", "fields": {"title": "concat('Gone: ', name)"}}, condition="seats > 1"))
    few, many = w.add("customer", name="Few", seats=1), w.add("customer", name="Many", seats=5)
    w.remove("customer", few, many)
    w.work()
    assert w.values("task", "title") == ["Gone: Many"]

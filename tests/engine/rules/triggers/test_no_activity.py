"""The trigger no_activity: at the day and not before, once, and again only after something came; nobody is told of who was silent at the publish."""

from __future__ import annotations

from typing import Any

from tests.engine.rules.world import Rules, rule

COUNT = {"type": "set_fields", "fields": {"seats": "coalesce(seats, 0) + 1"}}


def _logins(days: int = 4) -> dict[str, Any]:
    return rule("silent", {"type": "no_activity", "days": days, "event": "login"}, COUNT)


def _days(w: Rules, days: int) -> None:
    for _ in range(days):
        w.pass_time(days=1)
        w.work()


def test_at_the_day_it_acts_once_and_again_only_after_activity_came_back(w: Rules) -> None:
    w.publish(_logins())
    ann = w.add("customer", name="Ann")
    w.add("usage_event", customer=ann, event="login", at="2026-03-02T20:00:00+08:00")
    w.work()
    _days(w, 2)
    w.add("usage_event", customer=ann, event="use")  # another event is no login
    _days(w, 1)
    assert w.values("customer", "seats") == [None]  # the third day
    _days(w, 1)
    assert w.values("customer", "seats") == [1]  # the fourth
    assert w.runs()[0]["facts"] == {"last_at": "2026-03-02T12:00:00+00:00", "days": 4}
    _days(w, 3)
    assert w.values("customer", "seats") == [1]
    w.add("usage_event", customer=ann, event="login")
    _days(w, 3)
    assert w.values("customer", "seats") == [1]
    _days(w, 1)
    assert w.values("customer", "seats") == [2]


def test_who_was_silent_before_the_publish_is_not_told_of_and_a_record_without_any_counts_from_its_own_day(w: Rules) -> None:
    old = w.add("customer", name="Old")
    w.add("usage_event", customer=old, event="login", at="2025-12-01T08:00:00Z")
    w.pass_time(days=10)
    w.publish(_logins(2))
    w.add("customer", name="New")
    w.work()
    _days(w, 1)
    assert w.runs() == []
    _days(w, 2)
    assert [(r["seats"], r["name"]) for r in w.records("customer", "name", "seats")] == [(None, "Old"), (1, "New")]


def test_a_relation_tells_it_by_its_time(w: Rules) -> None:
    w.publish(rule("silent", {"type": "no_activity", "days": 2, "relation": "activities"}, COUNT))
    ann = w.add("customer", name="Ann")
    w.add("activity", customer=ann, kind="call", summary="Call", at="2026-03-03T08:00:00Z")
    w.work()
    _days(w, 2)
    assert w.values("customer", "seats") == [None]
    _days(w, 1)
    assert w.values("customer", "seats") == [1]


def test_what_is_waited_for_has_to_be_said_and_to_be_about_the_record(w: Rules) -> None:
    assert w.refuses(rule("silent", {"type": "no_activity", "days": 7}, COUNT)) == [("trigger", "required")]
    assert ("trigger/type", "type_mismatch") in w.refuses(rule("silent", {"type": "no_activity", "days": 7, "event": "login"}, {"type": "delete_record"}, entity="product"))

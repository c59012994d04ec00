"""Trying rules over the past: what would have woken them is found again, and agrees with what they do when they are there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tenon.engine.rules.journal import rule_of
from tenon.engine.rules.past import simulate
from tenon.engine.rules.pressing import press
from tests.engine.rules.triggers.test_value_fell import SCORE
from tests.engine.rules.world import SYSTEM, Rules, note, rule


def tried(w: Rules, name: str = "tried", days: int = 30) -> list[tuple[str, str]]:
    """Return for which customers a rule would have fired, and on which days, oldest first."""
    with w.platform.read() as uow:
        found = simulate(uow, SYSTEM, rule_of(uow, name), uow.now - timedelta(days=days), uow.now + timedelta(seconds=1))
    names = {r["id"]: r["name"] for r in w.records("customer", "name")}
    return [(names[each["record"]], each["at"][5:10]) for each in reversed(found["fired"])]


def ask(w: Rules, trigger: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    """Publish a rule and try it; what it would have done before it was there."""
    w.publish(rule("tried", trigger, note(), state="paused", **more))
    return tried(w)


def test_a_condition_over_own_fields_turns_where_its_history_says(w: Rules) -> None:
    ann, _ = w.add("customer", name="Ann", seats=5), w.add("customer", name="Always", seats=50)
    for seats in (20, 30, 2, 40):
        w.pass_time(days=1)
        w.change("customer", ann, seats=seats)
    inside = ask(w, {"type": "enters", "when": "seats > 10"})
    assert inside == [("Always", "03-02"), ("Ann", "03-03"), ("Ann", "03-06")]
    assert ask(w, {"type": "leaves", "when": "seats > 10"}) == [("Ann", "03-05")]


def test_a_condition_over_a_score_turns_where_its_snapshots_say_and_its_falls_are_found(w: Rules) -> None:
    w.publish(SCORE)
    ann = w.add("customer", name="Ann", seats=72)
    w.work()
    for seats in (60, 40, 70, 30):
        w.pass_time(days=1)
        w.change("customer", ann, seats=seats)
        w.work()
    assert ask(w, {"type": "enters", "when": "reach_score < 50"}) == [("Ann", "03-04"), ("Ann", "03-06")]
    assert ask(w, {"type": "updated", "fields": ["reach_band"]}) == [("Ann", "03-04"), ("Ann", "03-05"), ("Ann", "03-06")]
    assert ask(w, {"type": "updated", "fields": ["reach_score"]}) == [("Ann", f"03-0{day}") for day in (3, 4, 5, 6)]
    # From 72 to 40 by the 4th, and then from 70 to 30.
    assert ask(w, {"type": "value_fell", "score": "reach", "by": 20, "within_days": 14}) == [("Ann", "03-04"), ("Ann", "03-06")]
    assert ask(w, {"type": "value_fell", "field": "seats", "by_percent": 50, "within_days": 14}) == [("Ann", "03-06")]


def test_a_condition_over_others_or_the_clock_is_held_against_each_day(w: Rules) -> None:
    ann = w.add("customer", name="Ann", customer_since="2026-02-04")
    w.pass_time(days=2)
    w.add("task", title="Late", customer=ann)
    w.pass_time(days=3)
    assert ask(w, {"type": "enters", "when": "count(tasks) > 0"}) == [("Ann", "03-04")]
    assert ask(w, {"type": "enters", "when": "customer_since < days_ago(30)"}) == [("Ann", "03-07")]


def test_days_silences_and_events_are_found(w: Rules) -> None:
    ann = w.add("customer", name="Ann", customer_since="2026-03-05")
    w.add("customer", name="Bob", customer_since="2026-05-05")
    w.add("usage_event", customer=ann, event="login", at="2026-03-03T08:00:00Z")
    w.add("usage_event", customer=ann, event="login", at="2026-03-08T08:00:00Z")
    w.pass_time(days=9)
    assert ask(w, {"type": "date", "field": "customer_since", "offset_days": 2}) == [("Ann", "03-07")]
    assert ask(w, {"type": "no_activity", "days": 4, "event": "login"}) == [("Bob", "03-06"), ("Ann", "03-07")]
    assert ask(w, {"type": "event", "event": "login"}, condition="customer_since < date('2026-04-01')") == [("Ann", "03-03"), ("Ann", "03-08")]


def test_set_times_are_held_against_the_records_of_then_and_entries_count_once(w: Rules) -> None:
    ann = w.add("customer", name="Ann", seats=5)
    for seats in (20, 30, 2, 40):
        w.pass_time(days=1)
        w.change("customer", ann, seats=seats)
    w.add("customer", name="Ben", seats=50)
    w.pass_time(days=1)
    daily = {"type": "schedule", "cron": "30 17 * * *"}
    assert ask(w, daily, condition="seats > 10") == [("Ann", "03-03"), ("Ann", "03-04"), ("Ann", "03-06"), ("Ben", "03-06")]
    assert ask(w, daily, condition="seats > 10", limits={"once_per": "entry"}) == [("Ann", "03-03"), ("Ann", "03-06"), ("Ben", "03-06")]
    assert ask(w, {**daily, "once": True}, condition="seats > 10") == [("Ann", "03-03"), ("Ann", "03-04"), ("Ann", "03-06")]


def test_presses_of_a_button_are_tried_again_and_what_would_be_written_is_told(w: Rules) -> None:
    button = {"type": "button", "label": {"en": "Go"}}
    wide = {"type": "create_task", "title": {"en": "Call", "zh": "电话"}, "due": "date_add(now(), 1, 'day')"}
    w.publish(rule("tried", button, note("concat('Hello ', name)"), wide))
    for name in ("Ann", "Ben"):
        id = w.add("customer", name=name)
        with w.platform.write() as uow:
            press(uow, SYSTEM, "tried", id)
    w.work()
    w.publish(rule("tried", button, note("concat('Bye ', name)"), wide, condition="name != 'Ben'"))
    with w.platform.read() as uow:
        found = simulate(uow, SYSTEM, rule_of(uow, "tried"), uow.now - timedelta(days=1), uow.now + timedelta(seconds=1))
    (only,) = found["fired"]
    assert only["would"] == [{"type": "set_fields", "fields": {"notes": "Bye Ann"}}, {"type": "create_task", "title": "Call", "due": "2026-03-03T01:30:00+00:00"}]

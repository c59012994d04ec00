"""Alerts: one that is open for a cause, worse ones, those put off, what comes back, who is told next, and what became of them."""

from __future__ import annotations

from typing import Any

import pytest

from tenon.engine.alerts import verbs
from tenon.engine.alerts.following import recovered
from tenon.engine.context import Context
from tenon.engine.records.stored import load
from tenon.metamodel.errors import Conflict, Invalid
from tests.engine.rules.world import SYSTEM, Rules, rule

SCORE = {
    "kind": "score", "name": "reach", "label": {"en": "Reach", "zh": "规模"}, "entity": "customer", "min_coverage": 0, "trend_days": 14,
    "variants": [{"name": "all", "measures": [{"name": "seats", "points": 100, "value": "seats / 100", "missing": "zero"}]}],
    "bands": [{"name": "risk", "from": 0, "colour": "red"}, {"name": "fair", "from": 50, "colour": "amber"}, {"name": "good", "from": 80, "colour": "green"}],
}
RED = {"type": "raise_alert", "level": "red", "reason": {"en": "Reach at risk", "zh": "健康度预警"}, "assign_to": "owner"}
YELLOW = {**RED, "level": "yellow"}
AT_RISK = {"type": "band_changed", "score": "reach", "to": ["risk"]}


def seats(w: Rules, customer: str, *values: int) -> None:
    """Give a customer so many seats, one number after the other, and do what follows."""
    for value in values:
        w.change("customer", customer, seats=value)
        w.work()


def said(w: Rules, *fields: str) -> list[tuple[Any, ...]]:
    """Return some fields of all alerts."""
    return [tuple(a[f] for f in fields) for a in w.records("alert", *fields)]


def ids(w: Rules) -> list[str]:
    """Return the alerts."""
    return [a["id"] for a in w.records("alert", "title")]


def do(w: Rules, verb: str, *more: Any, by: Context = SYSTEM, which: list[str] | None = None) -> None:
    """Do something with alerts."""
    with w.platform.write() as uow:
        getattr(verbs, verb)(uow, by, which or ids(w)[-1:], *more)


def test_below_the_edge_one_alert_lower_none_and_after_it_was_above_another(w: Rules) -> None:
    w.publish(SCORE)
    w.publish(rule("at_risk", AT_RISK, RED))
    ann = w.add("customer", name="Ann", seats=51)
    w.work()
    seats(w, ann, 49, 48)
    assert said(w, "state", "level") == [("open", "red")]
    seats(w, ann, 51, 49)
    assert said(w, "state", "outcome") == [("closed", "recovered"), ("open", None)]
    do(w, "acknowledge")
    seats(w, ann, 51, 49)
    assert said(w, "state") == [("closed",), ("in_progress",)], "one that somebody is at stays the one"


def test_the_story_of_an_alert_from_72_to_45_and_back_to_75(w: Rules) -> None:
    w.publish(SCORE)
    w.publish(rule("at_risk", AT_RISK, {**RED, "value_at_risk": "seats * 100"}))
    ann = w.add("customer", name="Ann", seats=72)
    w.work()
    w.pass_time(days=7)
    seats(w, ann, 60)
    w.pass_time(days=7)
    seats(w, ann, 45)
    (found,) = said(w, "score_from", "score_to", "change", "window_days", "fall", "band", "score")
    assert [str(v) for v in found] == ["72.0000", "45.0000", "-27.0000", "14", "72 → 45 (-27)", "risk", "reach"]
    w.pass_time(days=14)
    seats(w, ann, 75)
    with w.platform.read() as uow:
        assert recovered(uow, load(uow, uow.model.get_entity("alert"), ids(w))) == set(ids(w))
    do(w, "close", "recovered", "people")
    (found,) = said(w, "state", "outcome", "cause", "score_end", "effect", "age_days")
    assert [str(v) for v in found] == ["closed", "recovered", "people", "75.0000", "30.0000", "14"]
    with pytest.raises(Conflict):
        do(w, "acknowledge")
    w.change("alert", ids(w)[0], state="open")
    assert said(w, "outcome", "closed_at", "score_end") == [(None, None, None)]


def test_a_worse_cause_makes_the_same_alert_red_and_the_history_keeps_it(w: Rules) -> None:
    w.publish(
        rule("fewer", {"type": "enters", "when": "seats < 60"}, YELLOW), rule("few", {"type": "enters", "when": "seats < 50"}, {**RED, "reason": {"en": "Very few"}}),
        rule("other", {"type": "enters", "when": "seats < 40"}, {**RED, "alert": "drop"}),
    )
    ann = w.add("customer", name="Ann", seats=90)
    seats(w, ann, 55, 45)
    assert said(w, "level", "rule", "escalated_by", "title") == [("red", "fewer", "few", "Very few")]
    assert len(w.causes(ids(w)[0])) == 2
    do(w, "acknowledge")
    seats(w, ann, 55, 45)
    assert said(w, "level", "state") == [("red", "in_progress")], "neither rule makes another"
    seats(w, ann, 39)
    assert said(w, "type", "rule") == [("threshold", "fewer"), ("drop", "other")]


def test_one_put_off_takes_in_its_like_until_its_day_and_comes_back_for_what_is_worse(w: Rules) -> None:
    w.publish(rule("fewer", {"type": "enters", "when": "seats < 60"}, YELLOW))
    ann = w.add("customer", name="Ann", seats=90)
    seats(w, ann, 55)
    w.work()
    for until, reason, path in (("2026-03-01", "late", "/until"), ("soon", "never", "/until"), ("2026-03-05", " ", "/reason")):
        with pytest.raises(Invalid) as caught:
            do(w, "snooze", until, reason)
        assert caught.value.problems[0].path == path
    do(w, "snooze", "2026-03-05", "They are away")
    seats(w, ann, 90, 55)
    assert said(w, "state", "snooze_reason") == [("snoozed", "They are away")]
    w.pass_time(days=3)
    w.work()
    assert said(w, "state", "snoozed_until") == [("open", None)]
    lee = w.context(w.person("lee", "core_manager"))
    do(w, "acknowledge", by=lee)
    do(w, "snooze", "2026-03-08T09:00", "They are away", by=lee)
    w.pass_time(days=3)
    w.work()
    assert said(w, "state", "snoozed_until") == [("in_progress", None)], "who has taken it up has it again"
    assert [(n["recipient"]["id"], n["title"], n["level"]) for n in w.records("notice", "recipient", "title", "level")] == [(lee.user_id, "Back again: Reach at risk (Ann)", "warning")]
    do(w, "snooze", "2026-04-01T09:00", "Later")
    w.publish(rule("few", {"type": "enters", "when": "seats < 50"}, RED))
    seats(w, ann, 45)
    assert said(w, "state", "level", "snoozed_until") == [("open", "red", None)]


def test_who_is_told_next_when_nobody_takes_it_up(w: Rules) -> None:
    boss = w.person("boss", "core_manager")
    lee, chief = w.person("lee", "core_member", manager=boss), w.person("chief", "core_manager")
    chain = [{"after_hours": 24, "to": {"manager_of": "owner"}}, {"after_hours": 16, "business_hours": True, "calendar": "cn_2026", "to": {"user": "chief@tenon.example"}}]
    w.publish(rule("few", {"type": "enters", "when": "seats < 50"}, {**RED, "escalate": chain}))
    ann = w.add("customer", name="Ann", seats=90, owner=lee)
    seats(w, ann, 45)
    w.work()
    told = lambda: [(n["recipient"]["id"], n["level"]) for n in w.records("notice", "recipient", "level")]  # noqa: E731
    for hours, expected, names in ((23, [], None), (2, [(boss, "urgent")], "Boss"), (24, [(boss, "urgent"), (chief, "urgent")], "Chief"), (72, [(boss, "urgent"), (chief, "urgent")], "Chief")):
        w.pass_time(hours=hours)
        w.work()
        assert (told(), said(w, "escalated_to", "state")) == (expected, [(names, "open")])
    seats(w, ann, 90)
    bea = w.add("customer", name="Bea", seats=90, owner=lee)
    seats(w, bea, 45)
    do(w, "acknowledge", by=w.context(lee))
    w.pass_time(days=9)
    w.work()
    assert len(told()) == 2
    assert said(w, "state", "escalated_to")[-1] == ("in_progress", None)


def test_alerts_about_what_a_record_refers_to(w: Rules) -> None:
    """Each bad ticket is a cause: one alert about the customer, red with a second, another one after it was closed; two at once are red."""
    w.publish(rule("bad", {"type": "enters", "when": "satisfaction <= 2"}, {**YELLOW, "about": "customer"}, entity="ticket"))
    assert w.refuses(rule("wrong", "created", {**YELLOW, "about": "subject"}, entity="ticket"))
    ann, bob = w.add_all("customer", [{"name": "Ann"}, {"name": "Bob"}])
    for level in ("yellow", "red"):
        w.add("ticket", customer=ann, subject="T", satisfaction=1)
        w.work()
        assert [(a["record"]["id"], a["level"]) for a in w.records("alert", "record", "level")] == [(ann, level)]
    do(w, "close", "recovered")
    w.add("ticket", customer=ann, subject="T", satisfaction=1)
    w.add_all("ticket", [{"customer": bob, "subject": "T", "satisfaction": 1}] * 2)
    w.work()
    assert [(a["record"]["id"], a["level"]) for a in w.records("alert", "record", "level")][1:] == [(ann, "yellow"), (bob, "red")]

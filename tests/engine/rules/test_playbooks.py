"""Playbooks: tasks for an alert, a stage or by a rule; conditions judged twice, progress, replacing, and the end with the alert."""

from __future__ import annotations

from typing import Any

from tenon.engine.alerts import verbs
from tenon.engine.playbooks.plays import plays_of
from tests.engine.rules.world import SYSTEM, Rules, rule

RESCUE: dict[str, Any] = {
    "kind": "playbook", "name": "rescue", "for": {"alert": ["threshold"]}, "steps": [
        {"title": {"en": "Call", "zh": "电话诊断"}, "assign_to": "owner", "due_hours": 24},
        {"title": {"en": "Train", "zh": "培训"}, "assign_to": {"role": "trainer"}, "due_hours": 8, "business_hours": True, "when": "seats < 40"},
        {"title": {"en": "Review", "zh": "复盘"}, "required": False},
    ],
}  # fmt: skip
ALARM = {"type": "raise_alert", "level": "red", "reason": {"en": "At risk"}}
LOW = {"type": "enters", "when": "seats < 50"}


def tasks(w: Rules, *fields: str) -> list[tuple[Any, ...]]:
    """Return some fields of the tasks in their order."""
    found = w.records("task", "position", *fields)
    return [tuple(t[f] for f in fields) for t in sorted(found, key=lambda t: t["position"] or 0)]


def finish(w: Rules, title: str, state: str = "done") -> None:
    """End an open task."""
    (id,) = [t["id"] for t in w.records("task", "title", "state") if t["title"] == title and t["state"] == "open"]
    w.change("task", id, state=state)


def test_an_alert_brings_its_tasks_and_conditions_are_judged_again_when_a_step_comes(w: Rules) -> None:
    lee = w.person("lee", "core_member")
    w.publish(RESCUE, rule("low", LOW, ALARM))
    ann = w.add("customer", name="Ann", seats=90, owner=lee)
    w.change("customer", ann, seats=45)
    w.work()
    (alert,) = w.records("alert", "playbook", "next_task", "progress", "record")
    assert (alert["playbook"], alert["next_task"], alert["progress"]) == ("rescue", "Call", "0 / 2")
    assert tasks(w, "title", "state", "required") == [("Call", "open", True), ("Review", "open", False)]
    (call, review) = w.records("task", "title", "due", "assignee", "customer", "origin")
    assert (call["due"][:16], call["assignee"]["id"], call["customer"]["id"], call["origin"]["id"], review["due"]) == ("2026-03-03T01:30", lee, ann, alert["id"], None)
    w.change("customer", ann, seats=30)
    finish(w, "Call")
    made = tasks(w, "title", "state", "for_role", "due")
    assert [(t[0], t[1], t[2]) for t in made] == [("Call", "done", None), ("Train", "open", "trainer"), ("Review", "open", None)]
    assert made[1][3][:16] == "2026-03-03T01:30", "eight hours of an office, the break not counted"
    with w.platform.read() as uow:
        (play,) = plays_of(uow, [alert["id"]])
    assert (play.playbook, play.done, len(play.counted), play.next.title if play.next else None) == ("rescue", 1, 3, "Train")
    w.change("customer", ann, seats=45)
    with w.platform.write() as uow:
        verbs.close(uow, SYSTEM, [alert["id"]], "recovered")
    assert tasks(w, "title", "state") == [("Call", "done"), ("Train", "cancelled"), ("Review", "cancelled")]


def test_a_stage_begins_one_and_what_cannot_be_is_said(w: Rules) -> None:
    step = {"title": {"en": "Welcome"}, "when": "seats > 0"}
    w.publish(
        {"kind": "playbook", "name": "onboarding", "for": {"stage": {"field": "status", "options": ["active"]}}, "steps": [step, {"title": {"en": "Check in"}}]},
    )
    ann = w.add("customer", name="Ann", seats=5, status="prospect")
    assert tasks(w, "title") == []
    w.change("customer", ann, status="active", customer_since="2026-03-01")
    assert tasks(w, "title", "state") == [("Welcome", "open"), ("Check in", "open")]
    w.change("customer", ann, name="Ann Ltd")
    finish(w, "Welcome")
    assert w.refuses({"kind": "playbook", "name": "wrong", "for": {"alert": ["thunder"]}, "steps": [{"title": {"en": "x"}}]}) == [("for/alert/0", "bad_choice")]
    assert w.refuses({"kind": "playbook", "name": "wrong", "entity": "payment", "steps": [{"title": {"en": "x"}}]}) == [("entity", "type_mismatch")]

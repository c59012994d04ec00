"""The action raise_alert: one open alert for a record, a type and a rule."""

from __future__ import annotations

from tests.engine.rules.world import Rules, rule

YELLOW = {"type": "raise_alert", "alert": "drop", "level": "yellow", "reason": {"en": "Fewer seats", "zh": "席位减少"}, "assign_to": "owner", "value_at_risk": "seats * 100"}


def test_a_second_cause_never_makes_a_second_alert_and_a_worse_one_makes_it_red(w: Rules) -> None:
    lee = w.person("lee")
    w.publish(rule("fewer", {"type": "updated", "fields": ["seats"]}, YELLOW, condition="seats < 10"))
    ann = w.add("customer", name="Ann", seats=20, owner=lee)
    for seats in (9, 8):
        w.change("customer", ann, seats=seats)
        w.work()
    (alert,) = w.records("alert", "title", "level", "type", "state", "record", "assignee", "value_at_risk", "rule")
    assert (alert["title"], alert["level"], alert["type"], alert["state"], alert["rule"]) == ("Fewer seats", "yellow", "drop", "open", "fewer")
    assert (alert["record"]["id"], alert["assignee"]["id"], str(alert["value_at_risk"])) == (ann, lee, "900.00")
    assert [run["effects"][0]["is_new"] for run in w.runs("fewer")] == [True, False]
    w.publish(rule("fewer", {"type": "updated", "fields": ["seats"]}, {**YELLOW, "level": "red"}, condition="seats < 10"))
    w.change("customer", ann, seats=2)
    w.work()
    assert w.values("alert", "level") == ["red"]


def test_after_it_was_closed_a_new_one_is_opened(w: Rules) -> None:
    w.publish(rule("fewer", {"type": "updated", "fields": ["seats"]}, YELLOW))
    ann = w.add("customer", name="Ann", seats=20)
    w.change("customer", ann, seats=1)
    w.work()
    w.change("alert", w.records("alert", "title")[0]["id"], state="closed", outcome="recovered")
    w.change("customer", ann, seats=2)
    w.work()
    assert w.values("alert", "state") == ["closed", "open"]

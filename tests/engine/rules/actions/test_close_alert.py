"""The action close_alert."""

from __future__ import annotations

from tests.engine.rules.world import Rules, rule


def test_open_alerts_of_the_record_are_closed_with_an_outcome(w: Rules) -> None:
    raising = rule("fewer", {"type": "updated", "fields": ["seats"]}, {"type": "raise_alert", "level": "red"}, condition="seats < 10")
    closing = rule("more", {"type": "updated", "fields": ["seats"]}, {"type": "close_alert", "outcome": "recovered", "cause": "service"}, condition="seats >= 10")
    w.publish(raising, closing)
    ann, bob = w.add("customer", name="Ann", seats=20), w.add("customer", name="Bob", seats=20)
    for customer in (ann, bob):
        w.change("customer", customer, seats=1)
    w.work()
    w.change("customer", ann, seats=30)
    w.work()
    alerts = {a["record"]["id"]: (a["state"], a["outcome"], a["cause"]) for a in w.records("alert", "record", "state", "outcome", "cause")}
    assert alerts == {ann: ("closed", "recovered", "service"), bob: ("open", None, None)}

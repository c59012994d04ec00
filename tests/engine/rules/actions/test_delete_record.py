"""The action delete_record."""

from __future__ import annotations

from tests.engine.rules.world import Rules, rule


def test_it_goes_to_the_trash(w: Rules) -> None:
    w.publish(rule("clean", {"type": "updated", "fields": ["seats"]}, {"type": "delete_record"}, condition="seats == 0"))
    ann, bob = w.add("customer", name="Ann", seats=2), w.add("customer", name="Bob", seats=2)
    w.change("customer", ann, seats=0)
    w.change("customer", bob, seats=1)
    w.work()
    assert w.values("customer", "name") == ["Bob"]
    assert w.causes(ann)[-1]["label"] == "clean"

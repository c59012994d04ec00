"""The action add_tag."""

from __future__ import annotations

from tests.engine.rules.world import Rules, rule


def test_entries_of_a_list_change_and_the_others_stay(w: Rules) -> None:
    w.publish(rule("mark", "created", {"type": "add_tag", "field": "tags", "tags": ["key_account", "beta"]}, condition="seats > 1"))
    w.add("customer", name="Ann", seats=2, tags=["partner", "beta"])
    w.add("customer", name="Bob", seats=1, tags=["partner"])
    w.work()
    assert [list(tags) for tags in w.values("customer", "tags")] == [["partner", "beta", "key_account"], ["partner"]]

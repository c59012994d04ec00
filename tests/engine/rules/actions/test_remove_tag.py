"""The action remove_tag."""

from __future__ import annotations

from tests.engine.rules.world import Rules, rule


def test_entries_of_a_list_change_and_the_others_stay(w: Rules) -> None:
    w.publish(rule("unmark", "created", {"type": "remove_tag", "field": "tags", "tags": ["partner"]}))
    w.add("customer", name="Ann", tags=["partner", "beta"])
    w.work()
    assert [list(tags) for tags in w.values("customer", "tags")] == [["beta"]]

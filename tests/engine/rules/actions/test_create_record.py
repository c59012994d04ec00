"""The action create_record."""

from __future__ import annotations

from tests.engine.rules.world import Rules, rule


def test_values_are_read_with_the_record_of_the_rule(w: Rules) -> None:
    w.publish(rule("welcome", "created", {"type": "create_record", "entity": "task", "fields": {"title": "concat('Welcome ', name)", "customer": "id", "due": "date_add(now(), 3, 'day')"}}))
    ann, bob = w.add_all("customer", [{"name": "Ann"}, {"name": "Bob"}])
    w.work()
    tasks = w.records("task", "title", "customer", "due")
    assert sorted((t["title"], t["customer"]["id"], t["due"][:10]) for t in tasks) == [("Welcome Ann", ann, "2026-03-05"), ("Welcome Bob", bob, "2026-03-05")]
    assert {run["effects"][0]["created"]["id"] for run in w.runs()} == {t["id"] for t in tasks}

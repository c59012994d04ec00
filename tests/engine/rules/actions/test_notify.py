"""The action notify."""

from __future__ import annotations

from tests.engine.rules.world import Rules, rule


def test_people_read_it_in_their_language_and_only_who_may_read_the_record(w: Rules) -> None:
    role = {"kind": "role", "name": "seller", "grants": [{"entity": "customer", "actions": ["read"], "where": "owner == user.id"}, {"entity": "notice", "actions": ["read"]}]}
    w.publish(role)
    lee, kim = w.person("lee", "seller", language="zh"), w.person("kim", "seller")
    title = {"en": "Look at this", "zh": "请查看"}
    w.publish(rule("tell", "created", {"type": "notify", "title": title, "to": ["owner", {"role": "seller"}, {"user": "KIM@tenon.example"}], "level": "urgent"}))
    w.add("customer", name="Ann", owner=lee)
    w.add("customer", name="Bob", owner=kim)
    w.work()
    told = {(n["recipient"]["id"], n["title"], n["level"]) for n in w.records("notice", "recipient", "title", "level")}
    assert told == {(lee, "请查看 · Ann", "urgent"), (kim, "Look at this · Bob", "urgent")}

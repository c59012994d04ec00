"""The action assign: in turn, by load, by field, and nobody above their capacity."""

from __future__ import annotations

from sqlalchemy import update

from tenon.engine.people import users
from tests.engine.rules.world import Rules, rule


def _team(w: Rules) -> list[str]:
    w.publish({"kind": "role", "name": "team", "grants": []})
    return sorted(w.person(name, "team") for name in ("ann", "bob", "cid"))


def test_in_turn_everybody_gets_one_before_anybody_gets_two(w: Rules) -> None:
    team = _team(w)
    w.publish(rule("share", "created", {"type": "assign", "to": {"role": "team"}, "how": "round_robin", "field": "csm"}))
    for n in range(2):
        w.add("customer", name=f"One {n}")
        w.work()
    w.add_all("customer", [{"name": f"Many {n}"} for n in range(4)])
    w.work()
    people = [each["id"] for each in w.values("customer", "csm")]
    assert sorted(people) == sorted(team * 2)
    assert sorted(people[:3]) == team


def test_by_load_who_has_least_is_next_and_nobody_gets_more_than_fits(w: Rules) -> None:
    team = _team(w)
    for person, count in zip(team, (2, 0, 1), strict=True):
        w.add_all("customer", [{"name": "Before", "csm": person} for _ in range(count)])
    w.publish(rule("share", "created", {"type": "assign", "to": {"role": "team"}, "how": "least_load", "field": "csm", "capacity": 2}, condition="name == 'New'"))
    w.add_all("customer", [{"name": "New"} for _ in range(4)])
    w.work()
    new = [each["id"] if each else None for each in w.values("customer", "csm", filters=["name == 'New'"])]
    assert new.count(team[0]) == 0
    assert (new.count(team[1]), new.count(team[2]), new.count(None)) == (2, 1, 1)


def test_the_one_in_a_field_is_taken(w: Rules) -> None:
    lee, boss = w.person("lee"), w.person("boss")
    with w.platform.database.write() as connection:
        connection.execute(update(users).where(users.c.id == lee).values(manager=boss))
    w.publish(rule("up", "created", {"type": "assign", "to": {"manager_of": "owner"}, "field": "csm"}))
    w.add("customer", name="Ann", owner=lee)
    w.work()
    assert w.values("customer", "csm")[0]["id"] == boss

"""The action start_playbook: its tasks begin, and open ones of another go."""

from __future__ import annotations

from tests.engine.rules.world import Rules, rule


def _playbook(name: str, *titles: str, **more: object) -> dict[str, object]:
    return {"kind": "playbook", "name": name, "steps": [{"title": {"en": title}} for title in titles], **more}


def test_the_tasks_of_a_playbook_begin_and_open_ones_of_another_go(w: Rules) -> None:
    w.publish(_playbook("first", "Call", "Write"), _playbook("second", "Visit"), _playbook("paid", "Thank", entity="contract"))
    w.publish(*(rule(name, {"type": "enters", "when": f"seats > {seats}"}, {"type": "start_playbook", "playbook": name}) for name, seats in (("first", 10), ("second", 100))))
    ann = w.add("customer", name="Ann", seats=50)
    w.work()
    (call, _) = w.records("task", "title", "origin", "customer", "playbook")
    assert (call["origin"]["id"], call["customer"]["id"], call["playbook"]) == (ann, ann, "first")
    w.change("task", call["id"], state="done")
    w.change("customer", ann, seats=200)
    w.work()
    assert sorted(w.values("task", "title")) == ["Call", "Visit"]
    assert w.runs("second")[0]["effects"][0]["playbook"] == "second"
    assert w.refuses(rule("wrong", "created", {"type": "start_playbook", "playbook": "paid"})) == [("actions/0/playbook", "type_mismatch")]

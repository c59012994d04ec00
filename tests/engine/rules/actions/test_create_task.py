"""The action create_task."""

from __future__ import annotations

from tests.engine.rules.world import Rules, rule

CALL = {
    "type": "create_task", "title": {"en": "Call within 24 hours", "zh": "24小时内电话诊断"}, "assign_to": "owner", "due": "date_add(now(), 24, 'hour')",
    "priority": "high",
}


def test_a_task_about_the_record_for_its_owner_with_a_time(w: Rules) -> None:
    lee, boss = w.person("lee"), w.person("boss")
    w.publish(
        rule("call", "created", CALL),
        rule("look", "created", {"type": "create_task", "title": {"en": "Look"}, "assign_to": {"role": "builder"}}),
    )
    ann = w.add("customer", name="Ann", owner=lee)
    w.work()
    tasks = {t["title"]: t for t in w.records("task", "title", "assignee", "due", "priority", "customer", "for_role", "origin", "owner")}
    call = tasks["Call within 24 hours"]
    assert (call["assignee"]["id"], call["priority"], call["customer"]["id"], call["origin"]["id"]) == (lee, "high", ann, ann)
    assert call["due"][:16] == "2026-03-03T01:30"
    assert (tasks["Look"]["assignee"], tasks["Look"]["for_role"]) == (None, "builder")
    assert boss not in str(tasks)


def test_due_after_hours_which_may_be_those_in_which_people_work(w: Rules) -> None:
    afternoons = {"kind": "calendar", "name": "afternoons", "timezone": "Asia/Shanghai", "week": {day: [["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}
    plain = {"type": "create_task", "title": {"en": "Plain"}, "due_hours": 24}
    w.publish(
        afternoons,
        rule("plain", "created", plain), rule("named", "created", {**plain, "title": {"en": "Named"}, "business_hours": True, "calendar": "cn_2026"}),
        rule("usual", "created", {**plain, "title": {"en": "Usual"}, "business_hours": True}),
    )
    w.add("customer", name="Ann")  # it is Monday, 09:30
    w.work()
    assert {t["title"]: t["due"][:16] for t in w.records("task", "title", "due")} == {
        "Plain": "2026-03-03T01:30", "Named": "2026-03-05T01:30", "Usual": "2026-03-06T09:00",
    }  # fmt: skip
    assert w.refuses(rule("both", "created", {**CALL, "due_hours": 1})) == [("actions/0/due_hours", "conflict")]

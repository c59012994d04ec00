"""Rules from what happened to what was done: conditions, order, limits, no circles, and what is written of it all."""

from __future__ import annotations

from typing import Any

import pytest

from tenon.engine.rules.journal import page_of_misses, replay, rule_of
from tenon.metamodel.errors import Conflict, Invalid
from tests.engine.rules.world import Rules, note, rule
from tests.engine.workflows.world import flow, start as start_flow, states


def test_a_rule_does_what_it_says_after_the_write_and_its_run_says_why(w: Rules) -> None:
    w.publish(rule("greet", "created", note("concat('Hello ', name)"), condition="seats > 10 and name != 'Quiet'"))
    ann = w.add("customer", name="Ann", seats=12)
    assert w.values("customer", "notes") == [None]
    w.work()
    assert w.values("customer", "notes") == ["Hello Ann"]
    (run,) = w.runs("greet")
    assert (run["state"], run["record"], run["depth"]) == ("done", ann, 0)
    assert run["effects"] == [{"type": "set_fields", "set": ["notes"]}]
    assert [part["value"] for part in run["parts"]["parts"]] == [True, True]
    assert run["parts"]["parts"][0]["parts"][0] == {"text": "seats", "type": "number", "value": 12}


def test_what_a_rule_writes_carries_the_rule_as_its_cause(w: Rules) -> None:
    w.publish(rule("greet", "created", note()))
    ann = w.add("customer", name="Ann")
    w.work()
    causes = w.causes(ann)
    assert [(c["kind"], c.get("label"), c["depth"]) for c in causes] == [("system", None, 0), ("rule", "greet", 1)]
    assert causes[1]["root"] == w.runs()[0]["root"]


def test_a_set_of_records_is_judged_and_done_as_a_set(w: Rules) -> None:
    w.publish(rule("greet", "created", note(), condition="seats > 30 and name != 'Customer 39'"))
    w.add_all("customer", [{"name": f"Customer {n}", "seats": n} for n in range(40)])
    (missed,) = w.misses()
    assert missed["count"] == 32
    assert sorted(missed["parts"].values()) == [1, 31]
    assert len(missed["records"]) == 32
    w.work()
    assert w.values("customer", "notes").count("noted") == 8
    assert len({run["root"] for run in w.runs()}) == 1


def test_rules_on_one_event_run_by_order_then_name(w: Rules) -> None:
    def adding(name: str) -> dict[str, Any]:
        return {"type": "set_fields", "fields": {"external_id": f"concat(coalesce(external_id, ''), '{name}')"}}

    w.publish(*(rule(name, "created", adding(name), order=order) for name, order in (("b", 100), ("a", 100), ("first", 1))))
    w.add("customer", name="Ann")
    w.work()
    assert w.values("customer", "external_id") == ["firstab"]


def test_three_rules_that_wake_one_another_run_once_each(w: Rules) -> None:
    def passing(name: str, heard: str, sets: str) -> dict[str, object]:
        return rule(name, {"type": "updated", "fields": [heard]}, {"type": "set_fields", "fields": {sets: f"coalesce({sets}, 0) + 1" if sets == "seats" else f"concat(coalesce({sets}, ''), 'x')"}})

    w.publish(passing("one", "seats", "external_id"), passing("two", "external_id", "name"), passing("three", "name", "seats"))
    ann = w.add("customer", name="Ann", seats=1)
    w.work()
    assert w.runs() == []
    w.change("customer", ann, seats=5)
    w.work()
    assert w.records("customer", "seats", "name", "external_id")[0] | {"id": ""} == {"id": "", "seats": 6, "name": "Annx", "external_id": "x", "version": 5}
    assert {name: w.states(name) for name in ("one", "two", "three")} == {"one": ["done", "stopped: circle"], "two": ["done"], "three": ["done"]}
    w.change("customer", ann, seats=7)
    w.work()
    assert w.values("customer", "name") == ["Annxx"]


def test_a_rule_that_rewrites_its_own_trigger_stops_visibly(w: Rules) -> None:
    w.publish(rule("more", {"type": "updated", "fields": ["seats"]}, {"type": "set_fields", "fields": {"seats": "seats + 1"}}))
    ann = w.add("customer", name="Ann", seats=1)
    w.change("customer", ann, seats=5)
    w.work()
    assert w.values("customer", "seats") == [6]
    assert w.states("more") == ["done", "stopped: circle"]


def test_a_chain_over_ever_new_records_stops_at_its_depth(w: Rules) -> None:
    w.publish(rule("again", "created", {"type": "create_record", "entity": "customer", "fields": {"name": "concat(name, '+')"}}))
    w.add("customer", name="Ann")
    w.work()
    assert len(w.records("customer", "name")) == 9
    assert w.states("again") == ["done"] * 8 + ["stopped: depth"]


def test_what_is_done_before_a_record_is_stored_is_in_the_journal_once_it_is(w: Rules) -> None:
    early = {"timing": "before"}
    w.publish(
        rule("set", "created", note("concat('Hello ', name)"), condition="seats > 1 and name != 'Quiet'", **early), rule("logs", "created", note("'never'"), state="log_only", order=200, **early),
        rule("no", "created", {"type": "refuse", "message": {"en": "No", "zh": "不"}}, condition="seats > 100", **early),
    )  # fmt: skip
    ann = w.add("customer", name="Ann", seats=2)
    w.add_all("customer", [{"name": "Quiet", "seats": seats % 3} for seats in range(30)])
    with pytest.raises(Invalid):
        w.add("customer", name="Big", seats=101)
    w.work()
    (run,) = w.runs("set")
    assert (run["record"], run["state"], run["effects"], run["parts"]["value"], run["cause"]["kind"]) == (ann, "done", [{"type": "set_fields", "set": ["notes"]}], True, "system")
    assert (set(w.states("logs")), len(w.runs("logs")), w.states("no"), w.values("customer", "notes")[0]) == ({"logged"}, 31, [], "Hello Ann")
    with w.platform.read() as uow:
        assert page_of_misses(uow, rule_of(uow, "set"))[0]["parts"] == {"name != 'Quiet'": 30, "seats > 1": 20}
    with w.platform.write() as uow, pytest.raises(Conflict):
        replay(uow, w.runs("logs")[0]["id"])


def test_a_write_that_changes_nothing_wakes_nothing(w: Rules) -> None:
    w.publish(rule("greet", "updated", note()))
    ann = w.add("customer", name="Ann", seats=3)
    w.change("customer", ann, seats=3)
    w.work()
    assert w.runs() == []


def test_one_record_that_is_refused_does_not_hold_up_the_others(w: Rules) -> None:
    w.publish(rule("greet", "created", {"type": "set_fields", "fields": {"name": "if_else(seats > 1, name, '')"}}))
    w.add_all("customer", [{"name": "Good", "seats": 2}, {"name": "Bad", "seats": 1}])
    w.work()
    assert sorted(w.states("greet")) == ["done", "failed"]
    (problem,) = next(run["problem"] for run in w.runs() if run["state"] == "failed")
    assert (problem["path"], problem["code"]) == ("/actions/0/set/name", "required")


def test_a_rule_that_only_logs_does_nothing_and_a_paused_one_is_not_woken(w: Rules) -> None:
    w.publish(rule("logged", "created", note(), state="log_only"), rule("paused", "created", note(), state="paused"))
    w.add("customer", name="Ann")
    w.work()
    assert w.values("customer", "notes") == [None]
    assert (w.states("logged"), w.states("paused")) == (["logged"], [])


def test_once_a_record_once_a_day_and_a_cooldown(w: Rules) -> None:
    w.publish(
        rule("ever", "updated", note("'1'"), limits={"once_per": "record"}), rule("daily", "updated", note("'2'"), limits={"once_per": "day"}),
        rule("rarely", "updated", note("'3'"), limits={"cooldown_hours": 48}),
    )
    ann = w.add("customer", name="Ann", seats=0)
    for n in range(4):
        w.change("customer", ann, seats=n + 1)
        w.work()
        w.pass_time(hours=13)
    assert {name: w.states(name).count("done") for name in ("ever", "daily", "rarely")} == {"ever": 1, "daily": 3, "rarely": 1}


def test_once_per_entry_acts_anew_after_the_condition_ceased_to_hold(w: Rules) -> None:
    adding = {"type": "set_fields", "fields": {"external_id": "concat(coalesce(external_id, ''), 'x')"}}
    w.publish(rule("many", {"type": "updated", "fields": ["seats"]}, adding, condition="seats > 10", limits={"once_per": "entry"}))
    ann = w.add("customer", name="Ann", seats=0)
    for seats in (11, 12, 5, 20):
        w.change("customer", ann, seats=seats)
        w.work()
    assert w.values("customer", "external_id") == ["xx"]


def test_in_quiet_hours_a_rule_waits_until_they_end(w: Rules) -> None:
    w.publish(rule("late", "created", note(), limits={"quiet_hours": {"from": "08:00", "to": "10:00"}}))
    w.add("customer", name="Ann")  # it is 09:30
    w.work()
    assert w.states("late") == ["waiting"]
    w.pass_time(minutes=31)
    w.work()
    assert (w.states("late"), w.values("customer", "notes")) == (["done"], ["noted"])


def test_outside_of_the_hours_of_its_calendar_a_rule_waits(w: Rules) -> None:
    office = {"kind": "calendar", "name": "office", "timezone": "Asia/Shanghai", "week": {"mon": [["13:00", "18:00"]]}}
    w.publish(office, rule("later", "created", note(), limits={"calendar": "office", "quiet_hours": {"from": "12:00", "to": "14:00"}}))
    w.add("customer", name="Ann")  # it is Monday, 09:30
    w.pass_time(hours=4)
    w.work()
    assert w.states("later") == ["waiting"]
    w.pass_time(minutes=31)
    w.work()
    assert (w.states("later"), w.values("customer", "notes")) == (["done"], ["noted"])


def test_a_condition_over_values_before_the_change(w: Rules) -> None:
    w.publish(rule("grown", {"type": "updated", "fields": ["seats"]}, note("'grown'"), condition="seats > old.seats"))
    ann = w.add("customer", name="Ann", seats=5)
    w.change("customer", ann, seats=4)
    w.work()
    assert w.values("customer", "notes") == [None]
    w.change("customer", ann, seats=6)
    w.work()
    assert w.values("customer", "notes") == ["grown"]


def test_who_a_rule_acts_as(w: Rules) -> None:
    lee = w.person("lee", "admin")
    w.publish(rule("as_person", "created", note(), run_as="person"), rule("as_owner", "updated", {"type": "set_fields", "fields": {"external_id": "user.email"}}, run_as="owner"))
    ann = w.add("customer", by=w.context(lee), name="Ann", owner=lee)
    w.work()
    assert (w.states("as_person"), w.states("as_owner")[0]) == (["done"], "done")
    assert w.values("customer", "external_id") == ["lee@tenon.example"]
    assert [cause.get("label") for cause in w.causes(ann)] == [None, "as_person", "as_owner"]


READS = {"entity": "customer", "actions": ["read"]}
WRITES = {"entity": "customer", "actions": ["read", "update"], "write": ["notes", "external_id"]}
TASKS = {"entity": "task", "actions": ["read"]}
ACTING: list[tuple[list[dict[str, Any]], str | None, str, str]] = [
    ([WRITES], None, "'0'", "done"),
    ([WRITES | {"where": "name != 'Ann'"}], None, "'1'", "unseen"),
    ([WRITES | {"hide": ["seats"]}], "seats > 1", "'2'", "unknown"),
    ([WRITES | {"hide": ["seats"]}], None, "text(seats)", "failed"),
    ([WRITES], "count(tasks) == 0", "'4'", "unknown"),
    ([WRITES, TASKS | {"where": "priority == 'high'"}], "count(tasks) == 0", "'5'", "unknown"),
    ([WRITES, TASKS], "count(tasks) == 0", "'6'", "done"),
    ([READS], None, "'7'", "failed"),
]
"""What a role may, the condition, what is written, and what comes of it."""


def test_what_acts_as_a_role_does_and_reads_what_that_may(w: Rules) -> None:
    documents: list[dict[str, Any]] = []
    for n, (grants, condition, text, _) in enumerate(ACTING):
        more = {"run_as": "role", "role": f"clerk_{n}"}
        documents.append({"kind": "role", "name": f"clerk_{n}", "grants": grants})
        documents.append(rule(f"rule_{n}", "created", note(f"concat(left(notes, 50), {text})"), **more, **({"condition": condition} if condition else {})))
        wait = {"type": "wait", "when": condition} if condition else {"type": "wait", "for": "1 minute"}
        documents.append(flow(f"flow_{n}", wait, {"type": "set_fields", "fields": {"external_id": f"concat(left(external_id, 50), {text})"}}, **more))
    w.publish(*documents)
    ann = w.add("customer", name="Ann", seats=5)
    w.work()
    begun = [start_flow(w, f"flow_{n}", ann)[0] for n in range(len(ACTING))]
    w.pass_time(minutes=2)
    w.work()
    wanted = [outcome for *_, outcome in ACTING]
    assert [w.states(f"rule_{n}") for n in range(len(ACTING))] == [[] if each in ("unseen", "unknown") else [each] for each in wanted]
    assert states(w, *begun) == ["done" if each == "done" else "failed" for each in wanted]
    assert w.records("customer", "notes", "external_id")[0].items() >= {"notes": "06", "external_id": "60"}.items()
    assert sorted((c.get("label"), c.get("role")) for c in w.causes(ann)[1:]) == [("flow_0", "clerk_0"), ("flow_6", "clerk_6"), ("rule_0", "clerk_0"), ("rule_6", "clerk_6")]


def test_what_is_wrong_with_a_rule_is_said_where_it_is(w: Rules) -> None:
    assert w.refuses(rule("r", "created", {"type": "refuse", "message": {"en": "No", "zh": "不"}})) == [("actions/0/type", "mixed_timing")]
    assert w.refuses(rule("r", "deleted", note(), timing="before")) == [("timing", "mixed_timing")]
    assert w.refuses(rule("r", "created", {"type": "set_fields", "fields": {"nmae": "'x'"}})) == [("actions/0/fields/nmae", "unknown_name")]
    assert w.refuses(rule("r", "created", {"type": "set_fields", "fields": {"annual_value": "1"}})) == [("actions/0/fields/annual_value", "read_only")]
    assert w.refuses(rule("r", "created", {"type": "set_fields", "fields": {"seats": "'many'"}})) == [("actions/0/fields/seats", "type_mismatch")]
    assert w.refuses(rule("r", "created", note(), condition="seatz > 1")) == [("condition", "unknown_name")]
    assert w.refuses(rule("r", "created", note(), run_as="role")) == [("role", "required")]
    assert w.refuses(rule("r", "created", note(), role="core_manager")) == [("role", "conflict")]
    assert [path for path, _ in w.refuses(rule("r", "created", note(), run_as="role", role="nobody"))] == ["role"]
    assert w.refuses(rule("r", "created", note(), run_as="role", role="core_manager", timing="before")) == [("run_as", "mixed_timing")]
    assert w.refuses(rule("r", "created", {"type": "notify", "title": {"en": "x"}, "to": [{"role": "admin", "field": "owner"}]})) == [("actions/0/to/0", "required")]
    assert w.refuses(rule("r", "created", note(), timing="before", limits={"once_per": "day"})) == [("limits", "mixed_timing")]
    assert w.refuses(rule("r", "created", note(), limits={"quiet_hours": {"from": "22:00", "to": "22:00"}})) == [("limits/quiet_hours/to", "out_of_range")]
    assert w.refuses(rule("r", "created", {"type": "set_fields", "fields": {"created_at": "now()"}})) == [("actions/0/fields/created_at", "read_only")]
    assert w.refuses(rule("r", "created", {"type": "set_fields", "fields": {"annual_value": "seats"}})) == [("actions/0/fields/annual_value", "read_only")]
    assert w.refuses(rule("r", {"type": "enters", "when": "owner == user.id"}, note())) == [("trigger/when", "bad_expression")]
    assert w.refuses(rule("r", {"type": "value_fell", "field": "seats", "by": -1, "within_days": 3}, note())) == [("trigger/by", "out_of_range")]
    for cron in ("99 * * * *", "0 9 31 2 *"):
        assert [path for path, _ in w.refuses(rule("r", {"type": "schedule", "cron": cron}, note()))] == ["trigger/cron"]
    for action, place, code in (
        ({"type": "raise_alert", "level": "red", "alert": "thunder"}, "alert", "bad_choice"),
        ({"type": "raise_alert", "level": "red", "value_at_risk": "name"}, "value_at_risk", "type_mismatch"),
        ({"type": "close_alert", "outcome": "luck"}, "outcome", "bad_choice"),
        ({"type": "create_task", "title": {"en": "Call"}, "priority": "soon"}, "priority", "bad_choice"),
        ({"type": "assign", "to": "owner", "field": "notes"}, "field", "type_mismatch"),
        ({"type": "call_webhook", "url": "https://example.com", "headers": {"Host": "evil"}}, "headers/Host", "read_only"),
        ({"type": "update_records", "relation": "seats", "fields": {"name": "'x'"}}, "relation", "unknown_name"),
    ):
        assert w.refuses(rule("r", "created", action)) == [(f"actions/0/{place}", code)]
    for action in ({"type": "raise_alert", "level": "red"}, {"type": "create_task", "title": {"en": "Call"}}):
        assert w.refuses(rule("r", "created", action, entity="product")) == [("actions/0/type", "type_mismatch")]


def test_a_rule_writes_what_people_only_read(w: Rules) -> None:
    w.publish({"kind": "extension", "name": "more", "entity": "customer", "fields": [{"name": "checked", "type": "text", "read_only": True}]},
              rule("check", "created", {"type": "set_fields", "fields": {"checked": "'yes'"}}))
    w.add("customer", name="Ann")
    w.work()
    assert (w.states(), w.values("customer", "checked")) == (["done"], ["yes"])

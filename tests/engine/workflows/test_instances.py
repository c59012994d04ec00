"""Instances: who begins them, once or many times, what ends them before their end, and the release they belong to."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, update

from tenon.engine.jobs.table import jobs
from tenon.engine.records.merges import merge_of
from tenon.engine.records.merging import merge as merge_records
from tenon.engine.records.unmerging import unmerge
from tenon.engine.releases import publish_documents
from tenon.engine.releases.check import check_documents
from tenon.engine.releases.publish import merge, read_all
from tenon.engine.rules.pressing import offered, press
from tenon.engine.workflows.by_hand import cancel, move, replay
from tenon.engine.workflows.starting import begin
from tenon.engine.workflows.tables import instances, versions
from tenon.metamodel.errors import Conflict, Invalid
from tests.engine.rules.world import LABEL, SYSTEM, Rules, rule
from tests.engine.workflows.world import flow, passed, path, put, stands, start, states, tasks

HOLD = {"id": "hold", "type": "wait", "for": "2 days"}


def test_what_runs_goes_on_with_the_workflow_it_began_with(w: Rules) -> None:
    w.publish(flow("care", HOLD, put("old")))
    one, two = (w.add("customer", name=name) for name in ("Ann", "Bob"))
    start(w, "care", one)
    w.publish(flow("care", HOLD, put("new")))
    start(w, "care", two)
    w.pass_time(days=3)
    w.work()
    assert w.values("customer", "notes") == ["old ", "new "]


def test_what_runs_of_an_older_version_is_taken_to_a_step_of_the_newest(w: Rules) -> None:
    ask = {"id": "ask", "type": "task", "title": {"en": "Ask"}, "assign_to": "owner"}
    w.publish(flow("care", ask, put("old")))
    start(w, "care", *(w.add("customer", name=name) for name in ("Ann", "Bob")))
    w.publish(flow("care", HOLD, put("new", "mark")))
    with pytest.raises(Invalid), w.platform.write() as uow:
        move(uow, "care", "ask")
    with w.platform.write() as uow:
        assert move(uow, "care", "mark") == 2
    w.work()
    assert (w.values("customer", "notes"), states(w), tasks(w)) == (["new "] * 2, ["done"] * 2, [])


def test_it_is_given_up_before_a_step_and_when_the_record_changes(w: Rules) -> None:
    w.publish(flow("care", put("one"), HOLD, put("two"), exit_when="kind == 'person'"))
    early, late, gone, kept = (w.add("customer", name=n, kind=k) for n, k in (("a", "person"), ("b", "company"), ("c", "company"), ("d", "company")))
    start(w, "care", early, late, gone, kept)
    assert states(w) == ["exited: condition", "running", "running", "running"]
    w.change("customer", late, kind="person")
    w.work()
    assert states(w)[1] == "exited: condition"
    w.remove("customer", gone)
    w.work()
    assert len(stands(w)) == 1
    w.pass_time(days=3)
    w.work()
    assert states(w)[2:] == ["exited: deleted", "done"]
    assert w.values("customer", "notes") == [None, "one ", "one two "]
    assert stands(w) == []


def test_a_journey_takes_a_record_once_at_a_time_and_whom_it_finds(w: Rules) -> None:
    segment = {"kind": "segment", "name": "large", "entity": "customer", "filter": "seats >= 100"}
    there, later, small = (w.add("customer", name=n, seats=s) for n, s in (("a", 200), ("b", 5), ("c", 5)))
    w.publish(segment, flow("nurture", HOLD, put("done"), type="journey", enrol="large"))
    w.work()
    assert states(w) == ["running"]
    w.change("customer", later, seats=150)
    w.work()
    assert states(w) == ["running"] * 2
    assert start(w, "nurture", there, later, small) != []
    assert states(w) == ["running"] * 3
    w.pass_time(days=3)
    w.work()
    assert states(w) == ["done"] * 3
    w.change("customer", later, seats=5)
    w.change("customer", later, seats=500)
    w.work()
    assert states(w) == ["done"] * 3 + ["running"]


def test_triggers_of_rules_start_workflows_and_chains_end(w: Rules) -> None:
    w.publish(
        flow("welcome", put("welcome"), start={"type": "created"}),
        flow("echo", put("echo"), start={"type": "updated", "fields": ["notes"]}),
    )
    w.add("customer", name="Acme")
    w.work()
    assert w.values("customer", "notes") == ["welcome echo "]
    w.publish(flow("welcome", put("welcome"), start={"type": "created"}, state="paused"))
    w.add("customer", name="Next")
    w.work()
    assert w.values("customer", "notes") == ["welcome echo ", None]


def test_the_button_of_a_workflow_is_pressed_like_that_of_a_rule(w: Rules) -> None:
    button = {"type": "button", "label": {"en": "Begin", "zh": "开始"}, "when": "kind == 'company'"}
    w.publish(flow("care", put("begun"), start=button))
    ann = w.person("ann", "core_manager")
    one, two = (w.add("customer", name=name, kind=kind, owner=ann) for name, kind in (("Ann", "company"), ("Bob", "person")))
    with w.platform.write() as uow:
        ctx, entity, id = w.context(ann), uow.model.get_entity("customer"), uow.model.get("workflow", "care").id
        assert [[rule.id for rule in offered(uow, ctx, entity, each)] for each in (one, two)] == [[id], []]
        press(uow, ctx, id, one)
    w.work()
    assert w.values("customer", "notes") == ["begun ", None]
    assert w.causes(one)[-1]["kind"] == "workflow"


def test_a_step_that_fails_is_told_holds_up_nobody_and_is_done_again(w: Rules) -> None:
    w.publish({"kind": "entity", "name": "visit", "fields": [{"name": "place", "type": "text", "required": True}]})
    w.publish(flow("visit", put("before"), {"id": "make", "type": "create_record", "entity": "visit", "fields": {"place": "website"}}))
    bad, good = w.add("customer", name="Bad"), w.add("customer", name="Good", website="https://good.example")
    failed, done = start(w, "visit", bad, good)
    assert states(w) == ["failed", "done"]
    assert stands(w) == [("make", "failed")]
    w.change("customer", bad, website="https://bad.example")
    with w.platform.write() as uow:
        replay(uow, failed)
    w.work()
    assert states(w) == ["done", "done"]
    assert w.values("customer", "notes") == ["before ", "before "]
    assert len(w.records("visit", "place")) == 2
    with pytest.raises(Conflict), w.platform.write() as uow:
        cancel(uow, SYSTEM, done)


def test_cancelling_ends_what_was_begun_inside(w: Rules) -> None:
    w.publish(flow("inner", HOLD), flow("outer", {"type": "parallel", "paths": [path(None, {"type": "subflow", "workflow": "inner"}), path(None, HOLD)]}))
    (outer,) = start(w, "outer", w.add("customer", name="Acme"))
    assert states(w) == ["running", "running"]
    with w.platform.write() as uow:
        cancel(uow, SYSTEM, outer)
    assert states(w) == ["cancelled: by_hand", "cancelled: parent"]
    assert stands(w) == []


def _used_and_dropped(w: Rules) -> dict[str, Any]:
    """Let an instance run that uses a field, and return the document without the field."""
    site = {"kind": "extension", "name": "more", "entity": "customer", "app": "more", "fields": [{"name": "more_site", "type": "text"}]}
    w.publish({"kind": "app", "name": "more", "version": "1.0.0"}, site)
    w.publish(flow("care", HOLD, {"type": "set_fields", "fields": {"more_site": "'x'"}}))
    start(w, "care", w.add("customer", name="Acme"))
    w.publish(flow("care", HOLD, put("new", "mark")))
    return {**site, "label": {"en": "x"}, "fields": []}


def test_a_publish_that_drops_what_runs_uses_asks_first(w: Rules) -> None:
    empty = _used_and_dropped(w)
    with pytest.raises(Conflict) as caught:
        publish_documents(w.platform.publisher, SYSTEM, [empty])
    asked = [step["id"] for step in caught.value.extra["plan"] if step["kind"] == "end_instances"]
    assert len(asked) == 1
    lossy = [step["id"] for step in caught.value.extra["plan"] if step["safety"] == "lossy"]
    publish_documents(w.platform.publisher, SYSTEM, [empty], accept=lossy)
    assert states(w) == ["cancelled: release"]


def test_a_publish_takes_what_runs_to_a_step_when_that_is_chosen(w: Rules) -> None:
    empty = _used_and_dropped(w)
    with pytest.raises(Conflict) as caught:
        publish_documents(w.platform.publisher, SYSTEM, [empty])
    plan = caught.value.extra["plan"]
    (asked,) = [step for step in plan if step["kind"] == "end_instances"]
    (way,) = [each["id"] for each in asked["ways"] if each["id"].endswith(":mark")]
    publish_documents(w.platform.publisher, SYSTEM, [empty], accept=[way, *(step["id"] for step in plan if step["safety"] == "lossy" and step is not asked)])
    w.work()
    assert (states(w), w.values("customer", "notes")) == (["done"], ["new "])


def test_a_publish_keeps_what_runs_uses_when_that_is_chosen(w: Rules) -> None:
    empty = _used_and_dropped(w)
    with pytest.raises(Conflict) as caught:
        publish_documents(w.platform.publisher, SYSTEM, [empty])
    (asked,) = [step for step in caught.value.extra["plan"] if step["kind"] == "end_instances"]
    assert (asked["rows"], len(asked["examples"])) == (1, 1)
    (way,) = [each["id"] for each in asked["ways"] if each["id"].startswith("keep_used:")]
    publish_documents(w.platform.publisher, SYSTEM, [empty], accept=[way])
    w.pass_time(days=3)
    w.work()
    assert (states(w), w.values("customer", "more_site")) == (["done"], ["x"])


def test_what_runs_goes_on_ends_or_is_taken_along_as_the_publish_says(w: Rules) -> None:
    names = ("kept", "ended", "moved")
    w.publish(*(flow(name, HOLD, put("old")) for name in names))
    for name in names:
        start(w, name, w.add("customer", name=name))
    changed = [{"label": LABEL, **flow(name, HOLD, put("new", "mark"))} for name in names]
    with w.platform.read() as uow:
        ids = [uow.model.get("workflow", name).id for name in names]
        found = check_documents(uow.connection, uow.model, merge(uow.model, read_all(changed)), now=uow.now, zone=uow.timezone).plan.steps
    asked = {s.id.split(":")[1]: s for s in found if s.kind == "keep_instances"}
    assert {(s.safety, s.rows) for s in asked.values()} == {("safe", 1)}
    ways = [{id.rpartition(":")[2] if id.startswith("move") else id.partition(":")[0]: id for id, _ in asked[each].ways} for each in ids]
    assert [set(each) for each in ways] == [{"hold", "mark", "end_instances"}] * 3
    publish_documents(w.platform.publisher, SYSTEM, changed, accept=[ways[1]["end_instances"], ways[2]["mark"]])
    w.work()
    assert states(w) == ["running", "cancelled: release", "done"]
    w.pass_time(days=3)
    w.work()
    assert w.values("customer", "notes") == ["old ", None, "new "]


def test_people_are_reached_outside_of_quiet_hours_and_not_too_often(w: Rules) -> None:
    tell = {"type": "notify", "to": ["owner"], "title": {"en": "Look"}}
    ann = w.person("ann", "core_manager")
    id = w.add("customer", name="Acme", owner=ann)
    w.publish(flow("quiet", tell, type="journey", quiet_hours={"from": "00:00", "to": "23:59"}))
    w.publish(flow("often", tell, {"type": "wait", "for": "1 hour"}, tell, type="journey", cap={"times": 1, "days": 7}))
    start(w, "often", id)
    w.pass_time(hours=2)
    w.work()
    assert (len(w.records("notice", "title")), stands(w)[0][1]) == (1, "hours")
    w.pass_time(days=7)
    w.work()
    assert states(w) == ["done"]
    start(w, "quiet", id)
    assert stands(w)[0][1] == "hours"


def test_conditions_that_others_make_true_are_found_by_looking_again(w: Rules) -> None:
    w.publish(flow("care", {"type": "wait", "when": "count(tasks) > 0"}, put("busy")))
    id = w.add("customer", name="Acme")
    (one,) = start(w, "care", id)
    w.add("task", title="t", customer=id)
    w.pass_time(minutes=16)
    w.work()
    w.pass_time(minutes=16)
    w.work()
    assert w.values("customer", "notes") == ["busy "]
    assert passed(w, one)[0][1] == "came"


def test_what_becomes_true_by_other_records_is_found_at_once(w: Rules) -> None:
    w.publish(
        flow("busy", {"type": "wait", "when": "count(tasks) > 0 and today() > date('2020-01-01')"}, put("busy")), flow("given_up", HOLD, exit_when="count(tasks) > 0"),
        flow("far", {"type": "wait", "when": "customer.kind == 'person'"}, put("far", field="description"), entity="task"),
    )  # fmt: skip
    acme, other = w.add("customer", name="Acme", kind="company"), w.add("customer", name="Other")
    start(w, "busy", acme, other)
    start(w, "given_up", acme, other)
    task = w.add("task", title="t", customer=acme)
    start(w, "far", task)
    assert (states(w), w.values("customer", "notes")) == (["done", "running", "exited: condition", "running", "running"], ["busy ", None])
    w.change("customer", acme, kind="person")
    w.work()
    assert w.values("task", "description") == ["far "]


def test_what_a_job_left_behind_is_found_by_looking_again(w: Rules) -> None:
    w.publish(flow("care", put("begun")), rule("see", "created", {"type": "set_fields", "fields": {"description": "'seen'"}}, entity="task"))
    with w.platform.write() as uow:
        begin(uow, SYSTEM, uow.model.get("workflow", "care"), [w.add("customer", name="Acme")])
    w.add("task", title="x")
    with w.platform.write() as uow:  # as when they took their workers with them each time
        uow.connection.execute(update(jobs).where(jobs.c.kind.in_(("workflows", "rules"))).values(state="dead", unique_key=None))
    w.work()
    assert (states(w), w.values("task", "description")) == (["running"], [None])
    w.pass_time(minutes=16)
    w.work()
    assert (states(w), w.values("task", "description")) == (["done"], ["seen"])


def test_what_ended_long_ago_is_forgotten(w: Rules) -> None:
    w.publish(flow("care", put("old"), {"type": "wait", "when": "kind == 'person'"}))
    runs, ended = (w.add("customer", name=name) for name in ("Runs", "Ended"))
    _, gone = start(w, "care", runs, ended)
    w.remove("customer", ended)
    w.work()
    w.publish(flow("care", put("new")))
    assert states(w) == ["running", "exited: deleted"]
    w.pass_time(days=399)
    w.work()
    assert len(states(w)) == 2
    (recent,) = start(w, "care", w.add("customer", name="Recent"))
    w.pass_time(days=3)
    w.work()
    assert states(w) == ["running", "done"]
    assert passed(w, gone) == []
    assert len(passed(w, recent)) == 1
    with w.platform.read() as uow:
        assert uow.connection.execute(select(func.count()).select_from(versions)).scalar() == 2
    w.publish(flow("care", put("newer")))
    w.pass_time(days=402)
    w.work()
    with w.platform.read() as uow:
        assert "'old '" in str(uow.connection.execute(select(versions.c.json)).scalar_one())
    assert states(w) == ["running"]


def test_what_runs_for_a_merged_record_goes_on_with_the_one_that_stays(w: Rules) -> None:
    ask = {"id": "ask", "type": "task", "title": {"en": "Ask"}, "assign_to": "owner"}
    w.publish(flow("care", ask, put("cared")), flow("nurture", HOLD, put("nurtured"), type="journey"))
    kept, gone = (w.add("customer", name=name) for name in ("Ann", "Anne"))
    start(w, "care", gone)
    start(w, "nurture", kept, gone)

    def where() -> list[str]:
        with w.platform.read() as uow:
            return list(uow.connection.execute(select(instances.c.record).order_by(instances.c.id)).scalars())

    with w.platform.write() as uow:
        batch = merge_records(uow, SYSTEM, uow.model.entities["customer"], kept, [gone])
    assert where() == [kept, kept, gone]  # a journey has a record once at a time: that of the other one ends with it
    assert [each["record"] for each in tasks(w)] == [kept]
    with w.platform.write() as uow:
        found = merge_of(uow, batch)
        assert found is not None
        unmerge(uow, SYSTEM, found)
    assert where() == [gone, kept, gone]
    with w.platform.write() as uow:
        merge_records(uow, SYSTEM, uow.model.entities["customer"], kept, [gone])
    w.pass_time(days=3)
    w.work()
    assert states(w) == ["running", "done", "exited: deleted"]
    assert w.values("customer", "notes") == ["nurtured "]

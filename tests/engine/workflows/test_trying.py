"""Trying a workflow on a record: the way it would take, who is asked and by when, and nothing that is written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tenon.engine.workflows.tables import instances
from tenon.engine.workflows.trying import Trial, try_on
from tenon.metamodel.errors import NotFound
from tests.engine.rules.world import SYSTEM, Rules
from tests.engine.workflows.world import flow, path, put

ASK = {"id": "ask", "type": "approval", "approvers": [{"user": "nobody@example.com"}, "owner"], "due_hours": 24}


def tried(w: Rules, name: str, record: str) -> Trial:
    with w.platform.read() as uow:
        return try_on(uow, SYSTEM, uow.model.get("workflow", name), record)


def test_the_first_path_that_holds_is_walked_with_the_values_of_its_condition(w: Rules) -> None:
    paths = [{**path("kind == 'person'", put("p", "person")), "id": "one"},
             {**path("kind == 'company' and name == 'Bob'", {"id": "pause", "type": "wait", "for": "2 days"}, put("b", "bob")), "id": "two"}]  # fmt: skip
    w.publish(flow("care", {"id": "sort", "type": "branch", "paths": paths}, put("all", "rest"), {"id": "over", "type": "end"}, exit_when="kind == 'person'"))
    ann, bob, cy = (w.add("customer", name=n, kind=k) for n, k in (("Ann", "person"), ("Bob", "company"), ("Cy", "company")))
    assert [s.step for s in tried(w, "care", ann).steps] == ["sort", "person", "rest", "over"]
    found = tried(w, "care", bob)
    assert [(s.step, s.how) for s in found.steps] == [("sort", "taken"), ("pause", "time"), ("bob", "done"), ("rest", "done"), ("over", "over")]
    assert [(h.path, h.holds) for h in found.steps[0].held] == [("one", False), ("two", True)]
    assert [part["value"] for part in found.steps[0].held[1].tree["parts"]] == [True, True]
    assert found.steps[1].until == found.steps[2].at
    assert [(s.step, s.how) for s in tried(w, "care", cy).steps][:2] == [("sort", "none"), ("rest", "done")]
    given_up = [tried(w, "care", each).given_up for each in (ann, bob)]
    assert [g.holds for g in given_up if g is not None] == [True, False]
    assert w.values("customer", "notes") == [None, None, None]


def test_people_are_resolved_and_paths_beside_each_other_end_at_the_last(w: Rules) -> None:
    beside = {"id": "both", "type": "parallel", "paths": [path(None, {"id": "long", "type": "wait", "for": "5 days"}), path(None, {"id": "short", "type": "wait", "for": "1 hour"})]}
    outcomes = [{"id": "yes", "name": "yes", "steps": [put("y", "said_yes")]}, {"id": "no", "name": "no", "steps": [put("n", "said_no")]}]
    task = {"id": "call", "type": "task", "title": {"en": "Call"}, "assign_to": {"role": "admin"}, "outcomes": outcomes}
    w.publish(flow("care", ASK, beside, task, {"id": "bought", "type": "wait", "when": "name == 'Zoe'", "or_after": {"for": "3 days", "steps": [put("late", "late")]}}))
    one = w.add("customer", name="Ann", owner=(boss := w.person("Boss")))
    found = {s.step: s for s in tried(w, "care", one).steps}
    assert list(found) == ["ask", "both", "long", "short", "call", "said_yes", "bought"]
    assert found["ask"].people == (boss,)
    assert found["ask"].until == found["ask"].at + timedelta(hours=24) == found["both"].at
    assert found["call"].at == found["long"].until
    assert (found["call"].role, found["call"].taken) == ("admin", "yes")
    assert (found["bought"].how, found["bought"].until) == ("awaited", found["bought"].at + timedelta(days=3))
    with w.platform.read() as uow:
        assert uow.connection.execute(select(func.count()).select_from(instances)).scalar() == 0
        with pytest.raises(NotFound):
            try_on(uow, SYSTEM, uow.model.get("workflow", "care"), "00000000-0000-0000-0000-000000000000")


def test_of_the_records_of_a_relation_the_first_is_walked(w: Rules) -> None:
    inner = [{"id": "open", "type": "branch", "paths": [{**path("priority == 'high'", {"id": "rest", "type": "wait", "for": "1 day"}), "id": "large"}]}]
    w.publish(flow("care", {"id": "each", "type": "for_each", "relation": "tasks", "where": "title != 'low'", "steps": inner}, {"id": "over", "type": "end"}))
    ann, bob = (w.add("customer", name=n) for n in ("Ann", "Bob"))
    for title, priority in (("low", "low"), ("call", "high")):
        w.add("task", title=title, customer=ann, priority=priority)
    found = tried(w, "care", ann).steps
    assert [(s.step, len(s.far)) for s in found] == [("each", 1), ("open", 0), ("rest", 0), ("over", 0)]
    assert found[3].at - found[0].at == timedelta(days=1)
    assert [s.step for s in tried(w, "care", bob).steps] == ["each", "over"]

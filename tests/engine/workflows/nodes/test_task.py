"""The step task."""

from __future__ import annotations

import pytest

from tenon.engine.approvals.acting import complete
from tenon.metamodel.errors import Invalid
from tests.engine.rules.world import Rules
from tests.engine.workflows.world import flow, put, stands, start, states, tasks


def test_a_person_says_how_it_went(w: Rules) -> None:
    ask = {"id": "ask", "type": "task", "title": {"en": "Call"}, "assign_to": "owner", "due_hours": 4, "on_due": {"remind": True},
           "outcomes": [{"name": "good", "steps": [put("good")]}, {"name": "bad", "steps": [{"type": "end"}]}]}  # fmt: skip
    w.publish(flow("call", ask, put("end")))
    ann = w.person("ann", "core_manager")
    ids = [w.add("customer", name=f"c{n}", owner=ann) for n in range(2)]
    start(w, "call", *ids)
    first, second = tasks(w)
    assert (first["record"], first["title"], first["type"]) == (ids[0], {"en": "Call"}, "task")
    with pytest.raises(Invalid), w.platform.write() as uow:
        complete(uow, w.context(ann), first["id"], "perhaps")
    for task, outcome in ((first, "good"), (second, "bad")):
        with w.platform.write() as uow:
            complete(uow, w.context(ann), task["id"], outcome, "spoke to them")
    w.work()
    assert w.values("customer", "notes") == ["good end ", None]
    assert states(w) == ["done", "done"]
    start(w, "call", ids[0])
    w.pass_time(hours=5)
    w.work()
    assert len(w.records("notice", "title")) == 4  # three were asked, one is reminded
    assert stands(w) == [("ask", "person")]

"""The step form."""

from __future__ import annotations

from tenon.engine.approvals.acting import complete
from tests.engine.rules.world import Rules
from tests.engine.workflows.world import flow, put, start, states, tasks


def test_a_form_is_a_task_with_that_form(w: Rules) -> None:
    form = {"kind": "form", "name": "short", "entity": "customer", "sections": [{"items": [{"field": "name"}]}]}
    w.publish(form, flow("fill", {"type": "form", "form": "short", "assign_to": {"role": "core_manager"}}, put("filled")))
    ann = w.person("ann", "core_manager")
    start(w, "fill", w.add("customer", name="Acme"))
    (task,) = tasks(w)
    with w.platform.write() as uow:
        assert (task["form"], task["role"]) == (uow.model.get("form", "short").id, "core_manager")
        complete(uow, w.context(ann), task["id"])
    w.work()
    assert (w.values("customer", "notes"), states(w)) == (["filled "], ["done"])

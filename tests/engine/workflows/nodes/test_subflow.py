"""The step subflow."""

from __future__ import annotations

from tests.engine.rules.world import Rules
from tests.engine.workflows.world import flow, put, start, states


def test_another_workflow_is_waited_for(w: Rules) -> None:
    w.publish(flow("inner", {"type": "wait", "for": "1 hour"}, put("inner")), flow("outer", {"type": "subflow", "workflow": "inner"}, put("outer")))
    start(w, "outer", w.add("customer", name="Acme"))
    assert states(w) == ["running", "running"]
    w.pass_time(hours=1)
    w.work()
    assert w.values("customer", "notes") == ["inner outer "]
    assert states(w) == ["done", "done"]

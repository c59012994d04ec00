"""The step end."""

from __future__ import annotations

from tests.engine.rules.world import Rules
from tests.engine.workflows.world import flow, path, put, stands, start, states


def test_the_whole_is_over_whatever_else_runs(w: Rules) -> None:
    hold = {"type": "wait", "for": "3 days"}
    w.publish(flow("over", {"type": "parallel", "paths": [path(None, hold, put("late")), path(None, put("now"), {"type": "end"})]}, put("after")))
    start(w, "over", w.add("customer", name="Acme"))
    w.pass_time(days=4)
    w.work()
    assert w.values("customer", "notes") == ["now "]
    assert (states(w), stands(w)) == (["done"], [])

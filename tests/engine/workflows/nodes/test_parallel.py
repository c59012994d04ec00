"""The step parallel."""

from __future__ import annotations

from tests.engine.rules.world import Rules
from tests.engine.workflows.world import flow, path, put, stands, start, states


def test_paths_side_by_side_end_together_or_with_the_first(w: Rules) -> None:
    waits = {"id": "hold", "type": "wait", "for": "2 days"}
    w.publish(
        flow("both", {"type": "parallel", "paths": [path(None, put("one")), path(None, waits, put("two"))]}, put("end")),
        flow("first", {"type": "parallel", "wait": "any", "paths": [path(None, put("one")), path(None, waits, put("two"))]}, put("end")),
    )
    one, two = w.add("customer", name="Both"), w.add("customer", name="First")
    start(w, "both", one)
    start(w, "first", two)
    assert w.values("customer", "notes") == ["one ", "one end "]
    assert states(w) == ["running", "done"]
    w.pass_time(days=1, hours=23)
    w.work()
    assert w.values("customer", "notes")[0] == "one "
    w.pass_time(hours=2)
    w.work()
    assert w.values("customer", "notes") == ["one two end ", "one end "]
    assert states(w) == ["done", "done"]
    assert stands(w) == []

"""The step branch."""

from __future__ import annotations

from tests.engine.rules.world import Rules
from tests.engine.workflows.world import flow, passed, path, put, start, states


def test_the_first_open_path_of_a_branch_is_taken(w: Rules) -> None:
    w.publish(flow("sort", {"id": "size", "type": "branch", "paths": [
        path("name == 'Big'", put("big")), path("name != 'Small'", {"type": "branch", "paths": [path(None, put("inner"))]})]}, put("after")))  # fmt: skip
    ids = [w.add("customer", name=name) for name in ("Big", "Small", "Other")]
    found = start(w, "sort", *ids)
    assert states(w) == ["done"] * 3
    assert w.values("customer", "notes") == ["big after ", "after ", "inner after "]
    assert passed(w, found[0])[0] == ("size", "0")
    assert passed(w, found[1])[0] == ("size", "none")

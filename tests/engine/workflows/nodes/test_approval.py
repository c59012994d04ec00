"""The step approval."""

from __future__ import annotations

from tenon.engine.workflows import token
from tests.engine.rules.world import Rules
from tests.engine.workflows.world import flow, put, start, states, tasks


def test_an_approval_goes_on_or_back(w: Rules) -> None:
    w.publish(flow("approve", put("asked", "draft"), {"id": "boss", "type": "approval", "approvers": "owner", "reject": "back_to:draft", "rejected": [put("no")]}, put("yes"), type="approval"))
    ann = w.person("ann", "core_manager")
    start(w, "approve", w.add("customer", name="Acme", owner=ann))
    for answer in ("reject", "approve"):
        with w.platform.write() as uow:
            token.wake(uow, [tasks(w)[-1]["token"]], "person", answer)
        w.work()
    assert w.values("customer", "notes") == ["asked no asked yes "]
    assert states(w) == ["done"]

"""The queue of what goes out, over the API."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from tenon.engine import outbox
from tenon.engine.outbox import NewDelivery
from tenon.metamodel.errors import Problem
from tenon.metamodel.labels import say
from tenon.platform.workspace import Platform


def test_administrators_see_the_queue_and_try_again(admin: TestClient, caller: Any, platform: Platform) -> None:
    with platform.write() as uow:
        ids = outbox.put_all(uow.connection, [NewDelivery("webhook", "nowhere", f"t{n}", {"a": 1}, endpoint="e", record="r") for n in range(3)])
        outbox.suspend(uow.connection, "nowhere", "e", _gone(), real_now=uow.real_now)
        outbox.put(uow.connection, NewDelivery("message", "email", "m", {}))
    found = admin.get("/api/v1/deliveries?state=dead&limit=2").json()
    assert [each["id"] for each in found["deliveries"]] == [ids[2], ids[1]]
    assert found["deliveries"][0]["problem"]["code"] == "gone"
    assert "payload" not in found["deliveries"][0]
    rest = admin.get(f"/api/v1/deliveries?state=dead&limit=2&after={found['next']}").json()
    assert ([each["id"] for each in rest["deliveries"]], rest["next"]) == ([ids[0]], None)
    assert admin.post(f"/api/v1/deliveries/{ids[0]}/replay", json={}).json()["state"] == "waiting"
    assert admin.post("/api/v1/deliveries/replay", json={"channel": "nowhere"}).json() == {"count": 2}
    assert admin.get(f"/api/v1/deliveries/{ids[1]}").json()["state"] == "waiting"
    assert admin.post(f"/api/v1/deliveries/{'0' * 36}/replay", json={}).status_code == 404
    assert admin.get("/api/v1/deliveries?state=lost").status_code == 422
    anybody = caller("li@tenon.example")
    assert (anybody.get("/api/v1/deliveries").status_code, anybody.post(f"/api/v1/deliveries/{ids[0]}/replay", json={}).status_code) == (403, 403)


def _gone() -> Any:
    return Problem("", "gone", say("It wants nothing more.", "对方不再接收。"), None)

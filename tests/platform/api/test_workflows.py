"""Workflows over HTTP: starting one, where it stands, its way, the counts, cancelling."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from tenon.engine.outside import FixedClock
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import CUSTOMER, ORDER, SALES, Caller, codes, english, publish_all

CARE: dict[str, Any] = {
    "kind": "workflow", "name": "care", "label": english("Care", "关怀"), "entity": "customer",
    "start": {"type": "button", "label": english("Begin", "开始"), "when": "stage == 'active'"},
    "steps": [
        {"id": "mark", "type": "set_fields", "fields": {"code": "concat('C-', name)"}}, {"id": "hold", "type": "wait", "for": "2 days"},
        {"id": "again", "type": "set_fields", "fields": {"code": "concat('D-', name)"}},
    ],
}  # fmt: skip


def test_it_is_started_watched_and_ends(platform: Platform, admin: TestClient) -> None:
    publish_all(platform, CUSTOMER, ORDER, SALES, CARE)
    one, two = (admin.post("/api/v1/records/customer", json={"name": n, "stage": s}).json()["id"] for n, s in (("One", "active"), ("Two", "trial")))
    begun = admin.post("/api/v1/workflows/care/start", json={"record": one})
    assert (begun.status_code, begun.json()["state"], begun.json()["entity"]) == (201, "running", "customer")
    assert codes(admin.post("/api/v1/workflows/care/start", json={"record": two})) == [("/record", "conflict")]
    assert admin.post("/api/v1/workflows/nothing/start", json={"record": one}).status_code == 404
    assert [codes(admin.post("/api/v1/workflows/care/start", json=body)) for body in ({}, {"record": 5})] == [[("/record", "required")], [("/record", "wrong_type")]]
    make_worker(platform).run_until_idle()
    found = admin.get(begun.headers["Location"]).json()
    assert [(each["step"], each["waits_for"]) for each in found["stands"]] == [("hold", "time")]
    assert [(each["step"], each["effects"]) for each in found["path"]] == [("mark", {"set": ["code"]})]
    assert [step["id"] for step in found["document"]["steps"]] == ["mark", "hold", "again"]
    assert found["document"]["steps"][0]["fields"] == {"code": "concat('C-', name)"}
    counted = admin.get("/api/v1/workflows/care/counts").json()
    assert (counted["states"]["running"], [(s["step"], s["count"]) for s in counted["steps"]]) == (1, [("hold", 1)])
    assert isinstance(platform.outside.clock, FixedClock)
    platform.outside.clock.advance(days=3)
    make_worker(platform).run_until_idle()
    assert admin.get(f"/api/v1/records/customer/{one}").json()["code"] == "D-One"
    (listed,) = admin.get("/api/v1/workflows/care/instances", params={"state": "done"}).json()["instances"]
    assert (listed["record"], listed["stands"]) == (one, [])
    assert codes(admin.post(f"/api/v1/instances/{listed['id']}/cancel", json={})) == [("", "conflict")]
    again = admin.post("/api/v1/workflows/care/start", json={"record": one}).json()["id"]
    assert admin.post(f"/api/v1/instances/{again}/cancel", json={}).json()["state"] == "cancelled"


def test_nobody_starts_or_sees_what_is_not_theirs(platform: Platform, admin: TestClient, caller: Caller) -> None:
    publish_all(platform, CUSTOMER, ORDER, SALES, CARE)
    one = admin.post("/api/v1/records/customer", json={"name": "One", "stage": "active"}).json()["id"]
    id = admin.post("/api/v1/workflows/care/start", json={"record": one}).json()["id"]
    stranger = caller("stranger@tenon.example")
    assert stranger.post("/api/v1/workflows/care/start", json={"record": one}).status_code == 404
    assert stranger.get(f"/api/v1/instances/{id}").status_code == 404
    assert stranger.post(f"/api/v1/instances/{id}/cancel", json={}).status_code == 404
    assert stranger.get("/api/v1/workflows/care/instances").status_code == 403
    assert stranger.get("/api/v1/workflows/care/counts").status_code == 403
    assert stranger.post(f"/api/v1/instances/{id}/replay", json={}).status_code == 403

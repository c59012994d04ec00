"""Comments and files about records of every entity, and what came to an end on timelines, over the API."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.apps import find_app, install_all
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import Caller, english, publish_all
from tests.platform.people import SYSTEM

VAN: dict[str, Any] = {
    "kind": "entity", "name": "van", "label": english("Van", "货车"), "title": "plate", "fields": [{"name": "plate", "type": "text", "required": True}],
}  # fmt: skip
DRIVER: dict[str, Any] = {
    "kind": "role", "name": "driver", "label": english("Driver", "司机"), "grants": [
        {"entity": "customer", "actions": ["read"]}, {"entity": "ticket", "actions": ["read"]},
        {"entity": "task", "actions": ["read"], "read": ["title", "customer", "created_at"]},
    ],
}  # fmt: skip


@pytest.fixture
def ann(platform: Platform, admin: TestClient) -> TestClient:
    """An administrator of a workspace with ``core`` and an entity of its own."""
    install_all(platform.publisher, SYSTEM, find_app("core"))
    publish_all(platform, VAN, DRIVER)
    return admin


def made(client: TestClient, entity: str, **values: Any) -> str:
    """Make a record."""
    answer = client.post(f"/api/v1/records/{entity}", json=values)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_an_entity_that_core_never_heard_of_has_comments(ann: TestClient, platform: Platform) -> None:
    van = made(ann, "van", plate="沪A 12345")
    said = made(ann, "comment", record={"entity": "van", "id": van}, text="The brakes squeak")
    events = ann.get(f"/api/v1/records/van/{van}/timeline").json()["timeline"]
    assert [(e["type"], e["record"]["title"]) for e in events if e["type"] == "comment"] == [("comment", "The brakes squeak")]
    found = ann.get("/api/v1/records/comment", params={"filter": f"record == '{van}'"}).json()["records"]
    assert [(c["id"], c["record"]) for c in found] == [(said, {"entity": "van", "id": van, "title": "沪A 12345"})]
    assert ann.delete(f"/api/v1/records/van/{van}").status_code in (200, 204)
    assert ann.get(f"/api/v1/records/comment/{said}").status_code == 404
    # A further entity changes nothing of what was said, and is reached at once.
    publish_all(platform, {**VAN, "name": "boat", "label": english("Boat", "船")})
    boat = made(ann, "boat", plate="B-1")
    made(ann, "comment", record={"entity": "boat", "id": boat}, text="It floats")
    answer = ann.post("/api/v1/records/comment", json={"record": {"entity": "user", "id": boat}, "text": "x"})
    assert answer.status_code == 422


def test_what_came_to_an_end_is_told_by_itself(ann: TestClient, caller: Caller) -> None:
    one = made(ann, "customer", name="Aurora")
    task = made(ann, "task", title="Call them", customer=one, due="2030-01-01T00:00:00Z")
    ticket = made(ann, "ticket", subject="It is slow", customer=one)
    assert ann.patch(f"/api/v1/records/task/{task}", json={"state": "done"}).status_code == 200
    assert ann.patch(f"/api/v1/records/ticket/{ticket}", json={"status": "pending"}).status_code == 200
    assert ann.patch(f"/api/v1/records/ticket/{ticket}", json={"status": "solved", "solved_at": "2030-01-01T00:00:00Z"}).status_code == 200
    events = ann.get(f"/api/v1/records/customer/{one}/timeline", params={"types": "done"}).json()["timeline"]
    told = [(e["record"]["entity"], e["record"]["title"], e["record"]["values"], e["by"]["title"]) for e in events]
    assert sorted(told, key=str) == [("task", "Call them", {"state": "done"}, "Root"), ("ticket", "It is slow", {"status": "solved"}, "Root")]
    # Who may not read the state of tasks hears nothing of their end.
    driver = caller("dee@tenon.example", "driver")
    seen = driver.get(f"/api/v1/records/customer/{one}/timeline").json()["timeline"]
    assert [e["record"]["entity"] for e in seen if e["type"] == "done"] == ["ticket"]
    assert ann.patch(f"/api/v1/records/task/{task}", json={"state": "open"}).status_code == 200
    again = ann.get(f"/api/v1/records/customer/{one}/timeline", params={"types": "done"}).json()["timeline"]
    assert len(again) == 2

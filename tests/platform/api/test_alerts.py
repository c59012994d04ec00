"""Alerts over the API: taking one up, putting it off, closing it; who may, and what is refused."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tenon.engine.apps import find_app, install_all
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import Caller, publish_all
from tests.platform.people import SYSTEM


@pytest.fixture
def people(platform: Platform, caller: Caller) -> dict[str, TestClient]:
    """Ann administers, Bo is a member, Ray only reads, Zoe has no role."""
    install_all(platform.publisher, SYSTEM, find_app("core"))
    return {"zoe": caller("zoe@tenon.example"), "ann": caller("ann@tenon.example", "admin"), "bo": caller("bo@tenon.example", "core_member"), "ray": caller("ray@tenon.example", "core_reader")}


def test_what_people_do_with_an_alert(people: dict[str, TestClient]) -> None:
    bo, ray = people["bo"], people["ray"]
    customer = people["ann"].post("/api/v1/records/customer", json={"name": "Birch"}).json()["id"]
    alert = people["ann"].post("/api/v1/records/alert", json={"title": "Silent", "record": {"entity": "customer", "id": customer}, "level": "red"}).json()
    place = f"/api/v1/records/alert/{alert['id']}"
    for verb, body in (("acknowledge", {}), ("snooze", {"until": "2026-03-09", "reason": "Later"}), ("close", {"outcome": "recovered"})):
        assert (verb, ray.post(f"{place}/{verb}", json=body).status_code, people["zoe"].post(f"{place}/{verb}", json=body).status_code) == (verb, 403, 404)
    assert (ray.get(place).json()["state"], people["zoe"].get(place).status_code, people["zoe"].get("/api/v1/records/alert").status_code) == ("open", 404, 404)
    answer = bo.post(f"{place}/acknowledge")
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    taken = answer.json()
    assert (taken["state"], taken["assignee"]["id"], taken["acknowledged_at"] is not None) == ("in_progress", vars(bo)["user_id"], True)
    put_off = bo.post(f"{place}/snooze", json={"until": "2026-03-09", "reason": "They are away"}).json()
    assert (put_off["state"], put_off["snoozed_until"], put_off["snooze_reason"]) == ("snoozed", "2026-03-08T16:00:00Z", "They are away")
    for verb, body, path, code in (
        ("snooze", {"until": "2026-03-09"}, "/reason", "required"), ("snooze", {"until": "never", "reason": "x"}, "/until", "bad_format"),
        ("close", {}, "/outcome", "required"), ("close", {"outcome": "won"}, "/outcome", "bad_choice"), ("close", {"outcome": "recovered", "cause": "luck"}, "/cause", "bad_choice"),
        ("close", {"result": "recovered"}, "/result", "unknown_field"),
    ):  # fmt: skip
        refused = bo.post(f"{place}/{verb}", json=body)
        assert (refused.status_code, [(e["path"], e["code"]) for e in refused.json()["errors"]]) == (422, [(path, code)])
    closed = bo.post(f"{place}/close", json={"outcome": "recovered", "cause": "people"}).json()
    assert (closed["state"], closed["outcome"], closed["cause"], closed["closed_at"]) == ("closed", "recovered", "people", "2026-03-02T01:30:00Z")
    assert bo.post(f"{place}/close", json={"outcome": "churned"}).status_code == 409
    assert bo.post(f"/api/v1/records/alert/{customer}/acknowledge").status_code == 404


def test_a_playbook_is_begun_by_hand(platform: Platform, people: dict[str, TestClient]) -> None:
    ann, bo = people["ann"], people["bo"]
    publish_all(platform, {"kind": "playbook", "name": "rescue", "label": {"en": "Rescue"}, "steps": [{"title": {"en": "Call"}, "due_hours": 4}, {"title": {"en": "Visit"}}]})
    customer = ann.post("/api/v1/records/customer", json={"name": "Birch"}).json()["id"]
    alert = ann.post("/api/v1/records/alert", json={"title": "Silent", "record": {"entity": "customer", "id": customer}}).json()["id"]
    first = bo.post("/api/v1/playbooks/rescue/start", json={"entity": "alert", "record": alert})
    assert (first.status_code, len(first.json()["tasks"])) == (200, 2)
    shown = bo.get(f"/api/v1/records/alert/{alert}").json()
    assert (shown["playbook"], shown["next_task"], shown["progress"]) == ("rescue", "Call", "0 / 2")
    again = bo.post("/api/v1/playbooks/rescue/start", json={"entity": "alert", "record": alert}).json()["tasks"]
    assert {t["id"] for t in bo.get("/api/v1/records/task").json()["records"]} == set(again)
    assert people["ray"].post("/api/v1/playbooks/rescue/start", json={"entity": "customer", "record": customer}).status_code == 403
    assert bo.post("/api/v1/playbooks/nothing/start", json={"entity": "customer", "record": customer}).status_code == 404
    task = again[0]
    wrong = bo.post("/api/v1/playbooks/rescue/start", json={"entity": "task", "record": task})
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "type_mismatch")

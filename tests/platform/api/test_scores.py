from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import CUSTOMER, ORDER, SALES, Caller, codes, english, publish_all

HEALTH: dict[str, Any] = {
    "kind": "score", "name": "health", "entity": "customer", "label": english("Health", "健康度"), "trend_days": 14,
    "variants": [{"name": "default", "measures": [
        {"name": "paying", "points": 60, "when": "arr >= 1000", "missing": "zero"},
        {"name": "active", "points": 40, "when": "stage == 'active'", "missing": "zero"},
        {"name": "pulse", "points": 20, "manual": True, "expires_days": 30},
    ]}],
    "bands": [{"name": "risk", "from": 0}, {"name": "fair", "from": 50}, {"name": "healthy", "from": 80}],
}  # fmt: skip


@pytest.fixture
def customer(platform: Platform, admin: TestClient) -> str:
    """The id of a customer with 60 of the 100 points that have data; of 120 in all that is 72."""
    publish_all(platform, CUSTOMER, ORDER, SALES, HEALTH)
    created = admin.post("/api/v1/records/customer", json={"name": "创科", "arr": 5000, "stage": "trial"})
    assert (created.status_code, created.json()["health_band"]) == (201, "fair")
    return str(created.json()["id"])


def test_a_score_explains_itself(admin: TestClient, customer: str) -> None:
    found = admin.get(f"/api/v1/scores/health/records/{customer}").json()
    assert (found["value"], found["band"], found["computed"]) == (72, "fair", {"value": 72, "band": "fair"})
    shown = [(m["name"], m["points"], m["missing"]) for m in found["measures"]]
    assert shown == [("paying", 72, False), ("active", 0, False), ("pulse", 0, True)]
    assert found["measures"][0]["inputs"] == [{"path": "arr", "value": 5000}]
    assert Decimal(str(found["coverage"])) == Decimal("0.8333")
    as_text = admin.get(f"/api/v1/scores/health/records/{customer}?decimals=text").json()
    assert as_text["value"] == "72.0000"


def test_a_change_is_scored_at_once(admin: TestClient, customer: str) -> None:
    admin.patch(f"/api/v1/records/customer/{customer}", json={"stage": "active"})
    record = admin.get(f"/api/v1/records/customer/{customer}").json()
    assert (record["health_score"], record["health_band"], record["version"]) == (100, "healthy", 2)
    listed = admin.get("/api/v1/records/customer", params={"filter": "health_band == 'healthy' and health_score >= 80"}).json()
    assert [r["id"] for r in listed["records"]] == [customer]


def test_a_person_rates_and_overrides(admin: TestClient, customer: str, platform: Platform) -> None:
    rated = admin.post(f"/api/v1/scores/health/records/{customer}/ratings", json={"measure": "pulse", "share": 1})
    assert (rated.json()["value"], rated.json()["coverage"]) == (80, 1)
    assert [row["detail"]["measure"] for row in admin.get("/api/v1/audit?action=score.rate").json()["audit"]] == ["pulse"]
    until = (platform.outside.clock.now() + timedelta(days=10)).isoformat()
    body = {"band": "risk", "reason": "Their sponsor left", "expires_at": until}
    overridden = admin.post(f"/api/v1/scores/health/records/{customer}/override", json=body).json()
    assert (overridden["band"], overridden["computed"]["band"], overridden["override"]["reason"]) == ("risk", "healthy", "Their sponsor left")
    assert overridden["override"]["by"] == {"id": vars(admin)["user_id"], "title": "Root"}
    moved = [e for e in admin.get(f"/api/v1/records/customer/{customer}/timeline").json()["timeline"] if e["type"] == "band"]
    assert [e["id"].rpartition(":")[2] for e in moved] == [str(10_000_000 + n) for n in range(len(moved), 0, -1)]  # of this record alone
    assert admin.get(f"/api/v1/records/customer/{customer}").json()["health_band"] == "risk"
    assert admin.delete(f"/api/v1/scores/health/records/{customer}/override").status_code == 204
    assert admin.get(f"/api/v1/records/customer/{customer}").json()["health_band"] == "healthy"
    assert admin.delete(f"/api/v1/scores/health/records/{customer}/override").status_code == 404


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"band": "risk"}, ("/reason", "required")),
        ({"band": "gold", "reason": "x"}, ("/band", "bad_choice")),
        ({"value": 900, "reason": "x"}, ("/value", "out_of_range")),
        ({"value": "many", "reason": "x"}, ("/value", "wrong_type")),
        ({"band": "risk", "reason": "x", "expires_at": "soon"}, ("/expires_at", "bad_format")),
        ({"band": "risk", "reason": "x", "why": "y"}, ("/why", "unknown_field")),
    ],
)
def test_a_wrong_override_is_refused(admin: TestClient, customer: str, body: dict[str, Any], expected: tuple[str, str]) -> None:
    answer = admin.post(f"/api/v1/scores/health/records/{customer}/override", json=body)
    assert (answer.status_code, codes(answer)[0]) == (422, expected)


def test_a_full_run_is_a_job(admin: TestClient, customer: str, platform: Platform) -> None:
    put = admin.post("/api/v1/scores/health/run")
    assert (put.status_code, put.json()["state"]) == (202, "queued")
    make_worker(platform).run_until_idle()
    done = admin.get(put.headers["location"]).json()
    assert (done["state"], done["errors"]) == ("done", [])


def test_scores_are_for_those_who_may_read_the_record(customer: str, caller: Caller) -> None:
    stranger = caller("ann@tenon.example", "sales")
    assert stranger.get(f"/api/v1/scores/health/records/{customer}").status_code == 404
    assert stranger.post("/api/v1/scores/health/run").status_code == 403
    assert caller("bob@tenon.example").get(f"/api/v1/scores/health/records/{customer}").status_code == 404

"""Simulating a score: what another body would change, against today's records, with nothing stored touched."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from tenon.engine.outside import FixedClock
from tenon.engine.scores.run import run_now
from tenon.platform.all_tables import metadata
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import CUSTOMER, ORDER, SALES, Caller, codes, publish_all
from tests.platform.api.test_scores import HEALTH

ADDRESS = "/api/v1/scores/health/simulate"


def changed(**more: Any) -> dict[str, Any]:
    """Return the score with other parts."""
    return {**HEALTH, **more}


def measures(*listed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one variant."""
    return [{"name": "default", "measures": list(listed)}]


@pytest.fixture
def customers(platform: Platform, admin: TestClient) -> dict[str, str]:
    """Four customers: 0 points, 40 of 100, 60 and 100 of 100, each scaled to 120."""
    publish_all(platform, CUSTOMER, ORDER, SALES, HEALTH)
    rows = {"none": (0, "trial"), "active": (0, "active"), "paying": (5000, "trial"), "both": (5000, "active")}
    found = {}
    for name, (arr, stage) in rows.items():
        found[name] = admin.post("/api/v1/records/customer", json={"name": name, "arr": arr, "stage": stage}).json()["id"]
    return found


def everything(platform: Platform) -> list[Any]:
    """Return every row of the database that a simulation could touch."""
    with platform.read() as uow:
        tables = [t for t in (*uow.tables.all(), *metadata.sorted_tables) if "token" not in t.name]
        return [(t.name, sorted(map(repr, uow.connection.execute(select(t)).all()))) for t in tables]


def test_the_same_body_changes_nothing(platform: Platform, admin: TestClient, customers: dict[str, str]) -> None:
    body = admin.get("/api/v1/metadata/score/health").json()
    before = everything(platform)
    for sent in ({"body": body}, {}, {"body": HEALTH}):
        found = admin.post(ADDRESS, json=sent)
        assert found.status_code == 200, found.text
        answer = found.json()
        assert (answer["is_published"], answer["is_changed"], answer["records"]) == (True, False, len(customers))
        # 0, 48, 72 and 120 clamped to 100 of the stored records.
        assert answer["before"] == answer["after"] == answer["stay"] == {"risk": 2, "fair": 1, "healthy": 1}
        assert (answer["moves"], answer["moved"], answer["next"]) == ([], [], None)
        assert answer["histogram"]["before"] == answer["histogram"]["after"]
        assert sum(answer["histogram"]["after"]) == 4
        assert answer["histogram"]["edges"][0] == 0
        assert answer["histogram"]["edges"][-1] == 100
        assert answer["coverage"]["before"] == answer["coverage"]["after"] == 0.8333
        assert all(m["before"] == m["after"] for m in answer["measures"])
    assert everything(platform) == before


def test_other_points_move_records(platform: Platform, admin: TestClient, customers: dict[str, str]) -> None:
    body = changed(variants=measures(
        {"name": "paying", "points": 20, "when": "arr >= 1000", "missing": "zero"}, {"name": "active", "points": 80, "when": "stage == 'active'", "missing": "zero"},
    ))  # fmt: skip
    before = everything(platform)
    answer = admin.post(ADDRESS, json={"body": body}).json()
    assert everything(platform) == before
    assert answer["before"] == {"risk": 2, "fair": 1, "healthy": 1}
    assert answer["after"] == {"risk": 2, "fair": 0, "healthy": 2}
    ways = {(m["from"], m["to"], m["kind"]): (m["count"], m["records"]) for m in answer["moves"]}
    assert ways == {("risk", "healthy", "moves"): (1, [customers["active"]]), ("fair", "risk", "moves"): (1, [customers["paying"]])}
    assert answer["stay"] == {"risk": 1, "fair": 0, "healthy": 1}
    moved = {m["title"]: (m["before"], m["after"], m["band_before"], m["band_after"]) for m in answer["moved"]}
    assert moved == {"active": (48, 80, "risk", "healthy"), "paying": (72, 20, "fair", "risk")}
    assert answer["coverage"] == {"before": 0.8333, "after": 1}
    means = {m["name"]: (m["before"], m["after"]) for m in answer["measures"]}
    half = {"share": 0.5, "with_data": 4, "records": 4}
    assert means == {"paying": (half, half), "active": (half, half), "pulse": ({"share": None, "with_data": 0, "records": 4}, None)}
    assert answer["alerts_per_week"] is None
    assert "week" in answer["alerts"]["basis"]


def test_a_simulation_says_what_a_publish_does(platform: Platform, admin: TestClient, customers: dict[str, str]) -> None:
    until = (platform.outside.clock.now() + timedelta(days=10)).isoformat()
    admin.post(f"/api/v1/scores/health/records/{customers['both']}/override", json={"band": "risk", "reason": "Their sponsor left", "expires_at": until})
    admin.post(f"/api/v1/scores/health/records/{customers['none']}/ratings", json={"measure": "pulse", "share": 1})
    body = changed(
        variants=[
            {"name": "trial", "when": "stage == 'trial'", "measures": [{"name": "paying", "points": 100, "when": "arr >= 1000"}, {"name": "pulse", "points": 100, "manual": True}]},
            {"name": "default", "measures": [{"name": "rank", "points": 100, "value": "percent_rank(arr)"}]},
        ],
        caps=[{"when": "stage == 'active'", "at_most": 60}], movement={"margin": "5", "min_dwell_days": 30, "down": "never"}, min_coverage=0,
    )  # fmt: skip
    foreseen = admin.post(ADDRESS, json={"body": body})
    assert foreseen.status_code == 200, foreseen.text
    answer = foreseen.json()
    publish_all(platform, body)
    make_worker(platform).run_until_idle()
    stored = {r["id"]: (r["health_score"], r["health_band"]) for r in admin.get("/api/v1/records/customer").json()["records"]}
    counts = {band: sum(1 for _, b in stored.values() if b == band) for band in ("risk", "fair", "healthy")}
    assert answer["after"] == counts
    assert {m["id"]: (m["after"], m["band_after"]) for m in answer["moved"]}.items() <= stored.items()
    again = admin.post(ADDRESS, json={}).json()
    assert (again["is_changed"], again["moves"], again["before"]) == (False, [], counts)


def test_the_moved_records_are_paged_and_only_those_one_may_read(platform: Platform, admin: TestClient, customers: dict[str, str], caller: Caller) -> None:
    body = changed(bands=[{"name": "low", "from": 0}, {"name": "high", "from": 50}])
    first = admin.post(f"{ADDRESS}?limit=3", json={"body": body}).json()
    rest = admin.post(f"{ADDRESS}?limit=3&after={first['next']}", json={"body": body}).json()
    ids = [m["id"] for m in (*first["moved"], *rest["moved"])]
    assert (ids, rest["next"]) == (sorted(customers.values()), None)
    assert codes(admin.post(f"{ADDRESS}?after={first['next']}", json={}))[0] == ("/after", "bad_cursor")
    blind = caller("builder@tenon.example", "builder").post(ADDRESS, json={"body": body}).json()
    assert (blind["records"], blind["moved"], [m["records"] for m in blind["moves"]]) == (4, [], [[], [], []])
    seller = caller("ann@tenon.example", "builder", "sales")
    own = seller.post("/api/v1/records/customer", json={"name": "own", "arr": 5000, "stage": "trial"}).json()["id"]
    seen = seller.post(ADDRESS, json={"body": body}).json()
    assert (seen["records"], [m["id"] for m in seen["moved"]]) == (5, [own])
    hidden = changed(variants=measures({"name": "rich", "points": 100, "when": "margin > 10", "missing": "zero"}))
    assert seller.post(ADDRESS, json={"body": hidden}).json()["moved"] == []  # it would tell of a hidden field
    assert caller("bob@tenon.example", "sales").post(ADDRESS, json={"body": body}).status_code == 403


def test_a_score_that_is_not_published(platform: Platform, admin: TestClient, customers: dict[str, str]) -> None:
    body = {**HEALTH, "name": "fit", "purpose": "fit"}
    answer = admin.post("/api/v1/scores/fit/simulate", json={"body": body}).json()
    assert (answer["is_published"], answer["before"], answer["after"]) == (False, {}, {"risk": 2, "fair": 1, "healthy": 1})
    assert {m["kind"] for m in answer["moves"]} == {"enters"}
    assert admin.post("/api/v1/scores/fit/simulate", json={}).status_code == 404
    assert admin.put("/api/v1/metadata/score/fit", json=body).status_code == 200
    assert admin.post("/api/v1/scores/fit/simulate", json={}).json()["after"] == {"risk": 2, "fair": 1, "healthy": 1}


def test_whom_it_is_for(platform: Platform, admin: TestClient, customers: dict[str, str]) -> None:
    answer = admin.post(ADDRESS, json={"body": changed(where="stage == 'active'")}).json()
    assert (answer["records"], answer["after"]) == (2, {"risk": 1, "fair": 0, "healthy": 1})
    assert sorted((m["from"], m["to"], m["kind"], m["count"]) for m in answer["moves"]) == [("fair", None, "leaves", 1), ("risk", None, "leaves", 1)]


def test_what_cannot_be_read_is_named(platform: Platform, admin: TestClient, customers: dict[str, str]) -> None:
    entity = admin.get("/api/v1/metadata/entity/customer").json()
    entity["fields"].append({"name": "seats", "type": "integer"})
    assert admin.put("/api/v1/metadata/entity/customer", json=entity).status_code == 200
    body = changed(variants=measures({"name": "size", "points": 100, "when": "seats > 5"}))
    refused = admin.post(ADDRESS, json={"body": body})
    assert (refused.status_code, codes(refused)) == (422, [("/body/variants/0/measures/0/when", "unknown_name")])
    [problem] = refused.json()["errors"]
    assert "seats" in problem["message"]
    assert "publish" in problem["hint"]
    assert codes(admin.post(ADDRESS, json={"body": {"kind": "view"}}))[0][0].startswith("/")
    assert codes(admin.post(ADDRESS, json={"body": 5})) == [("/body", "wrong_type")]
    assert codes(admin.post(ADDRESS, json={"bodies": {}})) == [("/bodies", "unknown_field")]


def test_alerts_come_from_the_history(platform: Platform, admin: TestClient, customers: dict[str, str]) -> None:
    clock = platform.outside.clock
    assert isinstance(clock, FixedClock)
    clock.advance(days=7)
    admin.patch(f"/api/v1/records/customer/{customers['both']}", json={"stage": "trial"})  # 100 healthy to 72 fair
    clock.advance(days=7)
    with platform.write() as uow:
        run_now(uow, uow.model.get("score", "health").id)
    same = admin.post(ADDRESS, json={}).json()
    assert (same["alerts_per_week"], same["alerts"]["before"], same["alerts"]["weeks"]) == (0.5, 0.5, 2)
    wider = changed(bands=[{"name": "risk", "from": 0}, {"name": "fair", "from": 50}, {"name": "healthy", "from": 70}])
    found = admin.post(f"{ADDRESS}?decimals=text", json={"body": wider}).json()
    assert (Decimal(found["alerts_per_week"]), Decimal(found["alerts"]["before"])) == (0, Decimal("0.5"))

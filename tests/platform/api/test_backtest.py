"""Back-testing a score: the values of a day against what came of it."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.outside import FixedClock
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import CUSTOMER, ORDER, SALES, Caller, codes, english, publish_all
from tests.platform.api.test_scores import HEALTH

ADDRESS = "/api/v1/scores/health/backtest"
SEGMENT: dict[str, Any] = {"kind": "segment", "name": "paying", "label": english("Paying", "付费"), "entity": "customer", "filter": "arr > 0"}
TODAY = {"outcome": "stage == 'trial'", "as_of": "2026-03-02", "horizon_days": 0}


@pytest.fixture
def customers(platform: Platform, admin: TestClient) -> dict[str, str]:
    """Four customers with 0, 48, 72 and 100; the first and the third are on trial."""
    publish_all(platform, CUSTOMER, ORDER, SALES, HEALTH, SEGMENT)
    rows = {"none": (0, "trial"), "active": (0, "active"), "paying": (5000, "trial"), "both": (5000, "active")}
    return {
        name: admin.post("/api/v1/records/customer", json={"name": name, "arr": arr, "stage": stage}).json()["id"] for name, (arr, stage) in rows.items()
    }


def test_figures_of_four_records(admin: TestClient, customers: dict[str, str]) -> None:
    sent = admin.post(ADDRESS, json=TODAY)
    assert sent.status_code == 200, sent.text
    found = sent.json()
    assert (found["n"], found["base_rate"], found["outcome_on"], found["is_complete"]) == (4, 0.5, "2026-03-02", True)
    # Of four pairs the one on trial is lower in three.
    assert (found["auc"], found["direction"]) == (0.75, "lower")
    assert found["auc_interval"][0] < 0.75 < found["auc_interval"][1]
    bands = [(b["band"], b["n"], b["rate"], b["lift"], b["precision"], b["recall"]) for b in found["bands"]]
    assert bands == [("risk", 2, 0.5, 1, 0.5, 0.5), ("fair", 1, 1, 2, 1, 0.5), ("healthy", 1, 0, 0, 0, 0)]
    assert sum(b["n"] for b in found["calibration"]) == 4
    assert sum(b["n"] * b["observed"] for b in found["calibration"]) == 2
    assert all(b["from"] <= b["predicted"] <= b["to"] for b in found["calibration"])
    assert 0 < found["brier"] < 0.25
    assert [(s["kind"], s["name"], s["label"], s["n"], s["base_rate"], s["auc"]) for s in found["segments"]] == [("segment", "paying", "Paying", 2, 0.5, 1)]


def test_values_are_of_the_day_and_the_outcome_of_days_later(platform: Platform, admin: TestClient, customers: dict[str, str]) -> None:
    clock = platform.outside.clock
    assert isinstance(clock, FixedClock)
    clock.advance(days=40)
    admin.patch(f"/api/v1/records/customer/{customers['both']}", json={"stage": "trial"})
    clock.advance(days=40)
    late = {"outcome": "stage == 'trial'", "as_of": "2026-03-02"}
    bands = lambda days: {b["band"]: (b["n"], b["rate"]) for b in admin.post(ADDRESS, json={**late, "horizon_days": days}).json()["bands"]}  # noqa: E731
    assert bands(30) == {"risk": (2, 0.5), "fair": (1, 1), "healthy": (1, 0)}
    assert bands(60) == {"risk": (2, 0.5), "fair": (1, 1), "healthy": (1, 1)}  # healthy on the day, on trial since
    ahead = admin.post(ADDRESS, json={**late, "horizon_days": 400}).json()
    assert (ahead["is_complete"], ahead["outcome_on"], ahead["bands"][2]["rate"]) == (False, "2026-05-21", 1)
    fell = [admin.post(ADDRESS, json={**late, "outcome": "health_band == 'fair' and health_score < 80", "horizon_days": days}).json() for days in (30, 60)]
    assert [found["base_rate"] for found in fell] == [0.25, 0.5]  # 72 on the day, and 100 that became 72
    before = admin.post(ADDRESS, json={**late, "as_of": "2026-03-01", "horizon_days": 30}).json()
    assert (before["n"], before["base_rate"], before["auc"], before["brier"], before["calibration"]) == (0, None, None, None, [])


def test_who_may_ask_and_what(admin: TestClient, caller: Caller, customers: dict[str, str]) -> None:
    assert caller("sam@b.example", "sales").post(ADDRESS, json=TODAY).status_code == 403
    builder = caller("bo@b.example", "builder", "sales")
    assert builder.post(ADDRESS, json={**TODAY, "outcome": "margin > 5"}).status_code == 422  # hidden from sales
    for wrong, expected in (
        ({"outcome": "stag == 'trial'"}, ("/outcome", "unknown_field")), ({"outcome": None}, ("/outcome", "required")),
        ({"as_of": "yesterday"}, ("/as_of", "bad_format")), ({"as_of": "2026-03-03"}, ("/as_of", "out_of_range")),
        ({"horizon_days": -1}, ("/horizon_days", "out_of_range")), ({"horizon_days": "90"}, ("/horizon_days", "wrong_type")),
    ):  # fmt: skip
        assert codes(admin.post(ADDRESS, json={**TODAY, **wrong})) == [expected]
    assert admin.post("/api/v1/scores/nothing/backtest", json=TODAY).status_code == 404


def test_a_calibration_is_run_and_kept(platform: Platform, admin: TestClient, customers: dict[str, str], caller: Caller) -> None:
    run, kept = "/api/v1/scores/health/calibrate", "/api/v1/scores/health/calibrations"
    assert codes(admin.post(run, json={})) == [("/foresees", "required")]
    publish_all(platform, {**HEALTH, "foresees": {"outcome": "stage == 'trial'", "horizon_days": 30}})
    clock = platform.outside.clock
    assert isinstance(clock, FixedClock)
    clock.advance(days=30)
    assert admin.post(run, json={}).status_code == 202
    make_worker(platform).run_until_idle()
    found = admin.get(kept).json()["calibrations"]
    assert [(c["n"], c["base_rate"], c["auc"], c["proposal"], c["accepted_by"]) for c in found] == [(4, 0.5, 0.75, None, None)]
    sam = caller("sam@b.example", "sales")
    assert (sam.post(run, json={}).status_code, sam.get(kept).status_code) == (403, 403)


def test_advice_needs_enough_records(admin: TestClient, customers: dict[str, str]) -> None:
    found = admin.post("/api/v1/scores/health/advise", json=TODAY).json()
    assert (found["status"], found["n"], found["measures"]) == ("insufficient", 4, [])
    assert codes(admin.post("/api/v1/scores/health/advise", json={**TODAY, "is_wanted": 1})) == [("/is_wanted", "wrong_type")]

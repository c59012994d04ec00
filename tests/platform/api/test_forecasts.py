"""Forecasts: chances from the score, worth without and with a contract, kept as records, or that too little is known."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.outside import FixedClock
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import Caller, codes, english, publish_all

CUSTOMER: dict[str, Any] = {
    "kind": "entity", "name": "customer", "label": english("Customer", "客户"), "title": "name", "fields": [
        {"name": "name", "type": "text"}, {"name": "points", "type": "integer"}, {"name": "arr", "type": "money", "currency": "CNY"},
        {"name": "since", "type": "date"}, {"name": "left_on", "type": "date"},
    ],
}  # fmt: skip
PURCHASE: dict[str, Any] = {
    "kind": "entity", "name": "purchase", "label": english("Purchase", "购买"), "time_field": "on", "fields": [
        {"name": "on", "type": "date"}, {"name": "amount", "type": "money", "currency": "CNY"},
        {"name": "customer", "type": "reference", "entity": "customer", "reverse": {"name": "purchases"}},
    ],
}  # fmt: skip
FORECAST: dict[str, Any] = {
    "kind": "entity", "name": "forecast", "label": english("Forecast", "预测"), "keys": [["customer", "kind", "data_as_of"]], "fields": [
        {"name": "customer", "type": "reference", "entity": "customer", "reverse": {"name": "forecasts"}},
        {"name": "kind", "type": "text"}, {"name": "method", "type": "text"}, {"name": "params", "type": "json"},
        {"name": "value", "type": "decimal", "scale": 4}, {"name": "lo", "type": "decimal", "scale": 4}, {"name": "hi", "type": "decimal", "scale": 4},
        {"name": "data_as_of", "type": "date"}, {"name": "status", "type": "choice", "options": [{"name": "ok"}, {"name": "insufficient"}]},
    ],
}  # fmt: skip
LEFT = "not is_empty(left_on) and left_on <= today()"
HEALTH: dict[str, Any] = {
    "kind": "score", "name": "health", "entity": "customer", "label": english("Health", "健康度"), "trend_days": 14,
    "variants": [{"name": "default", "measures": [{"name": "points", "points": 100, "value": "points / 100"}]}],
    "bands": [{"name": "risk", "from": 0}, {"name": "fair", "from": 50}],
    "forecasts": {"keep_in": "forecast", "items": [
        {"name": "churn90", "label": english("Churn in 90 days", "90 天流失"), "method": "logistic", "outcome": LEFT, "where": f"not ({LEFT})", "horizon_days": 90},
        {"name": "ltv12", "method": "bgnbd", "purchases": "count(purchases)", "first": "min(purchases.on)", "last": "max(purchases.on)",
         "spent": "sum(purchases.amount) - first(purchases.amount)"},
        {"name": "stay", "method": "sbg", "since": "since", "until": "left_on", "amount": "arr", "discount": 0, "months": 24},
    ]},
}  # fmt: skip
READER: dict[str, Any] = {"kind": "role", "name": "reader", "label": english("Reader", "只读"), "grants": [{"entity": "customer", "actions": ["read"]}]}


def records(count: int) -> list[dict[str, Any]]:
    """Return customers: those with few points leave two months after the day, as do some others; arr 1000."""
    found = []
    for n in range(count):
        leaves = n % 10 < 3 or n % 35 == 4
        found.append({"name": f"{n:03}", "points": 20 if n % 10 < 3 else 80, "arr": 1000, "since": "2024-01-01", "left_on": "2026-05-01" if leaves else None})
    return found


@pytest.fixture
def customers(platform: Platform, admin: TestClient) -> list[str]:
    """200 customers, a day on which they have a score, and 100 days later."""
    publish_all(platform, CUSTOMER, PURCHASE, FORECAST, HEALTH, READER)
    made = admin.post("/api/v1/records/customer", json={"records": records(200)})
    assert made.status_code < 300, made.text
    clock = platform.outside.clock
    assert isinstance(clock, FixedClock)
    admin.post("/api/v1/scores/health/run", json={})
    make_worker(platform).run_until_idle()
    clock.advance(days=100)
    return [each["id"] for each in admin.get("/api/v1/records/customer", params={"limit": 200, "sort": "name", "fields": "id"}).json()["records"]]


def made(platform: Platform, admin: TestClient, **body: str) -> dict[str, Any]:
    sent = admin.post("/api/v1/scores/health/forecast", json=body)
    assert sent.status_code == 202, sent.text
    make_worker(platform).run_until_idle()
    done = admin.get(f"/api/v1/jobs/{sent.json()['id']}").json()
    assert done["state"] == "done", done
    return dict(done["result"])


def test_chances_are_the_shares_that_left(platform: Platform, admin: TestClient, customers: list[str], caller: Caller) -> None:
    counts = made(platform, admin)
    assert counts["insufficient"] > 0
    found = {f["kind"]: f for f in admin.get(f"/api/v1/forecasts/records/{customers[5]}").json()["forecasts"]}
    churn = found["churn90"]
    # Of 140 with 80 points 4 left, of 60 with 20 points all: the ridge draws a little towards the middle.
    assert (churn["label"], churn["status"], churn["method"], churn["data_as_of"], churn["is_chance"]) == ("Churn in 90 days", "ok", "logistic-1", "2026-06-10", True)
    assert 0.02 < churn["lo"] < churn["value"] < churn["hi"] < 0.2
    assert (found["ltv12"]["status"], found["ltv12"]["value"]) == ("insufficient", None)
    # A year is worth a year's amount at most, two years are two.
    assert 1000 < found["stay"]["value"] <= 2000
    assert found["stay"]["lo"] < found["stay"]["value"] < found["stay"]["hi"] < 2000
    gone = {f["kind"]: f["status"] for f in admin.get(f"/api/v1/forecasts/records/{customers[0]}").json()["forecasts"]}
    assert "churn90" not in gone  # it is for those who are there
    assert made(platform, admin) == counts  # the same day is written anew
    kept = admin.get("/api/v1/records/forecast", params={"filter": "kind == 'churn90'", "count": "exact", "limit": 1}).json()
    assert kept["count"] == sum(1 for n in range(200) if not (n % 10 < 3 or n % 35 == 4))
    reader = caller("rita@b.example", "reader")
    assert reader.get(f"/api/v1/forecasts/records/{customers[5]}").json()["forecasts"] == []
    assert caller("sam@b.example").get(f"/api/v1/forecasts/records/{customers[5]}").status_code == 404
    assert reader.post("/api/v1/scores/health/forecast", json={}).status_code == 403


def test_without_enough_to_learn_from_nothing_is_said(platform: Platform, admin: TestClient, customers: list[str]) -> None:
    made(platform, admin, as_of="2026-03-20")
    asked = {"filter": f"customer == '{customers[5]}' and data_as_of == date('2026-03-20')", "sort": "kind", "fields": "kind,status,value"}
    found = [(f["kind"], f["status"], f["value"]) for f in admin.get("/api/v1/records/forecast", params=asked).json()["records"]]
    assert found == [("churn90", "insufficient", None), ("ltv12", "insufficient", None), ("stay", "insufficient", None)]
    assert admin.get("/api/v1/forecasts/records/0198c0de-0000-7000-8000-000000000000").status_code == 404
    publish_all(platform, {**HEALTH, "forecasts": None})
    assert codes(admin.post("/api/v1/scores/health/forecast", json={})) == [("/forecasts", "required")]

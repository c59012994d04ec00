"""Health against what became of the customers: kept by the band of 90 days ago, and managers by health and retention."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.apps.conftest import Apps
from tests.apps.test_chm_roi import question


def mature(chm: Apps, name: str, *, healthy: bool, **values: Any) -> str:
    """Add a mature customer with 90 points, or with none."""
    id = chm.add("customer", name=name, status="active", customer_since=chm.day(-700), seats=100, chm_stage="mature", **values)
    admin = chm.add("contact", customer=id, name="Admin", role="admin")
    chm.add("metric_daily", customer=id, metric="weekly_active_users", day=chm.day(), value=40 if healthy else 0)
    chm.add("metric_daily", customer=id, metric="hours_per_user", day=chm.day(-20), value=6 if healthy else 0)
    back = -3 if healthy else -60
    chm.add("usage_event", customer=id, contact=admin, event="login", at=chm.at(back))
    chm.add("usage_event", customer=id, event="use", feature="team_content", at=chm.at(back))
    chm.add("customer_goal", customer=id, metric="Hours", target=20, **({"last_progress_at": chm.day(-3)} if healthy else {}))
    chm.add("activity", customer=id, kind="training", at=chm.at(-3 if healthy else -200), summary="T")
    return id


def lose(chm: Apps, id: str) -> None:
    """Lose a customer today."""
    chm.add("churn_event", customer=id, at=chm.day(), kind="full", reason_code="price", amount_lost=900)
    chm.change("customer", id, status="churned")


def test_kept_by_the_band_of_then(chm: Apps, client_of: Callable[..., TestClient]) -> None:
    """Two at risk of whom one is lost, two healthy who stay; one lost before counts nowhere."""
    manager = vars(client_of("m@x.cn", "csm"))["user_id"]
    start = chm.clock.now()
    chm.clock.moment = start - timedelta(days=100)
    gone, *_ = (mature(chm, name, healthy=False, csm=manager) for name in ("Gone", "Lost", "Stays"))
    chm.clock.moment = start - timedelta(days=95)
    lose(chm, gone)
    for name in ("Well", "Better"):
        mature(chm, name, healthy=True, csm=manager)
    chm.clock.moment = start - timedelta(days=90)
    chm.run_scores()
    lost = next(r["id"] for r in chm.records("customer", "id", "name") if r["name"] == "Lost")
    chm.clock.moment = start - timedelta(days=10)
    lose(chm, lost)
    chm.clock.moment = start
    chm.add("churn_event", customer=gone, at=chm.day(-366), kind="downgrade", reason_code="price", amount_lost=50)
    chm.run_scores()

    lead = client_of("lead@x.cn", "cs_lead")
    asked = {name: lead.post("/api/v1/query", json=question(chm, name)) for name in ("kept_of_risk", "kept_of_fair", "kept_of_healthy", "managers_and_outcome")}
    assert {name: answer.status_code for name, answer in asked.items()} == dict.fromkeys(asked, 200)
    rows = {name: answer.json()["rows"] for name, answer in asked.items()}
    assert rows["kept_of_risk"] == [[pytest.approx(0.5)]]
    assert rows["kept_of_healthy"] == [[pytest.approx(1)]]
    assert rows["kept_of_fair"] == [[None]]
    (row,) = rows["managers_and_outcome"]
    assert (row[0]["id"], row[1], row[5]) == (manager, 3, 1800)
    assert row[2] < row[3]  # what was done three months ago no longer counts today

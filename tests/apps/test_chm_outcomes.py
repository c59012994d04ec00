"""Health against what became of the customers: kept by the band of 90 days ago, and managers by health and retention."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.records.deleting import delete
from tenon.platform.boot import make_worker
from tests.apps.conftest import SYSTEM, Apps
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


def test_without_the_source_of_usage_a_customer_is_neither_red_nor_green(chm: Apps, client_of: Callable[..., TestClient]) -> None:
    """90, 0 and 65 points; then the metrics of the third are gone: no band, no alert, in no list of falls, and in no average: (90 + 0) / 2."""
    manager, admin = vars(client_of("m@x.cn", "csm"))["user_id"], client_of("root@x.cn", "admin")
    chm.clock.moment -= timedelta(days=14)
    well, red = (mature(chm, name, healthy=name == "Well", csm=manager) for name in ("Well", "Red"))
    dropped = chm.add("customer", name="Dropped", status="active", customer_since=chm.day(-700), seats=100, chm_stage="mature", csm=manager)
    chm.add("customer_goal", customer=dropped, metric="Hours", target=20, last_progress_at=chm.day())
    chm.add("activity", customer=dropped, kind="training", at=chm.at(), summary="T")
    for name, value, day in (("weekly_active_users", 40, 0), ("hours_per_user", 6, -20)):
        chm.add("metric_daily", customer=dropped, metric=name, day=chm.day(day), value=value)
    make_worker(chm.platform).run_until_idle()

    def bands() -> dict[str, Any]:
        return {r["id"]: (r["health_band"], r["health_score"] if r["health_band"] else None) for r in chm.records("customer", "health_band", "health_score")}

    assert bands() == {well: ("healthy", 90), red: ("risk", 0), dropped: ("fair", 65)}
    chm.clock.moment += timedelta(days=14)
    chm.add("metric_daily", customer=well, metric="hours_per_user", day=chm.day(-10), value=6)
    with chm.platform.write() as uow:
        delete(uow, SYSTEM, uow.model.get_entity("metric_daily"), [r["id"] for r in chm.records("metric_daily", "id", filters=[f"customer == '{dropped}'"])])
    make_worker(chm.platform).run_until_idle()
    assert bands() == {well: ("healthy", 90), red: ("risk", 0), dropped: (None, None)}
    assert {(r["record"]["id"], r["type"]) for r in chm.records("alert", "record", "type")} == {(id, "inactivity") for id in (well, red)}  # nobody signed in
    shown = {name: admin.get(f"/api/v1/widgets/{name}/data").json() for name in ("average_health", "health_now", "health_by_industry", "managers_and_outcome", "drop_list", "insufficient_count")}
    assert [[float(shown[name]["rows"][0][place]) for name, place in (("average_health", 0), ("health_now", 0), ("health_by_industry", 1), ("managers_and_outcome", 2))]] == [[45] * 4]
    assert (shown["drop_list"]["rows"], shown["insufficient_count"]["rows"][0][0]) == ([], 1)
    for lists in ("view=falling", "view=expansion_list", "view=missing_data"):
        found = admin.get(f"/api/v1/records/customer?{lists}").json()["records"]
        assert [r["name"] for r in found] == {"view=expansion_list": ["Well"], "view=missing_data": ["Dropped"]}.get(lists, [])

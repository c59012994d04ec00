"""Dashboards, widgets, their export, movements and members of segments: shapes, statuses, rights."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from tenon.platform.workspace import Platform
from tests.platform.api.conftest import CUSTOMER, ORDER, SALES, Caller, codes, english, publish_all

ACTIVE: dict[str, Any] = {"kind": "segment", "name": "active", "entity": "customer", "filter": "stage == 'active'"}
BY_STAGE: dict[str, Any] = {
    "kind": "widget", "name": "by_stage", "type": "bar", "label": english("By stage", "按阶段"),
    "query": {"entity": "customer", "group_by": ["stage"], "measures": [{"name": "n", "label": english("Customers", "客户数"), "expr": "count()"}, {"name": "arr", "expr": "sum(arr)"}]},
}  # fmt: skip
MARGIN: dict[str, Any] = {
    "kind": "widget", "name": "margin", "type": "number", "query": {"entity": "customer", "measures": [{"name": "m", "expr": "sum(margin)"}]},
}
OVERVIEW: dict[str, Any] = {
    "kind": "dashboard", "name": "overview", "label": english("Overview", "总览"), "filters": [{"field": "stage"}, {"field": "created_at", "period": "this_month"}],
    "layout": [{"widget": "by_stage", "x": 0, "y": 0, "w": 6, "h": 4}, {"widget": "margin", "x": 6, "y": 0, "w": 3, "h": 2}],
}  # fmt: skip


@pytest.fixture
def records(platform: Platform, admin: TestClient) -> TestClient:
    """An administrator beside four customers, one of which is somebody's own."""
    publish_all(platform, CUSTOMER, ORDER, SALES, ACTIVE, BY_STAGE, MARGIN, OVERVIEW)
    rows = [{"name": "A", "stage": "active", "arr": "10.50", "margin": 7}, {"name": "B", "stage": "active", "arr": 2}, {"name": "C", "stage": "trial"}, {"name": "=D"}]
    assert admin.post("/api/v1/records/customer", json={"records": rows}).status_code == 200
    return admin


def test_a_dashboard_and_its_widgets(records: TestClient) -> None:
    found = records.get("/api/v1/dashboards/overview").json()
    assert (found["label"], [t["widget"] for t in found["layout"]], [f["field"] for f in found["filters"]]) == ("Overview", ["by_stage", "margin"], ["stage", "created_at"])
    assert records.get("/api/v1/dashboards").json() == {"dashboards": [{"name": "overview", "label": "Overview"}], "next": None}
    data = records.get("/api/v1/widgets/by_stage/data", params={"dashboard": "overview"}).json()
    assert data["rows"] == [["trial", 1, 0], ["active", 2, 12.5], [None, 1, 0]]
    assert data["columns"] == [{"name": "stage", "label": "stage", "type": "choice"}, {"name": "n", "label": "Customers", "type": "number"}, {"name": "arr", "label": "arr", "type": "number"}]
    for row, behind in zip(data["rows"], data["behind"], strict=True):
        assert records.get("/api/v1/records/customer", params={"filter": behind, "count": "exact"}).json()["count"] == row[1]
    chosen = records.get("/api/v1/widgets/by_stage/data", params={"where[stage]": "active", "filter": "arr > 5", "decimals": "text"}).json()
    assert chosen["rows"] == [["active", 1, "10.50"]]
    assert records.get("/api/v1/widgets/by_stage/data", params={"dashboard": "overview", "where[created_at]": "last_year"}).json()["rows"] == []


def test_an_export_in_the_readers_language(records: TestClient) -> None:
    answer = records.get("/api/v1/widgets/by_stage/export", headers={"Accept-Language": "zh-CN"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.decode("utf-8-sig").splitlines() == ["stage,客户数,arr", "trial,1,0.00", "活跃,2,12.50", ",1,0.00", "合计,4,12.50"]
    sheet = load_workbook(io.BytesIO(records.get("/api/v1/widgets/by_stage/export?format=xlsx").content)).active
    assert [[c.value for c in row] for row in sheet.iter_rows()][2] == ["Active", 2, 12.5]
    assert codes(records.get("/api/v1/widgets/by_stage/export?format=pdf")) == [("/format", "bad_choice")]


def test_members_of_a_segment(records: TestClient) -> None:
    first = records.get("/api/v1/segments/active/members", params={"limit": 1, "sort": "name", "fields": "name", "count": "exact"}).json()
    assert ([m["name"] for m in first["members"]], first["count"]) == (["A"], 2)
    rest = records.get("/api/v1/segments/active/members", params={"limit": 1, "sort": "name", "fields": "name", "after": first["next"]}).json()
    assert ([m["name"] for m in rest["members"]], rest["next"]) == (["B"], None)
    assert records.get("/api/v1/segments/nobody/members").status_code == 404


def test_movements(records: TestClient) -> None:
    body = {"entity": "customer", "field": "stage", "from": "2026-03-01", "to": "2026-03-02"}
    found = records.post("/api/v1/transitions", json=body).json()
    assert found["rows"] == [[None, "trial", 1], [None, "active", 2]]
    assert found["summary"]["entered"] == 3
    assert records.post("/api/v1/transitions", json={**body, "filter": "arr > 5"}).json()["totals"] == [None, None, 1]
    for wrong, expected in (
        ({"field": "name"}, ("/field", "type_mismatch")), ({"field": "nothing"}, ("/field", "unknown_field")), ({"from": "soon"}, ("/from", "bad_format")),
        ({"to": "2026-02-01"}, ("/to", "out_of_range")), ({"filter": "stage =="}, ("/filter", "bad_expression")), ({"until": 1}, ("/until", "unknown_field")),
    ):  # fmt: skip
        answer = records.post("/api/v1/transitions", json={**body, **wrong})
        assert (answer.status_code, codes(answer)[0]) == (422, expected)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/widgets/nothing/data", 404), ("/dashboards/nothing", 404), ("/widgets/by_stage/data?dashboard=nothing", 404), ("/widgets/by_stage/data?x=1", 400),
        ("/widgets/by_stage/data?where[]=1", 400), ("/widgets/by_stage/data?where[nothing]=1", 422), ("/widgets/by_stage/data?where[created_at]=soon", 422),
        ("/widgets/by_stage/data?where[stage]=none", 422), ("/widgets/by_stage/data?filter=x", 422), ("/widgets/by_stage/data?where[name]=%00", 400),
    ],
)  # fmt: skip
def test_what_is_refused(records: TestClient, path: str, status: int) -> None:
    answer = records.get(f"/api/v1{path}")
    assert answer.status_code == status, answer.text
    assert codes(answer)


def test_a_reader_gets_what_they_may_see(records: TestClient, caller: Caller, client: TestClient) -> None:
    sales = caller("sam@tenon.example", "sales")
    records.post("/api/v1/records/customer", json={"name": "Mine", "stage": "trial", "arr": 3, "owner": sales.__dict__["user_id"]})
    data = sales.get("/api/v1/widgets/by_stage/data").json()
    assert data["rows"] == [["trial", 1, 3], ["active", 2, 0]]
    answer = sales.get("/api/v1/widgets/margin/data")
    assert (answer.status_code, codes(answer)[0][1]) == (422, "unknown_field")
    assert "7" not in answer.text
    assert sales.get("/api/v1/widgets/by_stage/export").status_code == 403
    assert sales.get("/api/v1/widgets/by_stage/data", params={"where[margin]": "7"}).status_code == 422
    assert sales.post("/api/v1/transitions", json={"entity": "customer", "field": "stage", "from": "2026-03-01", "to": "2026-03-02"}).json()["totals"][-1] == 3
    nobody = caller("no@tenon.example")
    assert nobody.get("/api/v1/widgets/by_stage/data").status_code == 404
    assert nobody.get("/api/v1/dashboards/overview").json()["layout"] == []
    assert nobody.get("/api/v1/segments/active/members").status_code == 404
    assert client.get("/api/v1/dashboards/overview").status_code == 401

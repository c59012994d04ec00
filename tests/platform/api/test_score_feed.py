"""Scores in bulk for what reads them regularly: as many rows as the tables have, in pages and files, and no more than the reader may see."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from tenon.engine.scores.tables import snapshots
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import CUSTOMER, ORDER, SALES, Caller, codes, publish_all
from tests.platform.api.test_scores import HEALTH

NAMES = {"kind": "role", "name": "names", "grants": [{"entity": "customer", "actions": ["read", "export"], "read": ["name"]}]}


@pytest.fixture
def scored(platform: Platform, admin: TestClient) -> list[str]:
    """Five customers whose scores moved seven times in all since they came; nobody sees the sixth, which is in the trash."""
    publish_all(platform, CUSTOMER, ORDER, SALES, NAMES, HEALTH)
    ids = [str(admin.post("/api/v1/records/customer", json={"name": f"=C{n}", "arr": 100, "stage": "active" if n else "trial"}).json()["id"]) for n in range(6)]
    for id in ids:
        admin.patch(f"/api/v1/records/customer/{id}", json={"arr": 5000})
    for id in ids[:2]:
        admin.patch(f"/api/v1/records/customer/{id}", json={"arr": 200})
    assert admin.delete(f"/api/v1/records/customer/{ids[5]}").status_code == 204
    return ids[:5]


def paged(client: TestClient, what: str, **params: Any) -> list[dict[str, Any]]:
    """All pages of a feed."""
    found: list[dict[str, Any]] = []
    while True:
        answer = client.get(f"/api/v1/scores/health/{what}", params={"limit": 2, **params})
        assert answer.status_code == 200, answer.text
        found += answer.json()[what]
        if answer.json()["next"] is None:
            return found
        params["after"] = answer.json()["next"]


def test_as_many_rows_as_the_tables_have(platform: Platform, admin: TestClient, scored: list[str]) -> None:
    values, history = paged(admin, "records"), paged(admin, "history")
    assert {row["id"]: (row["title"], row["value"], row["band"]) for row in values} == {
        id: (f"=C{n}", (0, 48, 100, 100, 100)[n], "healthy" if n > 1 else "risk") for n, id in enumerate(scored)  # 40 points count 1.2 times without a pulse
    }
    with platform.read() as uow:
        score = uow.model.get("score", "health")
        stored = select(func.count()).select_from(snapshots).where(snapshots.c.score == score.id, snapshots.c.record.in_(scored))
        assert uow.connection.execute(stored).scalar_one() == len(history) == 12
    assert [row["id"] for row in history] == sorted({row["id"] for row in history})
    assert [(row["value"], row["band"]) for row in history if row["record"] == scored[1]] == [(48, "risk"), (100, "healthy"), (48, "risk")]
    assert paged(admin, "history", since="2100-01-01") == []
    assert codes(admin.get("/api/v1/scores/health/history?since=soon")) == [("/since", "bad_format")]
    assert codes(admin.get("/api/v1/scores/health/records?format=xml")) == [("/format", "bad_choice")]
    for what, rows in (("records", values), ("history", history)):
        sheet = admin.get(f"/api/v1/scores/health/{what}?format=csv")
        assert sheet.headers["content-disposition"] == f'attachment; filename="health_{what}.csv"'
        read = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
        assert [row["id"] for row in read] == [str(row["id"]) for row in rows]
        assert what == "history" or {row["title"][:3] for row in read} == {"'=C"}
        lines = [json.loads(line) for line in admin.get(f"/api/v1/scores/health/{what}?format=jsonl").text.splitlines()]
        assert lines == rows


def test_no_more_than_the_reader_may_see(admin: TestClient, caller: Caller, scored: list[str]) -> None:
    """The role sees all of its own customers and only the name of active ones; another only names: to that there is no score."""
    sales = caller("sam@tenon.example", "sales")
    assert admin.patch(f"/api/v1/records/customer/{scored[2]}", json={"owner": vars(sales)["user_id"]}).status_code == 200
    assert [row["id"] for row in paged(sales, "records")] == [scored[2]]
    assert {row["record"] for row in paged(sales, "history")} == {scored[2]}
    assert sales.get("/api/v1/scores/health/history?format=csv").status_code == 403
    names = caller("nina@tenon.example", "names")
    for what in ("records", "history", "records?format=csv", "history?format=jsonl"):
        assert names.get(f"/api/v1/scores/health/{what}").status_code == 404

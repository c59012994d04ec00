"""Checking a role for leaks: planted values, every door, nothing kept, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import system_context
from tenon.metamodel.errors import NotFound
from tenon.platform.leaks import DOORS, check_leaks, told
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import CUSTOMER, ORDER, SALES, Caller, publish_all
from tests.platform.api.test_scores import HEALTH
from tests.platform.api.test_simulate import everything

SYSTEM = system_context()
ELSEWHERE = ("formula", "page", "form", "choices", "palette", "widget", "export", "path", "merge")


@pytest.fixture
def workspace(platform: Platform, admin: TestClient, caller: Caller) -> dict[str, Any]:
    """Two customers of a seller and two of somebody else."""
    publish_all(platform, CUSTOMER, ORDER, SALES, HEALTH)
    seller = caller("ann@tenon.example", "sales")
    for n in range(2):
        admin.post("/api/v1/records/customer", json={"name": f"other {n}", "code": f"o{n}", "arr": 100, "stage": ("trial", "active")[n]})
        assert seller.post("/api/v1/records/customer", json={"name": f"own {n}", "stage": "trial"}).status_code == 201
    return dict(SALES)


def test_every_door_is_tried_and_nothing_is_kept(platform: Platform, workspace: dict[str, Any]) -> None:
    before = everything(platform)
    report = check_leaks(platform, SYSTEM, "sales")
    assert everything(platform) == before
    assert (report.leaks, report.unseen) == ([], [])
    assert report.rows >= 1
    assert report.fields >= 1
    assert all(report.tried[door] for door in DOORS if door not in ELSEWHERE), report.tried
    assert next((label, found) for label, _, found in told(report, "zh")) == ("列表", [])


def test_what_is_drafted_is_checked(platform: Platform, admin: TestClient, workspace: dict[str, Any]) -> None:
    role = admin.get("/api/v1/metadata/role/sales").json()
    grant = next(g for g in role["grants"] if g["entity"] == "customer")
    # The score is shown by name although what it is made of is not.
    grant.pop("hide", None)
    grant.pop("where", None)
    grant["read"] = ["name", "health_score"]
    assert admin.put("/api/v1/metadata/role/sales", json=role).status_code == 200
    leaks = check_leaks(platform, SYSTEM, "sales").leaks
    assert [(leak.door, leak.entity.name, leak.field and leak.field.name) for leak in leaks] == [("formula", "customer", "health_score")]


def test_a_role_that_is_not_there(platform: Platform, workspace: dict[str, Any]) -> None:
    with pytest.raises(NotFound):
        check_leaks(platform, SYSTEM, "nobody")

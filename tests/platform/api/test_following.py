"""Following records over the API: whom it tells, what is listed, and what stays out of sight."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tenon.engine.apps import find_app, install_all
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import Caller, publish_all
from tests.platform.api.test_mentions import OWN, customer, told
from tests.platform.people import SYSTEM


@pytest.fixture
def people(platform: Platform, caller: Caller) -> dict[str, TestClient]:
    """Ann sees all, Bo his own customers, over the app ``core``."""
    install_all(platform.publisher, SYSTEM, find_app("core"))
    publish_all(platform, OWN)
    return {"ann": caller("ann@tenon.example", "admin"), "bo": caller("bo@tenon.example", "own_ones")}


def listed(client: TestClient, query: str = "") -> list[str]:
    """Return the titles of what somebody follows."""
    return [each["title"] for each in client.get(f"/api/v1/following{query}").json()["following"]]


def test_a_record_is_followed_listed_told_of_and_let_go(people: dict[str, TestClient]) -> None:
    ann, bo = people["ann"], people["bo"]
    mine, other = customer(ann, "Followed", owner=vars(bo)["user_id"]), customer(ann, "Not seen")
    place = f"/api/v1/records/customer/{mine}/follow"
    assert bo.get(place).json() == {"following": False}
    for _ in range(2):
        assert bo.post(place).json() == {"following": True}
    assert bo.get(place).json() == {"following": True}
    [entry] = bo.get("/api/v1/following").json()["following"]
    assert (entry["entity"], entry["id"], entry["title"]) == ("customer", mine, "Followed")
    ann.patch(f"/api/v1/records/customer/{mine}", json={"name": "Followed still"})
    assert [record for _, record in told(bo)] == [mine]
    assert bo.post(f"/api/v1/records/customer/{other}/follow").status_code == 404
    assert bo.get(f"/api/v1/records/customer/{other}/follow").status_code == 404
    assert bo.post(f"/api/v1/records/nothing/{mine}/follow").status_code == 404
    ann.patch(f"/api/v1/records/customer/{mine}", json={"owner": vars(ann)["user_id"]})
    assert listed(bo) == []
    assert bo.delete(place).status_code == 204
    ann.patch(f"/api/v1/records/customer/{mine}", json={"owner": vars(bo)["user_id"]})
    assert listed(bo) == []


def test_what_is_followed_is_paged(people: dict[str, TestClient]) -> None:
    ann = people["ann"]
    for name in ("One", "Two", "Three"):
        ann.post(f"/api/v1/records/customer/{customer(ann, name)}/follow")
    first = ann.get("/api/v1/following?limit=2").json()
    assert [each["title"] for each in first["following"]] == ["Three", "Two"]
    assert listed(ann, f"?limit=2&after={first['next']}") == ["One"]
    assert ann.get("/api/v1/following?after=nonsense").status_code == 400
    assert ann.get("/api/v1/following?colour=red").status_code == 400

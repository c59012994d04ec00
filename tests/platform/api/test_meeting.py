"""A write over somebody else's change is refused with both sides, place by place, so that a program can merge them."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.platform.api.conftest import Caller

pytestmark = pytest.mark.usefixtures("release")
CUSTOMER = "/api/v1/metadata/entity/customer"


@pytest.fixture
def builder(caller: Caller) -> TestClient:
    return caller("bea@tenon.example", "builder")


def step(client: TestClient, *operations: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(f"{CUSTOMER}/operations", json={"operations": list(operations)})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def set_(at: str, value: Any) -> dict[str, Any]:
    return {"op": "set", "at": at, "value": value}


def places(refusal: dict[str, Any]) -> dict[str, tuple[Any, Any, Any, bool]]:
    return {p["pointer"]: (p["base"], p["yours"], p["theirs"], p["conflict"]) for p in refusal["places"]}


def test_a_stale_save_is_told_both_sides(admin: TestClient, builder: TestClient) -> None:
    first = admin.get(CUSTOMER)
    mine, seen = first.json(), first.headers["etag"]
    name = mine["fields"][0]["id"]
    step(builder, set_("/icon", "users"), set_("/label/en", "Client"))
    mine["icon"], mine["fields"][0]["label"]["en"] = "house", "Full name"
    refused = admin.put(CUSTOMER, json=mine, headers={"If-Match": seen})
    assert refused.status_code == 409
    told = refused.json()
    assert told["difference"]
    assert told["revision"] == admin.get(CUSTOMER).headers["etag"].strip('"')
    found = places(told)
    assert found["/icon"] == (first.json().get("icon"), "house", "users", True)
    assert found["/label/en"] == (first.json()["label"]["en"], first.json()["label"]["en"], "Client", False)
    assert found[f"/fields/{name}/label/en"][1:] == ("Full name", first.json()["fields"][0]["label"]["en"], False)
    assert len(found) == 3
    # The merge keeps what only one side changed, and mine where both did; it can be sent as it is.
    merged = told["merged"]
    assert (merged["icon"], merged["label"]["en"], merged["fields"][0]["label"]["en"]) == ("house", "Client", "Full name")
    saved = admin.put(CUSTOMER, json=merged, headers={"If-Match": f'"{told["revision"]}"'})
    assert saved.status_code == 200, saved.text
    assert admin.get(CUSTOMER).json() == merged


def test_over_a_revision_that_nobody_knows_everything_that_differs_is_a_conflict(admin: TestClient, builder: TestClient) -> None:
    mine = admin.get(CUSTOMER).json()
    step(builder, set_("/icon", "users"))
    mine["icon"] = "house"
    told = admin.put(CUSTOMER, json=mine, headers={"If-Match": '"long-ago"'}).json()
    assert places(told)["/icon"] == (None, "house", "users", True)
    assert set(places(told)) == {"/icon"}


def test_late_operations_are_told_both_sides(admin: TestClient, builder: TestClient) -> None:
    seen = admin.get(CUSTOMER).headers["etag"]
    step(builder, set_("/icon", "users"))
    late = admin.post(f"{CUSTOMER}/operations", json={"operations": [set_("/icon", "star")]}, headers={"If-Match": seen})
    assert late.status_code == 409
    assert places(late.json())["/icon"][1:] == ("star", "users", True)


def test_undo_and_redo_under_somebody_elses_step(admin: TestClient, builder: TestClient) -> None:
    before = admin.get(CUSTOMER).json()
    name = before["fields"][0]["id"]
    step(admin, set_("/label/en", "Client"), set_("/icon", "star"))
    step(builder, set_("/icon", "users"), set_(f"/fields/{name}/label/en", "Full name"))
    refused = admin.post(f"{CUSTOMER}/undo", json={})
    assert refused.status_code == 409
    found = places(refused.json())
    assert found["/label/en"] == ("Client", before["label"]["en"], "Client", False)
    assert found["/icon"] == ("star", before.get("icon"), "users", True)
    merged = refused.json()["merged"]
    assert merged["label"]["en"] == before["label"]["en"]
    assert merged["fields"][0]["label"]["en"] == "Full name"
    # Nothing was written by the refusal.
    assert admin.get(CUSTOMER).json()["icon"] == "users"


def test_what_one_took_back_can_be_done_again_over_others(admin: TestClient, builder: TestClient) -> None:
    before = admin.get(CUSTOMER).json()
    step(admin, set_("/label/en", "Client"))
    assert admin.post(f"{CUSTOMER}/undo", json={}).status_code == 200
    step(builder, set_("/icon", "users"))
    refused = admin.post(f"{CUSTOMER}/redo", json={})
    assert refused.status_code == 409
    assert places(refused.json())["/label/en"] == (before["label"]["en"], "Client", before["label"]["en"], False)
    assert (refused.json()["merged"]["label"]["en"], refused.json()["merged"]["icon"]) == ("Client", "users")


def test_nothing_of_ones_own_is_nothing_to_merge(admin: TestClient, builder: TestClient) -> None:
    step(builder, set_("/icon", "users"))
    refused = admin.post(f"{CUSTOMER}/undo", json={})
    assert refused.status_code == 409
    assert "places" not in refused.json()

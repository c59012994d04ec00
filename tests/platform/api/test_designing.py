from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.platform.api.conftest import Caller, codes

pytestmark = pytest.mark.usefixtures("release")
CUSTOMER = "/api/v1/metadata/entity/customer"


def fields(client: TestClient) -> dict[str, str]:
    return {f["name"]: f["id"] for f in client.get(CUSTOMER).json()["fields"]}


def step(client: TestClient, *operations: dict[str, Any], expect: int = 200) -> dict[str, Any]:
    answer = client.post(f"{CUSTOMER}/operations", json={"operations": list(operations)})
    assert answer.status_code == expect, answer.text
    return dict(answer.json())


def test_operations_set_insert_move_and_remove(admin: TestClient) -> None:
    ids = fields(admin)
    names = list(ids)
    done = step(
        admin,
        {"op": "set", "at": "/label/zh", "value": "客户单位"},
        {"op": "insert", "at": "/fields", "index": 1, "value": {"name": "nickname", "type": "text", "label": {"zh": "昵称"}}},
        {"op": "set", "at": f"/fields/{ids[names[0]]}/label/en", "value": "Full name"},
        {"op": "move", "item": ids[names[-1]], "to": "/fields", "index": 0},
    )
    document = done["document"]
    assert document["label"]["zh"] == "客户单位"
    assert [f["name"] for f in document["fields"]] == [names[-1], names[0], "nickname", *names[1:-1]]
    assert document["fields"][1]["label"]["en"] == "Full name"
    assert document["fields"][2]["id"]
    assert (done["can_undo"], done["can_redo"]) == (True, False)
    after = step(admin, {"op": "remove", "item": document["fields"][2]["id"]})
    assert "nickname" not in [f["name"] for f in after["document"]["fields"]]
    assert admin.get(CUSTOMER).json() == after["document"]


def test_steps_are_undone_and_done_again(admin: TestClient) -> None:
    before = admin.get(CUSTOMER).json()
    step(admin, {"op": "set", "at": "/icon", "value": "users"})
    named = step(admin, {"op": "set", "at": "/name", "value": "client"})["document"]
    assert named["name"] == "client"
    path = "/api/v1/metadata/entity/client"
    back = admin.post(f"{path}/undo", json={}).json()
    assert (back["document"]["name"], back["document"]["icon"], back["can_undo"], back["can_redo"]) == ("customer", "users", True, True)
    first = admin.post(f"{CUSTOMER}/undo", json={}).json()
    assert (first["document"], first["can_undo"]) == (before, False)
    assert admin.get("/api/v1/metadata/changes").json()["changes"] == []
    assert codes(admin.post(f"{CUSTOMER}/undo", json={})) == [("", "conflict")]
    admin.post(f"{CUSTOMER}/redo", json={})
    again = admin.post(f"{CUSTOMER}/redo", json={}).json()
    assert (again["document"]["name"], again["can_redo"]) == ("client", False)
    assert admin.post(f"{path}/undo", json={}).status_code == 200
    step(admin, {"op": "set", "at": "/icon", "value": "star"})
    assert codes(admin.post(f"{CUSTOMER}/redo", json={})) == [("", "conflict")]


def test_a_step_is_undone_under_the_names_of_today(admin: TestClient) -> None:
    ids = fields(admin)
    step(admin, {"op": "set", "at": "/search", "value": None})
    step(admin, {"op": "set", "at": f"/fields/{ids['name']}/name", "value": "title"})
    admin.post(f"{CUSTOMER}/undo", json={})
    back = admin.post(f"{CUSTOMER}/undo", json={})
    assert back.status_code == 200, back.text
    assert "name" in fields(admin)


def test_the_step_of_somebody_else_is_theirs(admin: TestClient, caller: Caller) -> None:
    builder = caller("bea@tenon.example", "builder")
    step(builder, {"op": "set", "at": "/icon", "value": "users"})
    refused = admin.post(f"{CUSTOMER}/undo", json={})
    assert (refused.status_code, codes(refused)) == (409, [("", "conflict")])
    seen = admin.get(CUSTOMER).headers["etag"]
    step(builder, {"op": "set", "at": "/icon", "value": "star"})
    late = admin.post(f"{CUSTOMER}/operations", json={"operations": [{"op": "set", "at": "/icon", "value": "x"}]}, headers={"If-Match": seen})
    assert late.status_code == 409


def test_nothing_is_half_done(admin: TestClient) -> None:
    before = admin.get(CUSTOMER).json()
    first = before["fields"][0]["id"]
    for operations, problem in (
        ([{"op": "set", "at": "/icon", "value": "users"}, {"op": "remove", "item": "gone"}], ("/operations/1/item", "unknown_name")),
        ([{"op": "turn", "item": first}], ("/operations/0/op", "bad_format")),
        ([{"op": "set", "at": "icon", "value": "x"}], ("/operations/0/at", "bad_format")),
        ([{"op": "insert", "at": "/label", "value": {}}], ("/operations/0/at", "bad_format")),
        ([{"op": "move", "item": first, "to": "/fields", "index": -1}], ("/operations/0/index", "bad_format")),
        ([{"op": "remove", "item": first, "deep": True}], ("/operations/0/deep", "bad_format")),
        ([{"op": "set", "at": f"/fields/{first}/type", "value": "nonsense"}], None),
    ):
        answer = admin.post(f"{CUSTOMER}/operations", json={"operations": operations})
        assert answer.status_code == 422, operations
        if problem is not None:
            assert codes(answer) == [problem]
    assert codes(admin.post(f"{CUSTOMER}/operations", json={"operations": {}})) == [("/operations", "wrong_type")]
    assert admin.get(CUSTOMER).json() == before


def test_only_builders_design(admin: TestClient, caller: Caller) -> None:
    seller = caller("sol@tenon.example", "sales")
    for name in ("operations", "undo", "redo"):
        assert seller.post(f"{CUSTOMER}/{name}", json={"operations": []} if name == "operations" else {}).status_code == 403


def test_publishing_ends_the_steps(admin: TestClient) -> None:
    step(admin, {"op": "set", "at": "/icon", "value": "users"})
    assert admin.post("/api/v1/metadata/publish", json={}).status_code == 200
    assert codes(admin.post(f"{CUSTOMER}/undo", json={})) == [("", "conflict")]

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.platform.api.conftest import Caller, codes

pytestmark = pytest.mark.usefixtures("release")


def actions(answer: Any) -> dict[str, bool]:
    """Return what is allowed."""
    assert answer.status_code == 200, answer.text
    return {each["action"]: each["allowed"] for each in answer.json()["actions"]}


def test_a_person_learns_what_they_may_do_and_why(caller: Caller, admin: TestClient) -> None:
    sam, tom = caller("sam@tenon.example", "sales"), caller("tom@tenon.example", "sales")
    record = sam.post("/api/v1/records/customer", json={"name": "Ada", "stage": "active"}).json()
    own = sam.get("/api/v1/access/explain", params={"entity": "customer", "id": record["id"]})
    assert actions(own)["update"] is True
    assert actions(own)["delete"] is False
    update = next(a for a in own.json()["actions"] if a["action"] == "update")
    assert update["grants"] == [{"role": "sales", "actions": ["read", "create", "update"], "where": "owner == user.id", "holds": True}]
    assert update["why"]["en"] == "Roles grant it: sales."
    others = tom.get("/api/v1/access/explain", params={"entity": "customer", "id": record["id"]})
    assert (actions(others)["read"], actions(others)["update"]) == (True, False)
    refused = next(a for a in others.json()["actions"] if a["action"] == "update")
    assert refused["why"] == {"en": "Roles grant it (sales), but not for this record.", "zh": "角色 sales 授予该权限，但条件对该记录不成立。"}
    nothing = next(a for a in others.json()["actions"] if a["action"] == "merge")
    assert nothing["why"]["zh"] == "没有任何角色授予该权限。"


def test_the_state_of_a_field_is_told_for_the_record(caller: Caller, admin: TestClient) -> None:
    sam, tom = caller("sam@tenon.example", "sales"), caller("tom@tenon.example", "sales")
    record = sam.post("/api/v1/records/customer", json={"name": "Ada", "stage": "active"}).json()

    def state(user: TestClient, field: str, **more: str) -> str:
        params = {"entity": "customer", "user": vars(user)["user_id"], "field": field, **more}
        return str(admin.get("/api/v1/access/explain", params=params).json()["field"]["state"])

    assert [state(sam, f) for f in ("name", "arr", "phone", "margin")] == ["full", "partly", "masked", "hidden"]
    assert [state(sam, f, id=record["id"]) for f in ("name", "arr", "phone", "margin")] == ["full", "full", "masked", "hidden"]
    assert [state(tom, f, id=record["id"]) for f in ("name", "arr")] == ["full", "hidden"]
    told = sam.get("/api/v1/access/explain", params={"entity": "customer", "field": "arr"}).json()["field"]
    assert (told["may_write"], told["why"]["en"], told["why"]["zh"]) == (True, "arr is seen on some records only.", "arr仅在部分记录上可见。")
    hidden = sam.get("/api/v1/access/explain", params={"entity": "customer", "field": "margin"})
    assert (hidden.status_code, codes(hidden)) == (422, [("/field", "unknown_field")])


def test_of_others_only_administrators_ask(caller: Caller, admin: TestClient) -> None:
    sam, bea = caller("sam@tenon.example", "sales"), caller("bea@tenon.example", "builder")
    root = vars(admin)["user_id"]
    refused = sam.get("/api/v1/access/explain", params={"entity": "customer", "user": root})
    assert (refused.status_code, codes(refused)) == (403, [("", "forbidden")])
    assert all(actions(admin.get("/api/v1/access/explain", params={"entity": "customer"})).values())
    admin.patch(f"/api/v1/users/{vars(sam)['user_id']}", json={"state": "disabled"})
    off = admin.get("/api/v1/access/explain", params={"entity": "customer", "user": vars(sam)["user_id"], "field": "name"})
    assert not any(actions(off).values())
    assert off.json()["field"]["state"] == "hidden"
    assert bea.get("/api/v1/access/explain", params={"entity": "customer"}).status_code == 404
    for params, status in (({}, 422), ({"entity": "nothing"}, 404), ({"entity": "user"}, 404), ({"entity": "customer", "id": "x"}, 404),
                           ({"entity": "customer", "user": "x"}, 404)):
        assert admin.get("/api/v1/access/explain", params=params).status_code == status

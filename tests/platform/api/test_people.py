from __future__ import annotations

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tenon.platform.clock import real_now
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import Caller, codes
from tests.platform.people import PASSWORD, add

NOBODY = "01890000-0000-7000-8000-000000000000"


def test_people_are_made_listed_and_changed(admin: TestClient, client: TestClient, platform: Platform) -> None:
    unit = admin.post("/api/v1/units", json={"name": "North"}).json()
    body = {"email": "Ann@tenon.example", "name": "Ann", "roles": ["builder"], "unit": unit["id"], "language": "zh", "password": PASSWORD}
    made = admin.post("/api/v1/users", json=body)
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/v1/users/{made.json()['id']}"
    assert made.json()["state"] == "active"
    assert "password" not in str(made.json())
    invited = admin.post("/api/v1/users", json={"email": "bo@tenon.example", "name": "Bo"}).json()
    assert (invited["state"], invited["language"]) == ("invited", "en")
    assert [u["name"] for u in admin.get("/api/v1/users").json()["users"]] == ["Bo", "Ann", "Root"]
    assert [u["name"] for u in admin.get("/api/v1/users?state=invited").json()["users"]] == ["Bo"]
    assert [u["name"] for u in admin.get("/api/v1/users?search=ANN@").json()["users"]] == ["Ann"]
    page = admin.get("/api/v1/users?limit=2").json()
    assert [u["name"] for u in admin.get("/api/v1/users", params={"limit": 2, "after": page["next"]}).json()["users"]] == ["Root"]
    changed = admin.patch(f"/api/v1/users/{made.json()['id']}", json={"name": "Anna", "roles": []})
    assert (changed.json()["name"], changed.json()["roles"]) == ("Anna", [])
    assert admin.get(f"/api/v1/users/{made.json()['id']}").json() == changed.json()


def test_wrong_people_are_refused(admin: TestClient) -> None:
    def refused(body: dict[str, object], status: int = 422) -> list[tuple[str, str]]:
        answer = admin.post("/api/v1/users", json=body)
        assert answer.status_code == status
        return codes(answer)

    good = {"email": "ann@tenon.example", "name": "Ann"}
    assert refused({}) == [("/email", "required"), ("/name", "required")]
    assert refused({**good, "unit": {"id": 1}}) == [("/unit", "wrong_type")]
    assert refused({**good, "unit": NOBODY}) == [("/unit", "no_such_record")]
    assert refused({**good, "email": "ann"}) == [("/email", "bad_format")]
    assert refused({**good, "name": "a\0b"}) == [("/name", "bad_format")]
    assert refused({**good, "roles": ["ceo"]}) == [("/roles", "bad_choice")]
    assert refused({**good, "roles": "admin"}) == [("/roles", "wrong_type")]
    assert refused({**good, "is_admin": True}) == [("/is_admin", "unknown_field")]
    assert refused({**good, "password": "short"}) == [("/password", "out_of_range")]
    assert refused({"email": "root@tenon.example", "name": "Root"}, 409) == [("/email", "not_unique")]
    chinese = admin.post("/api/v1/users", json={}, headers={"Accept-Language": "zh-CN"}).json()
    assert chinese["title"] == "部分内容不正确"
    assert codes(admin.get("/api/v1/users?state=gone")) == [("/state", "bad_choice")]
    assert codes(admin.get("/api/v1/users?stat=active")) == [("/stat", "unknown_parameter")]
    assert codes(admin.get("/api/v1/users?limit=501")) == [("/limit", "out_of_range")]
    assert codes(admin.get("/api/v1/users?after=xx")) == [("/after", "bad_cursor")]
    for gone in (NOBODY, "x", "%00", "王"):
        assert admin.get(f"/api/v1/users/{gone}").status_code == 404
        assert admin.patch(f"/api/v1/users/{gone}", json={"name": "X"}).status_code == 404


def test_the_last_administrator_stays(admin: TestClient) -> None:
    refused = admin.patch(f"/api/v1/users/{vars(admin)['user_id']}", json={"state": "disabled"})
    assert (refused.status_code, codes(refused)) == (409, [("/roles", "blocked")])


def test_others_see_a_directory_and_change_themselves(caller: Caller, admin: TestClient, platform: Platform) -> None:
    ann = caller("ann@tenon.example")
    add(platform.database, "off@tenon.example", state="disabled")
    listed = ann.get("/api/v1/users").json()["users"]
    assert [set(u) for u in listed] == [{"id", "name", "email", "unit", "manager"}] * 2
    assert ann.get("/api/v1/users?state=disabled").status_code == 403
    mine = f"/api/v1/users/{vars(ann)['user_id']}"
    assert ann.get(mine).json()["roles"] == []
    assert "roles" not in ann.get(f"/api/v1/users/{vars(admin)['user_id']}").json()
    assert ann.patch(mine, json={"name": "Annie", "language": "zh"}).json()["name"] == "Annie"
    assert ann.patch(mine, json={"roles": ["admin"]}).status_code == 403
    assert ann.patch(f"/api/v1/users/{vars(admin)['user_id']}", json={"name": "X"}).status_code == 403
    for method, path in (("POST", "/users"), ("POST", f"/users/{NOBODY}/invite"), ("POST", "/units"), ("PATCH", f"/units/{NOBODY}")):
        assert ann.request(method, f"/api/v1{path}", json={}).status_code == 403


def test_a_disabled_person_is_out_at_once(caller: Caller, admin: TestClient) -> None:
    ann = caller("ann@tenon.example")
    assert ann.get("/api/v1/session").status_code == 200
    admin.patch(f"/api/v1/users/{vars(ann)['user_id']}", json={"state": "disabled"})
    assert ann.get("/api/v1/session").status_code == 401


@pytest.mark.usefixtures("release")
def test_an_assigned_role_acts_at_once(caller: Caller, admin: TestClient) -> None:
    ann = caller("ann@tenon.example")
    assert ann.get("/api/v1/records/customer").status_code == 404
    admin.patch(f"/api/v1/users/{vars(ann)['user_id']}", json={"roles": ["sales"]})
    assert ann.get("/api/v1/records/customer").status_code == 200
    roles = admin.get("/api/v1/roles").json()["roles"]
    assert [(r["name"], r["label"], r["is_built_in"]) for r in roles] == [("admin", "Administrator", True), ("builder", "Builder", True), ("sales", "Sales", False)]
    assert admin.get("/api/v1/roles", headers={"Accept-Language": "zh"}).json()["roles"][2]["label"] == "销售"


def test_invitations_go_by_mail_or_by_hand(admin: TestClient, platform: Platform) -> None:
    made = admin.post("/api/v1/users", json={"email": "bo@tenon.example", "name": "Bo"}).json()
    sent = admin.post(f"/api/v1/users/{made['id']}/invite")
    assert (sent.status_code, sent.json()) == (202, {"by_mail": True, "link": None})
    object.__setattr__(platform.outside.mail, "is_set_up", False)
    handed = admin.post(f"/api/v1/users/{made['id']}/invite").json()
    assert re.fullmatch(r"http://tenon\.test/invitation#\S+", handed["link"])
    root = vars(admin)["user_id"]
    refused = admin.post(f"/api/v1/users/{root}/invite")
    assert (refused.status_code, codes(refused)) == (409, [("/state", "conflict")])


def test_units_form_a_tree(admin: TestClient, caller: Caller) -> None:
    top = admin.post("/api/v1/units", json={"name": "Top"})
    assert top.status_code == 201
    low = admin.post("/api/v1/units", json={"name": "Low", "parent": top.json()["id"]}).json()
    circle = admin.patch(f"/api/v1/units/{top.json()['id']}", json={"parent": low["id"]})
    assert (circle.status_code, codes(circle)) == (422, [("/parent", "refused")])
    assert admin.patch(f"/api/v1/units/{low['id']}", json={"name": "Lower"}).json()["name"] == "Lower"
    assert codes(admin.post("/api/v1/units", json={"name": 5})) == [("/name", "wrong_type")]
    assert codes(admin.post("/api/v1/units", json={})) == [("/name", "required")]
    assert [u["name"] for u in caller("ann@tenon.example").get("/api/v1/units").json()["units"]] == ["Lower", "Top"]
    assert admin.get(f"/api/v1/units/{low['id']}").json()["parent"] == top.json()["id"]


def test_tokens_are_told_once_narrowed_and_revoked(admin: TestClient, client: TestClient, caller: Caller) -> None:
    made = admin.post("/api/v1/tokens", json={"name": "sync", "roles": ["builder"], "expires_at": (real_now() + timedelta(days=1)).isoformat()})
    assert made.status_code == 201
    token = made.json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    who = client.get("/api/v1/session", headers=bearer).json()
    assert who["roles"] == ["builder"]
    refused = client.post("/api/v1/tokens", json={"name": "more"}, headers=bearer)
    assert (refused.status_code, codes(refused)) == (403, [("", "forbidden")])
    listed = admin.get("/api/v1/tokens").json()["tokens"]
    assert token not in str(listed)
    assert listed[0]["prefix"] == token[:10]
    assert admin.delete(f"/api/v1/tokens/{made.json()['id']}").status_code == 204
    assert client.get("/api/v1/session", headers=bearer).status_code == 401
    ann = caller("ann@tenon.example")
    assert len(ann.get("/api/v1/tokens").json()["tokens"]) == 1
    assert ann.get(f"/api/v1/tokens?user={vars(admin)['user_id']}").status_code == 403
    assert ann.delete(f"/api/v1/tokens/{listed[-1]['id']}").status_code == 404
    other = admin.post("/api/v1/tokens", json={"name": "x", "user": vars(ann)["user_id"]}).json()
    assert admin.patch(f"/api/v1/tokens/{other['id']}", json={"revoked": True}).status_code == 204
    assert codes(admin.patch(f"/api/v1/tokens/{other['id']}", json={"revoked": False})) == [("/revoked", "refused")]
    assert codes(admin.post("/api/v1/tokens", json={"name": "x", "addresses": ["here"]})) == [("/addresses/0", "bad_format")]
    assert codes(admin.post("/api/v1/tokens", json={"name": "x", "expires_at": "tomorrow"})) == [("/expires_at", "bad_format")]

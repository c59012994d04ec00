from __future__ import annotations

from fastapi import FastAPI
from starlette.testclient import TestClient

from tenon.platform import invitations
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import BASE, Caller, codes
from tests.platform.people import PASSWORD, add

SIGN_IN = {"email": "Ann@tenon.example", "password": PASSWORD}


def test_a_session_begins_tells_who_it_is_and_ends(client: TestClient, platform: Platform) -> None:
    user_id = add(platform.database, "ann@tenon.example", ["builder"])
    begun = client.post("/api/v1/session", json=SIGN_IN)
    assert begun.status_code == 200
    cookie = begun.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    who = client.get("/api/v1/session").json()
    assert who == begun.json()
    assert who["user"] == {"id": user_id, "name": "Ann", "email": "ann@tenon.example"}
    assert (who["roles"], who["unit"], who["language"], who["may_build"], who["is_admin"]) == (["builder"], None, "en", True, False)
    refused = client.delete("/api/v1/session")
    assert (refused.status_code, codes(refused)) == (403, [("", "forbidden")])
    token = client.cookies["tenon_session"]
    assert client.delete("/api/v1/session", headers={"X-CSRF-Token": who["csrf"]}).status_code == 204
    again = client.get("/api/v1/session", cookies={"tenon_session": token})
    assert (again.status_code, codes(again)) == (401, [("", "forbidden")])


def test_over_tls_the_cookie_is_bound_to_the_host(platform: Platform, api: FastAPI) -> None:
    object.__setattr__(platform.settings, "base_url", "https://tenon.test")
    add(platform.database, "ann@tenon.example")
    with TestClient(api, base_url="https://tenon.test") as client:
        begun = client.post("/api/v1/session", json=SIGN_IN)
        assert begun.headers["set-cookie"].startswith("__Host-tenon_session=")
        assert "; Secure" in begun.headers["set-cookie"]
        assert client.get("/api/v1/session").status_code == 200


def test_wrong_passwords_and_unknown_people_are_answered_alike_and_locked(client: TestClient, platform: Platform) -> None:
    add(platform.database, "ann@tenon.example")
    wrong = client.post("/api/v1/session", json={**SIGN_IN, "password": "no"})
    unknown = client.post("/api/v1/session", json={**SIGN_IN, "email": "bob@tenon.example"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    chinese = client.post("/api/v1/session", json={**SIGN_IN, "password": "no"}, headers={"Accept-Language": "zh-CN"})
    assert chinese.json()["title"] == "请先登录"
    for _ in range(8):
        client.post("/api/v1/session", json={**SIGN_IN, "password": "no"})
    locked = client.post("/api/v1/session", json=SIGN_IN)
    assert (locked.status_code, codes(locked)) == (429, [("", "over_limit")])
    assert int(locked.headers["retry-after"]) > 0


def test_writes_by_cookie_need_our_own_page(client: TestClient, platform: Platform) -> None:
    add(platform.database, "ann@tenon.example", ["admin"])
    csrf = client.post("/api/v1/session", json=SIGN_IN).json()["csrf"]
    body = {"name": "North"}
    for headers in ({}, {"X-CSRF-Token": "x"}, {"X-CSRF-Token": csrf, "Origin": "https://evil.test"}, {"X-CSRF-Token": csrf, "Sec-Fetch-Site": "same-site"}):
        assert client.post("/api/v1/units", json=body, headers=headers).status_code == 403
    assert client.post("/api/v1/units", json=body, headers={"X-CSRF-Token": csrf, "Origin": BASE}).status_code == 201
    foreign = client.post("/api/v1/session", json=SIGN_IN, headers={"Origin": "https://evil.test"})
    assert (foreign.status_code, codes(foreign)) == (403, [("", "forbidden")])


def test_bodies_of_sign_in_are_checked(client: TestClient) -> None:
    def refused(content: bytes | None = None, **more: object) -> tuple[int, list[tuple[str, str]]]:
        found = client.post("/api/v1/session", content=content, headers={"Content-Type": "application/json"}) if content is not None else client.post("/api/v1/session", **more)  # type: ignore[arg-type]
        return found.status_code, codes(found)

    assert refused(b"{") == (400, [("", "bad_format")])
    assert refused(b"[]") == (422, [("", "wrong_type")])
    assert refused(json={"email": "a"}) == (422, [("/password", "required")])
    assert refused(json={"email": 5, "password": "x"}) == (422, [("/email", "wrong_type")])
    assert refused(json={"email": "a", "password": "x", "role": "admin"}) == (422, [("/role", "unknown_field")])
    assert refused(data={"email": "a", "password": "x"}) == (415, [("", "bad_format")])


def test_the_workspace_is_set_up_once(client: TestClient, platform: Platform) -> None:
    with platform.write() as uow:
        token = invitations.make_link(uow.connection, "setup")
    body = {"token": token, "name": "Root", "email": "root@tenon.example", "password": PASSWORD}
    weak = client.post("/api/v1/session/setup", json={**body, "password": "short"})
    assert (weak.status_code, codes(weak)) == (422, [("/password", "out_of_range")])
    done = client.post("/api/v1/session/setup", json=body, headers={"Accept-Language": "zh"})
    assert done.status_code == 200
    assert done.json()["roles"] == ["admin", "builder"]
    assert done.json()["language"] == "zh"
    assert client.get("/api/v1/session").status_code == 200
    again = client.post("/api/v1/session/setup", json=body)
    assert (again.status_code, codes(again)) == (401, [("", "refused")])


def test_a_new_password_is_asked_for_and_chosen(client: TestClient, platform: Platform) -> None:
    user_id = add(platform.database, "ann@tenon.example")
    known = client.post("/api/v1/session/reset", json={"email": "ann@tenon.example"})
    unknown = client.post("/api/v1/session/reset", json={"email": "nobody@tenon.example"})
    assert known.status_code == unknown.status_code == 204
    with platform.write() as uow:
        token = invitations.make_link(uow.connection, "reset", user_id)
    old = client.post("/api/v1/session", json=SIGN_IN).cookies["tenon_session"]
    both = client.post("/api/v1/session/reset", json={"email": "a", "token": token})
    assert (both.status_code, codes(both)) == (422, [("/email", "unknown_field")])
    done = client.post("/api/v1/session/reset", json={"token": token, "password": "four red kites"})
    assert done.json()["user"]["id"] == user_id
    assert client.get("/api/v1/session", cookies={"tenon_session": old}).status_code == 401
    used = client.post("/api/v1/session/reset", json={"token": token, "password": "four red kites"}, headers={"Accept-Language": "zh"})
    assert used.status_code == 401
    assert "链接已失效" in used.json()["detail"]


def test_an_invitation_is_accepted_once(client: TestClient, platform: Platform, admin: TestClient) -> None:
    made = admin.post("/api/v1/users", json={"email": "bo@tenon.example", "name": "Bo"}).json()
    with platform.write() as uow:
        token = invitations.make_link(uow.connection, "invitation", made["id"])
    accepted = client.post("/api/v1/session/invitation", json={"token": token, "password": PASSWORD})
    assert accepted.json()["user"]["id"] == made["id"]
    assert client.post("/api/v1/session/invitation", json={"token": token, "password": PASSWORD}).status_code == 401


def test_a_link_signs_in_once(client: TestClient, platform: Platform) -> None:
    user_id = add(platform.database, "ann@tenon.example", ["admin"])
    with platform.write() as uow:
        token = invitations.make_link(uow.connection, "sign_in", user_id)
    entered = client.get(f"/enter/{token}")
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert client.get("/api/v1/session").json()["user"]["id"] == user_id
    client.cookies.clear()
    for dead in (token, "x"):
        again = client.get(f"/enter/{dead}")
        assert (again.status_code, again.headers["location"]) == (303, "/sign-in?link=dead")
    assert client.get("/api/v1/session").status_code == 401


def test_a_person_changes_the_own_password(client: TestClient, platform: Platform, caller: Caller) -> None:
    add(platform.database, "ann@tenon.example")
    csrf = client.post("/api/v1/session", json=SIGN_IN).json()["csrf"]
    headers = {"X-CSRF-Token": csrf}
    wrong = client.post("/api/v1/session/password", json={"old_password": "no", "password": "four red kites"}, headers=headers)
    assert (wrong.status_code, codes(wrong)) == (403, [("/old_password", "refused")])
    done = client.post("/api/v1/session/password", json={"old_password": PASSWORD, "password": "four red kites"}, headers=headers)
    assert done.status_code == 204
    assert client.get("/api/v1/session").status_code == 200
    by_token = caller("bo@tenon.example").post("/api/v1/session/password", json={"old_password": PASSWORD, "password": "four red kites"})
    assert by_token.status_code == 403


def test_tokens_of_bearers(client: TestClient, caller: Caller) -> None:
    assert caller("ann@tenon.example").get("/api/v1/session").json()["csrf"] is None
    dead = client.get("/api/v1/session", headers={"Authorization": "Bearer tnn_no"})
    assert (dead.status_code, dead.headers["www-authenticate"]) == (401, "Bearer")

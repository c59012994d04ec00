"""Getting in, staying out, and writes that come from elsewhere."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tenon.ui.deps import safe_next
from tests.ui.fake_backend import PASSWORD, FakeBackend


def test_a_stranger_is_led_to_sign_in_and_back(visitor: TestClient) -> None:
    answer = visitor.get("/records/customer?q=a")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/records/customer%3Fq%3Da")
    sent = {"email": "lin@example.com", "password": PASSWORD, "next": "/records/customer?q=a"}
    answer = visitor.post("/sign-in", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/records/customer?q=a")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("tenon_session"))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert visitor.get("/records/customer").status_code == 200


def test_a_wrong_password_keeps_the_address(visitor: TestClient) -> None:
    answer = visitor.post("/sign-in", data={"email": "lin@example.com", "password": "no"})
    assert answer.status_code == 401
    assert "E-mail or password is not right." in answer.text
    assert 'value="lin@example.com"' in answer.text
    assert visitor.post("/sign-in", data={"email": "busy@example.com", "password": "no"}).status_code == 429


def test_set_up_works_once(visitor: TestClient, backend: FakeBackend) -> None:
    form = {
        "token": "first-link-of-this-workspace",
        "name": "Lin Yue",
        "email": "lin@example.com",
        "password": "short",
        "password_again": "short",
    }
    answer = visitor.post("/setup", data=form)
    assert (answer.status_code, "at least 12 characters" in answer.text.lower()) == (422, True)
    answer = visitor.post("/setup", data={**form, "password": PASSWORD, "password_again": "other"})
    assert "The two passwords differ" in answer.text
    answer = visitor.post("/setup", data={**form, "password": PASSWORD, "password_again": PASSWORD})
    assert answer.status_code == 303
    assert visitor.get("/apps").status_code == 200
    visitor.cookies.clear()
    assert visitor.post("/setup", data=form).status_code == 404


def test_an_invitation_signs_in(visitor: TestClient) -> None:
    token = {"token": "invited-by-somebody-else"}
    assert "maya@example.com" in visitor.post("/invitation", data=token).text
    answer = visitor.post("/invitation", data={**token, "name": "Maya", "password": PASSWORD, "password_again": PASSWORD})
    assert answer.status_code == 303
    assert visitor.get("/").status_code == 200
    visitor.cookies.clear()
    assert visitor.post("/invitation", data={"token": "unknown"}).status_code == 404


def test_reset_says_the_same_to_everybody(visitor: TestClient) -> None:
    texts = {visitor.post("/reset", data={"email": email}).text for email in ("lin@example.com", "nobody@example.com")}
    assert len(texts) == 1


def test_signing_out_ends_the_session(member: TestClient, backend: FakeBackend) -> None:
    assert member.post("/sign-out").headers["Location"] == "/sign-in"
    assert backend.tokens == set()


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {"X-CSRF-Token": "wrong"}])
def test_a_write_from_elsewhere_is_refused(member: TestClient, backend: FakeBackend, headers: dict[str, str]) -> None:
    answer = member.post("/apps/grading/install", headers=headers)
    assert answer.status_code == 403
    assert "grading" not in backend.installed


def test_a_write_without_token_is_refused(visitor: TestClient, backend: FakeBackend) -> None:
    visitor.get("/look-in")
    assert visitor.post("/apps/grading/install").status_code == 403
    assert visitor.post("/apps/grading/install", data={"csrf": "csrf-admin-1"}).status_code == 303
    assert "grading" in backend.installed


@pytest.mark.parametrize("url", ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:1", "/a\nb", "", None])
def test_only_addresses_of_this_site_are_followed(url: str | None) -> None:
    assert safe_next(url) == "/"


def test_language_and_theme_are_kept(member: TestClient, backend: FakeBackend) -> None:
    answer = member.post("/preferences", data={"language": "zh", "next": "/settings"})
    assert answer.headers["Location"] == "/settings"
    assert backend.language == "zh"
    assert "设置" in member.get("/settings").text
    member.post("/preferences", data={"theme": "dark"})
    assert 'data-theme="dark"' in member.get("/").text
    member.post("/preferences", data={"theme": "pink", "language": "xx"})
    assert 'data-theme="dark"' in member.get("/").text


def test_language_follows_the_browser(visitor: TestClient) -> None:
    assert "登录" in visitor.get("/sign-in", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text
    assert "Sign in" in visitor.get("/sign-in", headers={"Accept-Language": "fr"}).text

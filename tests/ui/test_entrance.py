"""Getting in, staying out, and writes that come from elsewhere."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tenon.engine.apps.install_job import INSTALL
from tenon.engine.jobs import list_page
from tenon.platform import invitations
from tenon.platform.lockout import MOST_FAILURES
from tenon.ui.deps import safe_next
from tests.ui.conftest import Site
from tests.world import PASSWORD


def test_a_stranger_is_led_to_sign_in_and_back(visitor: TestClient) -> None:
    answer = visitor.get("/records/customer?q=a")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/records/customer%3Fq%3Da")
    sent = {"email": "ann@example.com", "password": PASSWORD, "next": "/records/customer?q=a"}
    answer = visitor.post("/sign-in", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/records/customer?q=a")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("tenon_session"))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert visitor.get("/records/customer").status_code == 200


def test_a_wrong_password_keeps_the_address(visitor: TestClient) -> None:
    answer = visitor.post("/sign-in", data={"email": "ann@example.com", "password": "no"})
    assert answer.status_code == 401
    assert "not right" in answer.text
    assert 'value="ann@example.com"' in answer.text
    for _ in range(MOST_FAILURES):
        assert visitor.post("/sign-in", data={"email": "busy@example.com", "password": "no"}).status_code == 401
    assert visitor.post("/sign-in", data={"email": "busy@example.com", "password": "no"}).status_code == 429


def test_an_invitation_signs_in(visitor: TestClient, site: Site) -> None:
    with site.platform.write() as uow:
        link = invitations.make_link(uow.connection, "invitation", site.sam.id)
    token = {"token": link}
    assert "sam@example.com" in visitor.post("/invitation", data=token).text
    answer = visitor.post("/invitation", data={**token, "name": "Samuel", "password": PASSWORD, "password_again": PASSWORD})
    assert answer.status_code == 303
    assert "Hello, Samuel" in visitor.get("/").text
    visitor.cookies.clear()
    assert visitor.post("/invitation", data={"token": link}).status_code == 404


def test_reset_says_the_same_to_everybody(visitor: TestClient) -> None:
    texts = {visitor.post("/reset", data={"email": email}).text for email in ("ann@example.com", "nobody@example.com")}
    assert len(texts) == 1


def test_signing_out_ends_the_session(member: TestClient) -> None:
    token = member.cookies["tenon_session"]
    assert member.post("/sign-out").headers["Location"] == "/sign-in"
    member.cookies.set("tenon_session", token)
    assert member.get("/settings").headers["Location"].startswith("/sign-in")


def is_ordered(site: Site) -> bool:
    """True when a job is to install the app."""
    with site.platform.read() as uow:
        return bool(list_page(uow.connection, kinds=[INSTALL]))


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {"X-CSRF-Token": "wrong"}])
def test_a_write_from_elsewhere_is_refused(member: TestClient, site: Site, headers: dict[str, str]) -> None:
    answer = member.post("/apps/fleet/install", headers=headers)
    assert answer.status_code == 403
    assert not is_ordered(site)


def test_a_write_without_token_is_refused(member: TestClient, site: Site) -> None:
    token = member.headers.pop("X-CSRF-Token")
    assert member.post("/apps/fleet/install").status_code == 403
    assert member.post("/apps/fleet/install", data={"csrf": token}).status_code == 303
    assert is_ordered(site)


@pytest.mark.parametrize("url", ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:1", "/a\nb", "", None])
def test_only_addresses_of_this_site_are_followed(url: str | None) -> None:
    assert safe_next(url) == "/"


def test_language_and_theme_are_kept(member: TestClient) -> None:
    answer = member.post("/preferences", data={"language": "zh", "next": "/settings"})
    assert answer.headers["Location"] == "/settings"
    assert "设置" in member.get("/settings").text
    assert member.post("/settings/mail", data={"choice": "alerts"}).headers["Location"] == "/settings"
    assert 'value="alerts" aria-pressed="true"' in member.get("/settings").text
    member.cookies.delete("tenon_language")
    assert "设置" in member.get("/settings", headers={"Accept-Language": "en"}).text
    member.post("/preferences", data={"theme": "dark"})
    assert 'data-theme="dark"' in member.get("/").text
    member.post("/preferences", data={"theme": "pink", "language": "xx"})
    assert 'data-theme="dark"' in member.get("/").text


def test_language_follows_the_browser(visitor: TestClient) -> None:
    assert "登录" in visitor.get("/sign-in", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text
    assert "Sign in" in visitor.get("/sign-in", headers={"Accept-Language": "fr"}).text

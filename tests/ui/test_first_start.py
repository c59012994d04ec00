"""The first start: one step after the other, each with an address; the link that works once; coming back to the step that is open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tenon.engine.jobs import list_page
from tenon.platform import invitations
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tenon.server import build
from tests import world
from tests.ui.conftest import BASE
from tests.world import PASSWORD

LIN = {"name": "Lin Yue", "email": "lin@example.com", "password": PASSWORD, "password_again": PASSWORD}


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Platform]:
    """A workspace nobody administers yet."""
    platform = world.open_empty(tmp_path / "fresh", BASE)
    yield platform
    platform.close()


def make_link(platform: Platform) -> str:
    with platform.write() as uow:
        return invitations.make_link(uow.connection, "setup")


def open_browser(platform: Platform) -> TestClient:
    """A browser without cookies that has the ready apps before it."""
    return TestClient(build(platform), base_url=BASE, follow_redirects=False, raise_server_exceptions=False)


def with_link(platform: Platform, token: str) -> TestClient:
    """A browser that has followed the link."""
    client = open_browser(platform)
    assert client.post("/setup", data={"token": token}).status_code == 303
    return client


def with_administrator(platform: Platform) -> TestClient:
    """A browser in which the administrator has just been made."""
    client = with_link(platform, make_link(platform))
    client.post("/setup/language", data={"language": "en"})
    assert client.post("/setup/administrator", data=LIN).headers["Location"] == "/welcome"
    client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf"]
    return client


def apps_of(platform: Platform) -> list[str]:
    with platform.read() as uow:
        return sorted(d.name for d in uow.model.all("app"))


def test_the_link_leads_through_language_and_administrator_once(fresh: Platform) -> None:
    token = make_link(fresh)
    client = open_browser(fresh)
    followed = client.post("/setup", data={"token": token})
    assert followed.headers["Location"] == "/setup/language"
    cookie = followed.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/setup"))
    assert token not in client.get("/setup/language").text
    answer = client.post("/setup/language", data={"language": "zh"})
    assert (answer.headers["Location"], fresh.language) == ("/setup/administrator", "zh")
    assert "由谁来管理此工作区" in client.get("/setup/administrator").text
    short = client.post("/setup/administrator", data={**LIN, "password": "short", "password_again": "short"})
    assert (short.status_code, 'value="Lin Yue"' in short.text) == (422, True)
    assert client.post("/setup/administrator", data={**LIN, "password_again": "other"}).status_code == 422
    made = client.post("/setup/administrator", data=LIN)
    assert (made.status_code, made.headers["Location"]) == (303, "/welcome")
    client.cookies.delete("tenon_language")
    assert "您想从哪些应用开始" in client.get("/welcome", headers={"Accept-Language": "en"}).text  # it is the administrator's own, too
    for again in (client.get("/setup/administrator"), client.get("/setup/language")):
        assert (again.status_code, again.headers["Location"]) == (303, "/")
    other = open_browser(fresh)
    assert other.post("/setup", data={"token": token}).status_code == 404
    other.cookies.set("tenon_setup", token)
    assert other.post("/setup/administrator", data={**LIN, "email": "eve@example.com"}).status_code == 404
    assert other.post("/setup/language", data={"language": "en"}).status_code == 404
    assert fresh.language == "zh"


def test_nobody_gets_to_the_steps_without_the_link(fresh: Platform) -> None:
    make_link(fresh)
    client = open_browser(fresh)
    assert [client.get(f"/setup/{step}").status_code for step in ("language", "administrator")] == [404, 404]
    assert client.post("/setup/language", data={"language": "zh"}).status_code == 404
    assert client.post("/setup/administrator", data=LIN).status_code == 404
    assert client.post("/setup", data={"token": "x" * 43}).status_code == 404
    linked = with_link(fresh, make_link(fresh))
    foreign = {"Origin": "https://evil.test"}
    assert linked.post("/setup/administrator", data=LIN, headers=foreign).status_code == 403
    assert linked.post("/setup/language", data={"language": "zh"}, headers=foreign).status_code == 403
    assert fresh.profile.read().language is None


def test_a_link_is_dead_once_somebody_administers(fresh: Platform) -> None:
    linked = with_link(fresh, make_link(fresh))
    world.add_person(fresh, "ann@example.com", "Ann Lee", ["admin"])
    assert linked.post("/setup/administrator", data=LIN).status_code == 404
    assert linked.post("/setup/language", data={"language": "zh"}).status_code == 404


def test_whoever_comes_back_lands_at_the_open_step(fresh: Platform) -> None:
    token = make_link(fresh)
    first = with_link(fresh, token)
    assert 'href="/setup/language"' in first.get("/setup").text
    first.post("/setup/language", data={"language": "en"})
    # Another browser, after the first one died.
    again = open_browser(fresh)
    assert again.post("/setup", data={"token": token}).headers["Location"] == "/setup/administrator"
    assert "Go on in English" in again.get("/setup/language").text  # and back
    assert 'href="/setup/administrator"' in again.get("/setup").text
    again.post("/setup/administrator", data=LIN)
    third = open_browser(fresh)
    third.post("/sign-in", data={"email": LIN["email"], "password": PASSWORD})
    assert third.get("/").headers["Location"] == "/welcome"
    csrf = {"X-CSRF-Token": third.get("/api/v1/session").json()["csrf"]}
    third.post("/welcome", data={"apps": ["core"]}, headers=csrf)
    assert third.get("/").headers["Location"] == "/welcome/samples"
    assert 'value="core" checked' in third.get("/welcome").text  # and back, the choice kept


def test_apps_and_samples_are_chosen_and_installed_in_the_background(fresh: Platform) -> None:
    client = with_administrator(fresh)
    assert 'value="tutorial"' in client.get("/welcome").text
    nothing = client.post("/welcome")
    assert (nothing.status_code, "Choose an app first" in nothing.text) == (422, True)
    assert client.post("/welcome", data={"apps": ["nothing"]}).status_code == 422
    assert client.get("/welcome/samples").headers["Location"] == "/welcome"
    assert client.post("/welcome", data={"apps": ["tutorial"]}).headers["Location"] == "/welcome/samples"
    page = client.get("/welcome/samples").text
    for words in ("Tutorial: customer health", "131 sample records", "24 Companies", "scores of the last 180 days"):
        assert words in page, words
    answer = client.post("/welcome/samples", data={"samples": ["tutorial"]})
    assert answer.headers["Location"].startswith("/welcome/install?job=")
    assert apps_of(fresh) == []
    assert "Your workspace is being set up" in client.get(answer.headers["Location"]).text
    home = client.get("/")  # nothing is left to choose
    assert (home.status_code, "Installing Tutorial" in home.text) == (200, True)
    make_worker(fresh).run_until_idle()
    assert apps_of(fresh) == ["tutorial"]
    ready = client.get(answer.headers["Location"]).text
    assert "Your workspace is ready" in ready
    assert 'href="/dashboards/companies_overview"' in ready
    home = client.get("/").text
    assert "First steps" in home
    assert "1 / 5" in home  # sample records are no import of one's own
    assert "Changed by me" not in home


def test_samples_are_a_choice_for_each_app(fresh: Platform) -> None:
    client = with_administrator(fresh)
    client.post("/welcome", data={"apps": ["core", "tutorial"]})
    page = client.get("/welcome/samples").text
    assert (page.count('name="samples"'), page.count("checked")) == (2, 2)
    order = client.post("/welcome/samples").headers["Location"]
    with fresh.read() as uow:
        [job] = list_page(uow.connection, kinds=["app_install"])
    assert [(app["name"], app["sample"]) for app in job["payload"]["apps"]] == [("core", False), ("tutorial", False)]
    assert "Sample records and scores" not in client.get(order).text


def test_samples_bring_those_of_the_apps_they_stand_on(fresh: Platform) -> None:
    client = with_administrator(fresh)
    client.post("/welcome", data={"apps": ["chm"]})
    page = client.get("/welcome/samples").text
    assert "You will install: Customer core, Customer health." in page
    client.post("/welcome/samples", data={"samples": ["chm"]})
    with fresh.read() as uow:
        [job] = list_page(uow.connection, kinds=["app_install"])
    assert [(app["name"], app["sample"]) for app in job["payload"]["apps"]] == [("core", True), ("chm", True)]


def test_starting_empty_ends_the_first_start(fresh: Platform) -> None:
    client = with_administrator(fresh)
    assert client.post("/welcome", data={"empty": "1"}).headers["Location"] == "/"
    home = client.get("/")
    assert (home.status_code, "0 / 5" in home.text) == (200, True)
    client.post("/preferences", data={"steps": "hidden", "next": "/"})
    assert "Make a view of your own" not in client.get("/").text


def test_the_language_can_be_changed_after_the_administrator_was_made(fresh: Platform) -> None:
    client = with_administrator(fresh)
    assert 'href="/welcome/language"' in client.get("/welcome").text
    assert client.post("/welcome/language", data={"language": "zh"}).headers["Location"] == "/welcome"
    assert fresh.language == "zh"
    assert "您想从哪些应用开始" in client.get("/welcome").text
    assert client.post("/welcome/language", data={"language": "fr"}).headers["Location"] == "/welcome/language"

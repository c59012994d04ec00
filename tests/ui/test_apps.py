"""Apps in the pages: installing on an empty workspace, removing, taking along; the first start and its list of steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import Context, User
from tenon.platform import sessions
from tenon.platform.boot import open_platform
from tenon.platform.workspace import Platform
from tenon.server import build
from tests import world
from tests.ui.conftest import BASE, Site


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Platform]:
    """A workspace with nothing in it."""
    platform = open_platform(world.settings_of(tmp_path / "empty", BASE))
    yield platform
    platform.close()


def signed_in(platform: Platform, user: User) -> TestClient:
    """Return a client of the ready apps with a session of a person."""
    client = TestClient(build(platform), base_url=BASE, follow_redirects=False)
    with platform.write() as uow:
        client.cookies.set("tenon_session", sessions.begin(uow.connection, Context(None), user.id).token)
    client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf"]
    return client


def apps_of(platform: Platform) -> list[str]:
    """Return the names of the installed apps."""
    with platform.read() as uow:
        return sorted(d.name for d in uow.model.all("app"))


def test_an_app_comes_to_an_empty_workspace_with_what_it_needs(empty: Platform) -> None:
    client = signed_in(empty, world.add_person(empty, "ann@example.com", "Ann Lee", ["admin", "builder"]))
    assert "Also installs: Customer core" in client.get("/apps").text
    answer = client.post("/apps/chm/install")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/apps")
    assert apps_of(empty) == ["chm", "core"]
    refused = client.post("/apps/core/uninstall", data={"data": "keep"})
    assert (refused.status_code, "Other apps need" in refused.text) == (409, True)


def test_the_first_start_installs_the_chosen_apps(empty: Platform) -> None:
    ann = world.add_person(empty, "ann@example.com", "Ann Lee", ["admin", "builder"])
    client = signed_in(empty, ann)
    text = client.get("/welcome").text
    assert 'value="core"' in text
    assert client.post("/welcome", data={"apps": ["core"]}).headers["Location"] == "/"
    assert apps_of(empty) == ["core"]
    home = client.get("/").text
    assert "Make a view of your own" in home
    assert "1 / 5" in home
    client.post("/preferences", data={"steps": "hidden", "next": "/"})
    assert "Make a view of your own" not in client.get("/").text


def test_an_app_is_taken_along_removed_and_brought_back(member: TestClient, site: Site) -> None:
    member.post("/apps/fleet/install")
    assert "Vehicles" in member.get("/").text
    package = member.get("/apps/fleet/export")
    assert (package.status_code, package.content[:2]) == (200, b"PK")
    assert member.post("/apps/fleet/uninstall", data={"data": "remove"}).status_code == 303
    assert apps_of(site.platform) == []
    assert member.post("/apps/import", files={"file": ("fleet.zip", package.content, "application/zip")}).status_code == 303
    assert apps_of(site.platform) == ["fleet"]
    assert member.post("/apps/import", files={"file": ("fleet.zip", b"no zip", "application/zip")}).status_code == 422
    assert member.post("/apps/import").status_code == 422


def test_sample_records_show_how_far_they_are(member: TestClient) -> None:
    answer = member.post("/apps/fleet/install", data={"sample": "on"})
    assert answer.headers["Location"].startswith("/apps?job=")
    assert "Loading sample records" in member.get(answer.headers["Location"]).text


def test_others_install_nothing(seller: TestClient, site: Site) -> None:
    for url in ("/apps/fleet/install", "/apps/fleet/uninstall", "/apps/import", "/welcome"):
        assert seller.post(url).status_code == 403, url
    assert (seller.get("/welcome").status_code, seller.get("/apps/fleet/export").status_code) == (403, 403)
    assert apps_of(site.platform) == []

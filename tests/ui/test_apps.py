"""Apps in the pages: installing in the background, removing, taking along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import Context, User, system_context
from tenon.engine.jobs import list_page
from tenon.engine.releases import publish_documents
from tenon.platform import sessions
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tenon.server import build
from tests import world
from tests.ui.conftest import BASE, Site, install_fleet


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Platform]:
    """A workspace with nothing in it."""
    platform = world.open_empty(tmp_path / "empty", BASE)
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
    assert (answer.status_code, answer.headers["Location"][:10]) == (303, "/apps?job=")
    assert apps_of(empty) == []
    page = client.get(answer.headers["Location"]).text
    assert "Installing Customer health" in page
    assert 'action="/apps/chm/install"' not in page  # it is being installed
    make_worker(empty).run_until_idle()
    assert apps_of(empty) == ["chm", "core"]
    page = client.get(answer.headers["Location"]).text
    assert "Customer health is installed." in page
    assert 'href="/dashboards/csm_home"' in page
    refused = client.post("/apps/core/uninstall", data={"data": "keep"})
    assert (refused.status_code, "Other apps need" in refused.text) == (409, True)


def test_samples_bring_those_of_an_app_that_has_no_records_yet(empty: Platform) -> None:
    client = signed_in(empty, world.add_person(empty, "ann@example.com", "Ann Lee", ["admin", "builder"]))
    client.post("/apps/core/install")
    make_worker(empty).run_until_idle()
    page = client.get(client.post("/apps/chm/install", data={"sample": "on"}).headers["Location"]).text
    steps = re.findall(r'install-label">([^<]+)<', page)
    assert steps == ["Customer core", "Customer health", "Sample records and scores"]
    with empty.read() as uow:
        job = list_page(uow.connection, kinds=["app_install"], limit=1)[0]
    assert [(app["name"], app["sample"], app["is_there"]) for app in job["payload"]["apps"]] == [("core", True, True), ("chm", True, False)]


def test_what_is_in_the_way_is_said_on_the_page(member: TestClient, site: Site) -> None:
    order = member.post("/apps/fleet/install").headers["Location"]
    vehicle = {"kind": "entity", "name": "vehicle", "label": {"en": "Vehicle"}, "fields": [{"name": "plate", "type": "text"}]}
    publish_documents(site.platform.publisher, system_context(), [vehicle])
    make_worker(site.platform).run_until_idle()
    page = member.get(order).text
    for words in ("Fleet could not be installed", "There is another entity vehicle already.", "Rename yours first, then install again.", "Start again"):
        assert words in page, words
    answer = member.post("/apps/fleet/install")
    assert (answer.status_code, "Rename yours first, then install again." in answer.text) == (422, True)


def test_an_install_is_followed_until_its_end(member: TestClient, site: Site) -> None:
    order = member.post("/apps/fleet/install", data={"sample": "on"}).headers["Location"]
    assert member.post("/apps/fleet/install", data={"sample": "on"}).headers["Location"] == order
    part = f"/apps/installs/{order.partition('=')[2]}"
    asked = {"HX-Request": "true"}
    text = member.get(f"{part}?at=apps", headers=asked).text
    assert "Sample records and scores" in text
    assert "Installing Fleet" in member.get("/apps").text
    assert "Installing Fleet" in member.get("/").text
    assert member.get("/jobs").text.count("Install Fleet") == 1
    make_worker(site.platform).run_until_idle()
    ended = member.get(f"{part}?at=apps", headers=asked)
    assert (ended.status_code, ended.headers["HX-Redirect"]) == (204, order)
    assert member.get(f"{part}?at=home", headers=asked).headers["HX-Redirect"] == "/"
    assert "Fleet is installed." in member.get(order).text
    assert "A 100" in member.get("/records/vehicle").text
    assert "Installing" not in member.get("/").text
    refused = member.post("/apps/fleet/install")
    assert (refused.status_code, "Fleet is installed in version 1.0.0." in refused.text) == (409, True)


def test_an_install_that_was_stopped_is_started_again(member: TestClient, site: Site) -> None:
    order = member.post("/apps/fleet/install").headers["Location"]
    id = order.partition("=")[2]
    assert member.post(f"/jobs/{id}/cancel", data={"next": order}).headers["Location"] == order
    assert "Start again" in member.get(order).text
    assert member.post(f"/jobs/{id}/retry", data={"next": order}).headers["Location"] == order
    make_worker(site.platform).run_until_idle()
    assert apps_of(site.platform) == ["fleet"]


def test_an_app_is_taken_along_removed_and_brought_back(member: TestClient, site: Site) -> None:
    install_fleet(site)
    assert "Vehicles" in member.get("/").text
    package = member.get("/apps/fleet/export")
    assert (package.status_code, package.content[:2]) == (200, b"PK")
    assert member.post("/apps/fleet/uninstall", data={"data": "remove"}).status_code == 303
    assert apps_of(site.platform) == []
    assert member.post("/apps/import", files={"file": ("fleet.zip", package.content, "application/zip")}).status_code == 303
    make_worker(site.platform).run_until_idle()
    assert apps_of(site.platform) == ["fleet"]
    assert member.post("/apps/import", files={"file": ("fleet.zip", b"no zip", "application/zip")}).status_code == 422
    assert member.post("/apps/import").status_code == 422


def test_others_install_nothing(seller: TestClient, site: Site) -> None:
    for url in ("/apps/fleet/install", "/apps/fleet/uninstall", "/apps/import", "/welcome", "/welcome/samples", "/welcome/language"):
        assert seller.post(url).status_code == 403, url
    for url in ("/welcome", "/welcome/samples", "/welcome/language", "/apps/fleet/export"):
        assert seller.get(url).status_code == 403, url
    assert apps_of(site.platform) == []


def test_removing_an_app_says_how_many_records_it_is_about(member: TestClient, seller: TestClient, site: Site) -> None:
    member.post("/apps/fleet/install", data={"sample": "on"})
    make_worker(site.platform).run_until_idle()
    assert "<b>2</b> Vehicles" in member.get("/apps/fleet/records", headers={"HX-Request": "true"}).text
    assert (seller.get("/apps/fleet/records").status_code, member.get("/apps/nothing/records").status_code) == (403, 404)


def test_sample_records_are_removed_with_their_count_and_brought_back(member: TestClient, seller: TestClient, site: Site) -> None:
    member.post("/apps/fleet/install", data={"sample": "on"})
    make_worker(site.platform).run_until_idle()
    assert "2 sample records" in member.get("/apps").text
    part = member.get("/apps/fleet/samples", headers={"HX-Request": "true"}).text
    assert ("<b>2</b> Vehicles" in part, 'name="expect" value="2"' in part, "Remove 2 records" in part, "changed by people" in part) == (True, True, True, False)

    assert member.post("/apps/fleet/samples/remove", data={"expect": "3"}).status_code == 409
    gone = member.post("/apps/fleet/samples/remove", data={"expect": "2"})
    assert (gone.status_code, gone.headers["Location"]) == (303, "/apps")
    assert "apps/fleet/samples/restore" in unquote(gone.headers["set-cookie"])
    page = member.get("/apps").text
    assert ("2 sample records in the trash" in page, "Remove sample records" in page) == (True, False)

    back = member.post("/apps/fleet/samples/restore")
    assert back.headers["Location"].startswith("/jobs/")
    make_worker(site.platform).run_until_idle()
    assert "Remove sample records" in member.get("/apps").text
    for answer in (seller.get("/apps/fleet/samples"), seller.post("/apps/fleet/samples/remove", data={"expect": "2"}), seller.post("/apps/fleet/samples/restore")):
        assert answer.status_code == 403

"""Scratch copies over HTTP: made by a job, entered by one press, apart from the workspace, brought back as a draft, discarded whole."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from httpx import Response
from starlette.testclient import TestClient

from tenon.engine.context import Context, User
from tenon.engine.releases import draft
from tenon.platform import accounts
from tenon.platform.boot import make_worker
from tests import world
from tests.ui.conftest import Site

NewClient = Callable[[User | None], TestClient]


def make(site: Site, client: TestClient, name: str = "try_out") -> None:
    """Have a copy made and wait for the job."""
    assert client.post("/admin/copies", data={"name": name}).status_code == 303
    make_worker(site.platform).run_until_idle()


def enter(client: TestClient, name: str = "try_out") -> None:
    """Go into a copy as a browser does: its cookies, and the csrf of its pages."""
    answer = client.post(f"/admin/copies/{name}/open")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf"]


def leave(client: TestClient) -> None:
    """Leave the copy by the link of its bar."""
    assert client.get("/admin/copies").status_code == 200
    client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf"]


def change_label(client: TestClient, label: str, view: str = "big_ones") -> None:
    """Change the English name of a view in the draft of wherever the client is."""
    document = client.get(f"/api/v1/metadata/view/{view}").json()
    document["label"]["en"] = label
    answer = client.put(f"/api/v1/metadata/view/{view}", json=document)
    assert answer.status_code == 200, answer.text


def label_of(client: TestClient, view: str = "big_ones") -> str:
    return str(client.get(f"/api/v1/metadata/view/{view}").json()["label"]["en"])


@pytest.fixture
def admin(new_client: NewClient, site: Site) -> TestClient:
    return new_client(site.ann)


def test_a_copy_is_made_listed_and_named_once(site: Site, admin: TestClient) -> None:
    assert "Make a scratch copy" in admin.get("/admin/copies").text
    make(site, admin)
    page = admin.get("/admin/copies").text
    assert "try_out" in page
    assert "copy_1" in page
    assert (site.platform.settings.home / "scratch" / "try_out" / "tenon.db").is_file()
    again = admin.post("/admin/copies", data={"name": "try_out"})
    assert again.status_code == 409
    assert "already" in again.text
    assert admin.post("/admin/copies", data={"name": "../out"}).status_code == 422
    assert "/admin/copies" in admin.get("/admin/releases").text


def test_a_copy_is_apart_and_says_what_it_is(site: Site, admin: TestClient) -> None:
    make(site, admin)
    assert "copy-bar" not in admin.get("/").text
    enter(admin)
    record = f"/api/v1/records/customer/{site.ids[0]}"
    for address in ("/", "/records/customer", "/admin/releases", "/design", "/nowhere"):
        page = admin.get(address).text
        assert "Scratch copy of" in page, address
        assert "/admin/copies/try_out/discard" in page, address
    version = admin.get(record).json()["version"]
    assert admin.patch(record, json={"name": "Only there", "version": version}).status_code == 200
    assert admin.get(record).json()["name"] == "Only there"
    admin.headers["Accept-Language"] = "zh"
    admin.cookies.set("tenon_language", "zh")
    assert "试验副本" in admin.get("/").text
    leave(admin)
    assert "copy-bar" not in admin.get("/").text
    assert admin.get(record).json()["name"] != "Only there"


def test_cookies_of_the_copy_and_the_workspace_are_others(site: Site, admin: TestClient) -> None:
    make(site, admin)
    own = admin.cookies["tenon_session"]
    enter(admin)
    theirs = [name for name in admin.cookies if name.startswith("tenon_session_")]
    assert len(theirs) == 1
    assert admin.cookies["tenon_session"] == own
    # A page of the workspace that was left open cannot write into the copy, nor the other way round.
    inside = admin.headers["X-CSRF-Token"]
    leave(admin)
    assert admin.post("/admin/copies", data={}, headers={"X-CSRF-Token": inside}).status_code == 403


def test_only_an_administrator_gets_in(site: Site, admin: TestClient, new_client: NewClient) -> None:
    make(site, admin)
    seller = new_client(site.sam)
    assert seller.get("/admin/copies").status_code == 403
    for address in ("/admin/copies", "/admin/copies/try_out", "/admin/copies/try_out/open", "/admin/copies/try_out/discard"):
        assert seller.post(address, data={}).status_code == 403, address
    seller.cookies.set("tenon_copy", "try_out")
    home = seller.get("/")
    assert home.status_code == 200
    assert "copy-bar" not in home.text
    assert "tenon_copy=;" in home.headers["set-cookie"]
    # Somebody who is not signed in gets the door of the workspace.
    nobody = new_client(None)
    nobody.cookies.set("tenon_copy", "try_out")
    assert "copy-bar" not in nobody.get("/sign-in").text


def test_whoever_is_no_administrator_any_more_is_out_at_once(site: Site, admin: TestClient) -> None:
    make(site, admin)
    enter(admin)
    world.add_person(site.platform, "eve@example.com", "Eve Moss", ["admin"])
    with site.platform.write() as uow:
        accounts.change(uow.connection, Context(None, is_system=True), site.ann.id, {"roles": ["builder"]})
    site.platform.principals.forget()
    assert "copy-bar" not in admin.get("/").text


def test_no_sessions_tokens_or_waiting_mail_are_in_a_copy(site: Site, admin: TestClient) -> None:
    made = admin.post("/api/v1/tokens", json={"name": "robot", "roles": ["seller"]})
    assert made.status_code == 201, made.text
    make(site, admin)
    enter(admin)
    assert admin.get("/api/v1/tokens").json()["tokens"] == []
    assert "no mail is sent" in admin.get("/").text


def test_changes_come_as_a_draft_and_are_not_published(site: Site, admin: TestClient) -> None:
    make(site, admin)
    enter(admin)
    change_label(admin, "Great ones")
    leave(admin)
    assert label_of(admin) == "Large contracts"
    page = admin.get("/admin/copies/try_out").text
    assert "Great ones" in page
    assert "Both sides changed" not in page
    assert _bring(admin).headers["location"] == "/admin/releases"
    assert label_of(admin) == "Great ones"
    with site.platform.read() as uow:
        assert uow.model.get("view", "big_ones").label.show("en") == "Large contracts"
        assert len(draft.load_edits(uow.connection)) == 1
    assert "Nothing differs" in admin.get("/admin/copies/try_out").text


@pytest.mark.parametrize(("side", "wanted"), [("theirs", "There"), ("yours", "Here")])
def test_what_both_changed_is_decided(site: Site, admin: TestClient, side: str, wanted: str) -> None:
    make(site, admin)
    enter(admin)
    change_label(admin, "There")
    leave(admin)
    change_label(admin, "Here")
    page = admin.get("/admin/copies/try_out").text
    assert "Both sides changed these" in page
    key = re.search(r'name="(decide:[^"]+)"', page)
    assert key is not None
    seen = admin.post("/admin/copies/try_out", data={"what": "look", key[1]: side})
    assert seen.status_code == 200
    assert _bring(admin, **{key[1]: side}).status_code == 303
    assert label_of(admin) == wanted


def test_what_changed_since_the_page_was_shown_is_shown_again(site: Site, admin: TestClient) -> None:
    make(site, admin)
    enter(admin)
    change_label(admin, "There")
    leave(admin)
    seen = _seen(admin)
    change_label(admin, "Here")
    answer = admin.post("/admin/copies/try_out", data={"what": "bring", "seen": seen})
    assert answer.status_code == 409
    assert "since this page was shown" in answer.text
    assert label_of(admin) == "Here"


def test_two_documents_of_one_name_meet(site: Site, admin: TestClient) -> None:
    make(site, admin)
    new = {"kind": "view", "name": "mine", "entity": "customer", "columns": ["name"], "label": {"en": "Made there"}}
    enter(admin)
    assert admin.put("/api/v1/metadata/view/mine", json=new).status_code in (200, 201)
    leave(admin)
    assert admin.put("/api/v1/metadata/view/mine", json={**new, "label": {"en": "Made here"}}).status_code in (200, 201)
    page = admin.get("/admin/copies/try_out").text
    assert "Both sides changed these" in page
    key = re.search(r'name="(decide:[^"]+)"', page)
    assert key is not None
    _bring(admin, **{key[1]: "yours"})
    assert label_of(admin, "mine") == "Made here"
    answer = _bring(admin, **{key[1]: "theirs"})
    assert answer.status_code == 303, answer.text
    assert label_of(admin, "mine") == "Made there"


def test_discarding_takes_everything(site: Site, admin: TestClient) -> None:
    make(site, admin)
    enter(admin)
    home = site.platform.settings.home / "scratch" / "try_out"
    assert home.is_dir()
    asked = admin.get("/admin/copies/try_out/discard")
    assert "Discard the copy try_out?" in asked.text
    leave(admin)
    assert admin.post("/admin/copies/try_out/discard").status_code == 303
    assert not home.exists()
    admin.cookies.set("tenon_copy", "try_out")  # another browser that is still in it
    assert "copy-bar" not in admin.get("/").text
    assert admin.get("/admin/copies/try_out").status_code == 404
    assert "workspace.discard_copy" in json.dumps(admin.get("/api/v1/audit").json())


def _seen(client: TestClient) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', client.get("/admin/copies/try_out").text)
    assert found is not None
    return found[1]


def _bring(client: TestClient, **values: str) -> Response:
    return client.post("/admin/copies/try_out", data={"what": "bring", "seen": _seen(client), **values})


def test_why_no_copy_could_be_made_is_told_with_what_to_do(site: Site, admin: TestClient) -> None:
    assert admin.post("/admin/copies", data={"name": "try_out"}).status_code == 303
    (site.platform.settings.home / "scratch" / "try_out").mkdir(parents=True)
    make_worker(site.platform).run_until_idle()
    page = admin.get("/admin/copies").text
    assert "There is a copy try_out already. Discard it first, or take another name." in page
    assert "hx-trigger" not in page[page.find('id="copies"') : page.find("make-copy")]

"""The frame around the pages: the menu of an app, the palette, counts, notices, errors with a next step."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import Context, User
from tenon.platform import sessions
from tenon.server import build
from tenon.ui.assets import icon_group, icon_url
from tests import desk
from tests.desk import Desk
from tests.ui.conftest import BASE, Site, install_fleet


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A workspace with tasks and notices, shared by the tests of this module."""
    made = desk.make(tmp_path_factory.mktemp("office"), BASE)
    yield made
    made.platform.close()


def client_of(office: Desk, user: User) -> TestClient:
    """Return a client with a session of a person."""
    client = TestClient(build(office.platform), base_url=BASE, follow_redirects=False)
    with office.platform.write() as uow:
        client.cookies.set("tenon_session", sessions.begin(uow.connection, Context(None), user.id).token)
    client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf"]
    return client


def menu_of(text: str) -> list[str]:
    """Return the headings of the menu."""
    return re.findall(r"<h2>([^<]+)</h2>", text.partition('<div class="main">')[0])


def test_the_menu_is_that_of_the_chosen_app(member: TestClient, site: Site) -> None:
    install_fleet(site)
    assert menu_of(member.get("/").text) == ["Fleet", "Data", "Workspace"]
    answer = member.post("/preferences", data={"app": "fleet", "next": "/"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/records/vehicle")
    assert menu_of(member.get("/").text) == ["Fleet", "Workspace"]
    assert member.post("/preferences", data={"app": "nothing", "next": "/"}).headers["Location"] == "/"
    assert menu_of(member.get("/").text) == ["Fleet", "Data", "Workspace"]


def test_icons_of_the_menu_come_as_one_file(visitor: TestClient) -> None:
    group = icon_group(["handshake", "footprints", "house", "nothing", "footprints"])
    assert group == "footprints.handshake"
    url, _, name = icon_url("handshake", group).partition("#")
    text = visitor.get(url).text
    assert (name, [f'id="{each}"' in text for each in ("footprints", "handshake", "house")]) == ("handshake", [True, True, False])
    assert visitor.get(url.replace("handshake", "nothing")).status_code == 404


def test_the_palette_finds_pages_records_and_things_to_do(member: TestClient, site: Site) -> None:
    text = member.get("/search?q=cedar 0002").text
    assert f'data-href="/records/customer/{site.ids[2]}"' in text
    assert 'aria-label="Records"' in text
    text = member.get("/search?q=new cust").text
    assert 'data-href="/records/customer/new"' in text
    assert 'data-presses="dark"' in member.get("/search?q=dark").text
    assert 'data-href="/records/customer/import"' in member.get("/search?q=import customers").text
    assert 'data-href="/design/form/customer_form"' in member.get("/search?q=design customer form").text
    assert "Nothing found for “zzzz”" in member.get("/search?q=zzzz").text


def test_the_palette_offers_nobody_what_they_may_not(seller: TestClient, site: Site) -> None:
    text = seller.get("/search?q=import").text + seller.get("/search?q=invite").text + seller.get("/search?q=cedar").text + seller.get("/search?q=design").text
    assert "data-href" not in text


def test_records_seen_last_are_read_with_the_rights_of_now(member: TestClient, seller: TestClient, site: Site) -> None:
    kept = f"customer/{site.ids[2]},customer/{site.ids[3]},nothing/{site.ids[1]},customer/short"
    for client in (member, seller):
        client.cookies.set("tenon_seen", kept)
    text = member.get("/search").text
    assert text.index("Cedar Software 0002") < text.index("创科科技 0003")
    assert "Cedar Software 0002" in member.get("/").text
    assert "Cedar" not in seller.get("/search").text + seller.get("/").text


def test_counts_are_those_of_the_reader(member: TestClient, seller: TestClient) -> None:
    assert member.get("/pulse?menu_counts=true").json() == {
        "inbox": None, "notices": None, "menu": {"/records/contact": 30, "/records/customer": 130, "/records/order": 160},
    }  # fmt: skip
    assert seller.get("/pulse?menu_counts=true").json()["menu"] == {"/records/customer": 0, "/records/order": 160}


def test_notices_are_counted_read_and_lead_to_their_record(office: Desk) -> None:
    ann, sam = client_of(office, office.ann), client_of(office, office.sam)
    assert ann.get("/pulse").json() == {"inbox": 4, "notices": 2}
    assert sam.get("/pulse").json() == {"inbox": 1, "notices": 0}
    text = ann.get("/notices", headers={"HX-Request": "true"}).text
    assert "Aurora Energy is at risk" in text
    assert "Health fell" in text
    risk = office.notices["Aurora Energy is at risk"]
    assert sam.post(f"/notices/{risk}").status_code == 404
    assert "Nothing new" in sam.get("/notices").text
    answer = ann.post(f"/notices/{risk}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/records/customer/{office.customers[0]}")
    assert office.stored("notice", risk)["read_at"] is not None
    assert ann.get("/pulse").json()["notices"] == 1
    ann.post("/notices/read")
    assert ann.get("/pulse").json()["notices"] == 0


def test_without_an_app_that_has_them_there_are_no_notices_and_no_tasks(member: TestClient) -> None:
    assert member.get("/notices").status_code == 404
    assert "There are no tasks in this workspace" in member.get("/inbox").text


def test_an_error_names_the_next_step(seller: TestClient, site: Site) -> None:
    refused = seller.get("/admin/users")
    assert refused.status_code == 403
    assert 'href="mailto:ann@example.com"' in refused.text
    assert "data-palette" in seller.get("/records/nothing").text


def test_a_session_that_ended_leads_back_to_the_page(visitor: TestClient) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"{BASE}/records/customer?q=a"}
    answer = visitor.get("/search?q=x", headers=headers)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in?next=/records/customer%3Fq%3Da")
    assert visitor.post("/inbox/x", headers=headers).headers["HX-Redirect"] == "/sign-in?next=/records/customer%3Fq%3Da"

"""The administration: who gets in, and what its forms leave behind."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import tenon
from tenon.engine.context import Context
from tenon.engine.people import users
from tenon.engine.releases.draft import put
from tenon.platform import tokens, units
from tenon.platform.audit import page as audit_page
from tenon.platform.boot import make_worker
from tenon.ui.backend.audits import WORDS
from tests import world
from tests.ui.conftest import Site

ADMIN_PAGES = (
    "/admin/users", "/admin/units", "/admin/roles", "/admin/roles/seller", "/admin/tokens", "/admin/access", "/admin/audit", "/admin/outgoing", "/admin/system",
)  # fmt: skip
ADMIN_POSTS = (
    "/admin/users", "/admin/units", "/admin/view-as", "/admin/audit/verify", "/admin/system/examine", "/admin/backups", "/admin/backups/x.zip", "/admin/outgoing/retry",
)  # fmt: skip


@pytest.fixture
def builder(site: Site, new_client: Any) -> TestClient:
    """Bo builds and administers nothing."""
    return new_client(world.add_person(site.platform, "bo@example.com", "Bo Lin", ["builder"]))


def actions(site: Site) -> list[str]:
    """Return what the audit holds, newest first."""
    with site.platform.read() as uow:
        return [row["action"] for row in audit_page(uow.connection)]


def test_only_administrators_get_in(member: TestClient, seller: TestClient, builder: TestClient) -> None:
    for url in ADMIN_PAGES:
        assert (member.get(url).status_code, seller.get(url).status_code, builder.get(url).status_code) == (200, 403, 403), url
    for url in ADMIN_POSTS:
        assert (seller.post(url).status_code, builder.post(url).status_code) == (403, 403), url
    assert member.get("/admin").headers["Location"] == "/admin/users"
    assert builder.get("/admin").headers["Location"] == "/admin/releases"
    assert (seller.get("/admin").status_code, builder.get("/admin/releases").status_code, seller.get("/admin/releases").status_code) == (403, 200, 403)
    assert seller.get("/admin/releases/1").status_code == 403
    assert seller.post("/admin/releases/1/restore").status_code == 403
    assert "Administration" not in seller.get("/").text
    assert "Administration" in builder.get("/").text


def test_somebody_gets_roles_and_a_unit_and_is_signed_out(member: TestClient, seller: TestClient, site: Site) -> None:
    member.post("/admin/units", data={"name": "North"})
    with site.platform.read() as uow:
        north = units.list_page(uow.connection)[0]["id"]
    member.post(f"/admin/users/{site.sam.id}", data={"what": "roles", "roles": "seller", "unit": north})
    with site.platform.read() as uow:
        row = uow.connection.execute(users.select().where(users.c.id == site.sam.id)).mappings().one()
    assert (row["roles"], row["unit"]) == (["seller"], north)
    assert seller.get("/").status_code == 200
    member.post(f"/admin/users/{site.sam.id}", data={"what": "sessions"})
    assert seller.get("/").status_code == 303
    assert actions(site)[:3] == ["session.end_all", "user.change", "unit.create"]


def test_units_are_renamed_and_moved_but_never_below_themselves(member: TestClient, site: Site) -> None:
    member.post("/admin/units", data={"name": "Sales"})
    with site.platform.read() as uow:
        sales = units.list_page(uow.connection)[0]["id"]
    member.post("/admin/units", data={"name": "East", "parent": sales})
    with site.platform.read() as uow:
        east = next(u for u in units.list_page(uow.connection) if u["name"] == "East")
    assert east["parent"] == sales
    refused = member.post(f"/admin/units/{sales}", data={"name": "Sales", "parent": east["id"]})
    assert (refused.status_code, "A unit cannot lie below itself." in refused.text) == (422, True)
    member.post(f"/admin/units/{east['id']}", data={"name": "Far East", "parent": ""})
    with site.platform.read() as uow:
        assert units.get(uow.connection, east["id"]) == {"id": east["id"], "name": "Far East", "parent": None}


def test_a_role_is_told_in_words(member: TestClient) -> None:
    text = re.sub(r"\s+", " ", member.get("/admin/roles/seller").text)
    assert "Owner is me" in text
    assert "Masked: Phone" in text
    assert "Hidden: Discount" in text
    assert 'class="cell-some" title="on some records"' in text
    assert "Nothing of: Contacts" in text
    assert "Administrators may do everything." in member.get("/admin/roles/admin").text
    assert member.get("/admin/roles/nobody").status_code == 404


def test_roles_beside_each_other_for_one_action(member: TestClient, seller: TestClient) -> None:
    def row(may: str) -> list[str]:
        table = member.get(f"/admin/roles?may={may}").text.partition('class="matrix wide"')[2]
        heads = re.findall(r'<th scope="col"><a href="/admin/roles/(\w+)">', table)
        line = re.search(r"</svg>Customers</span></th>(.*?)</tr>", table, re.S)
        assert line is not None
        return [f"{head} {cell}" for head, cell in zip(heads, re.findall(r'class="cell-(\w+)"', line[1]), strict=True)]

    assert "seller some" in row("read")
    assert row("anything") == row("read")
    assert row("merge") != row("read")
    assert seller.get("/admin/roles").status_code == 403


def test_looking_with_other_rights_shows_theirs_and_changes_nothing(member: TestClient, site: Site) -> None:
    site.change(site.ids[2], owner=site.sam.id)
    assert member.post("/admin/view-as", data={"whose": "user:nobody"}).status_code == 404
    answer = member.post("/admin/view-as", data={"whose": f"user:{site.sam.id}"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    text = member.get("/records/customer").text
    assert "You see the workspace as Sam Wu" in text
    assert "Cedar Software 0002" in text
    assert "Aurora Energy 0000" not in text
    assert member.get(f"/records/customer/{site.ids[3]}").status_code == 404
    assert member.get("/admin/users").status_code == 403
    before = site.stored(site.ids[2])
    refused = member.post(f"/records/customer/{site.ids[2]}/edit", data={"name": "Changed", "version": "2"})
    assert (refused.status_code, "nothing can be changed" in refused.text) == (403, True)
    assert site.stored(site.ids[2]) == before
    assert member.post("/admin/view-as", data={"whose": "role:seller"}).status_code == 403
    assert member.post("/preferences", data={"theme": "dark", "next": "/"}).status_code == 303
    assert member.post("/admin/view-as/end").headers["Location"] == "/admin/roles"
    assert member.get("/admin/users").status_code == 200
    assert actions(site)[:2] == ["view_as.end", "view_as.begin"]
    member.post("/admin/view-as", data={"whose": "role:seller"})
    assert "You see the workspace as Seller" in member.get("/").text
    member.cookies.set("tenon_language", "zh")
    assert "销售" in re.findall(r'<span role="status">([^<]+)</span>', member.get("/").text)[0]


def test_a_cookie_alone_opens_no_eyes(seller: TestClient, site: Site) -> None:
    seller.cookies.set("tenon_view_as", f"user:{site.ann.id}")
    assert seller.get("/admin/users").status_code == 403
    assert "You see the workspace as" not in seller.get("/").text


def test_a_token_is_told_once_and_revoked(member: TestClient, seller: TestClient, site: Site) -> None:
    made = seller.post("/settings/tokens", data={"name": "Till", "days": "30", "roles": "seller", "addresses": "10.0.0.0/8, 127.0.0.1"})
    token = re.search(r'id="made">(tnn_[^<]+)<', made.text)
    assert token
    assert token[1] not in seller.get("/settings/tokens").text + member.get("/admin/tokens").text
    with site.platform.read() as uow:
        [row] = tokens.list_page(uow.connection)
        assert tokens.find(uow.connection, token[1], "127.0.0.1") is not None
    assert (row["name"], row["addresses"], row["user"]) == ("Till", ["10.0.0.0/8", "127.0.0.1/32"], site.sam.id)
    assert "Till" in member.get("/admin/tokens").text
    assert "Till" not in member.get("/settings/tokens").text
    member.post(f"/settings/tokens/{row['id']}/revoke", data={"everybody": "1"})
    with site.platform.read() as uow:
        assert tokens.find(uow.connection, token[1], "127.0.0.1") is None
    refused = seller.post("/settings/tokens", data={"name": "", "addresses": "here"})
    assert (refused.status_code, "A token needs a name" in refused.text, "neither an address nor a network" in refused.text) == (422, True, True)


def test_every_entry_of_the_audit_has_words() -> None:
    """Whatever is written into the audit, anywhere, is told in both languages."""
    written = set()
    for path in Path(tenon.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called in ("audit.write", "audit.Entry", "Entry"):
                written |= {each.value for each in node.args if isinstance(each, ast.Constant) and re.fullmatch(r"[a-z_]+\.[a-z_.]+", str(each.value))}
    assert {"user.create", "import.start", "release.publish"} <= written
    assert written - set(WORDS) == set()


def test_the_audit_calls_things_by_their_names(member: TestClient, site: Site) -> None:
    member.post("/settings/tokens", data={"name": "nightly"})
    page = member.get("/admin/audit?action=token.create").text
    assert re.search(r'<td class="cut">nightly</td><td class="detail">[^<]*person: Ann Lee', page)
    assert re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", page.partition("<tbody>")[2].partition("</tbody>")[0]) is None


def test_the_audit_is_narrowed_and_checked(member: TestClient, site: Site) -> None:
    member.post("/admin/units", data={"name": "West"})
    assert "name: West" in member.get("/admin/audit?action=unit.create").text
    assert "name: West" not in member.get("/admin/audit?action=session.begin").text
    assert "name: West" in member.get(f"/admin/audit?user={site.ann.id}").text
    assert "Nothing found" in member.get("/admin/audit?until=2020-01-01").text
    assert member.post("/admin/audit/verify").headers["Location"] == "/admin/audit?verified=whole"
    member.cookies.set("tenon_language", "zh")
    assert "名称：West" in member.get("/admin/audit?action=unit.create").text


def test_a_draft_is_told_published_compared_and_taken_back(member: TestClient, site: Site) -> None:
    def draft(label: str) -> None:
        with site.platform.write() as uow:
            put(uow.connection, Context(site.ann), uow.model, "view", "big_ones", {**world.VIEW, "label": {"en": label, "zh": "大"}}, now=uow.now)

    draft("Giants")
    text = member.get("/admin/releases").text
    assert "<del>Large contracts</del>" in text
    assert "<ins>Giants</ins>" in text
    member.post("/admin/releases", data={"what": "discard"})
    assert "Nothing waits to be published." in member.get("/admin/releases").text
    draft("Giants")
    assert member.post("/admin/releases", data={"what": "publish", "note": "better names"}).status_code == 303
    text = member.get("/admin/releases").text
    assert "better names" in text
    assert "<ins>Giants</ins>" in member.get("/admin/releases/2?other=1").text
    assert member.post("/admin/releases/1/restore").status_code == 303
    with site.platform.read() as uow:
        assert (uow.model.release, uow.model.get("view", "big_ones").label.show("en")) == (3, "Large contracts")
    assert "back to 1" in member.get("/admin/releases").text
    assert member.get("/admin/releases/9").status_code == 404


def test_going_back_over_data_has_to_be_accepted(member: TestClient, site: Site) -> None:
    with site.platform.write() as uow:
        bigger = {**world.CONTACT, "fields": [*world.CONTACT["fields"], {"name": "nick", "label": {"en": "Nick", "zh": "昵称"}, "type": "text"}]}
        put(uow.connection, Context(site.ann), uow.model, "entity", "contact", bigger, now=uow.now)
    member.post("/admin/releases", data={"what": "publish"})
    with site.platform.write() as uow:
        entity = uow.model.get_entity("contact")
        table = uow.tables.of(entity)
        uow.connection.execute(table.update().values({uow.tables.column(table, entity.fields["nick"]): "N"}))
    step = re.search(r'name="accept" value="([^"]+)"', member.get("/admin/releases/1").text)
    assert step
    refused = member.post("/admin/releases/1/restore")
    assert refused.status_code == 409
    assert member.post("/admin/releases/1/restore", data={"accept": step[1].replace("&#39;", "'")}).status_code == 303


def test_a_backup_is_written_and_fetched(member: TestClient, site: Site) -> None:
    job = member.post("/admin/backups").headers["Location"]
    make_worker(site.platform).run_until_idle()
    assert "Done" in member.get(job).text
    text = member.get("/admin/system").text
    name = re.search(r'action="/admin/backups/([^"]+)"', text)
    assert name
    fetched = member.post(f"/admin/backups/{name[1]}")
    assert (fetched.status_code, fetched.content[:2]) == (200, b"PK")
    assert actions(site)[0] == "backup.download"
    assert member.post("/admin/backups/..%2Fsecret").status_code == 404
    assert "The audit is unbroken" in member.post("/admin/system/examine").text


def test_a_failed_job_is_started_again(member: TestClient, site: Site) -> None:
    dead = site.jobs[1]
    assert "Start again" in member.get(f"/jobs/{dead}").text
    member.post(f"/jobs/{dead}/retry")
    assert member.get(f"/api/v1/jobs/{dead}").json()["state"] == "queued"


def test_why_somebody_may_is_explained(member: TestClient, site: Site) -> None:
    site.change(site.ids[2], owner=site.sam.id)
    asked = f"/admin/access?user={site.sam.id}&entity=customer&record="
    own = member.get(f"{asked}http://127.0.0.1:8000/records/customer/{site.ids[2]}?tab=1").text
    other = member.get(f"{asked}{site.ids[3]}").text
    assert "Sam Wu · Cedar Software 0002" in own
    assert "owner == user.id" in own
    assert ("does not hold" in own, "does not hold" in other) == (False, True)
    assert "Roles grant it (Seller), but not for this record." in other
    assert "No role grants it." in own
    assert member.get(f"{asked}nothing").status_code == 404

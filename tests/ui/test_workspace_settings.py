"""The settings of the workspace: who gets in, and where name and logo are shown."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from tenon.engine.people import users
from tenon.platform import profile
from tenon.platform.profile import Profile
from tests import world
from tests.platform.test_profile import PNG
from tests.ui.conftest import Site

PAGE = "/admin/settings"


def stored(site: Site) -> Profile:
    with site.platform.read() as uow:
        return profile.find(uow.connection)


def test_only_administrators_get_in(member: TestClient, seller: TestClient, visitor: TestClient, site: Site, new_client: Any) -> None:
    builder = new_client(world.add_person(site.platform, "bo@example.com", "Bo Lin", ["builder"]))
    assert [each.get(PAGE).status_code for each in (member, seller, builder, visitor)] == [200, 403, 403, 303]
    for each in (seller, builder):
        assert each.post(PAGE, data={"name": "Mine"}).status_code == 403
        assert each.post(f"{PAGE}/logo", files={"logo": ("l.png", PNG)}).status_code == 403
        assert each.post(f"{PAGE}/logo", data={"what": "remove"}).status_code == 403
        assert PAGE not in each.get("/settings").text
    assert stored(site) == Profile()
    assert f'href="{PAGE}"' in member.get("/settings").text
    assert f'href="{PAGE}"' in member.get("/admin/users").text
    assert PAGE not in builder.get("/admin/releases").text


def test_the_name_is_shown_everywhere(member: TestClient, visitor: TestClient, site: Site) -> None:
    answer = member.post(PAGE, data={"name": "Acme & Co", "language": "zh"})
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert stored(site) == Profile("Acme & Co", "zh", None)
    assert "· Acme &amp; Co</title>" in member.get("/").text
    assert "Acme &amp; Co</span>" in visitor.get("/sign-in", headers={"Accept-Language": "en"}).text
    assert 'lang="zh-CN"' in visitor.get("/sign-in", headers={"Accept-Language": "fr"}).text
    member.post("/admin/users", data={"name": "New", "email": "new@example.com", "roles": "seller"})
    with site.platform.read() as uow:
        assert uow.connection.execute(users.select().where(users.c.email == "new@example.com")).mappings().one()["language"] == "zh"
    assert "Changed the workspace" in member.get("/admin/audit").text


def test_a_wrong_name_stands_beside_its_reason(member: TestClient, site: Site) -> None:
    answer = member.post(PAGE, data={"name": "x" * 61, "language": ""})
    assert answer.status_code == 422
    assert "The name has at most 60 characters." in answer.text
    assert "x" * 61 in answer.text
    assert stored(site) == Profile()


def test_a_logo_comes_and_goes(member: TestClient, visitor: TestClient, site: Site) -> None:
    assert member.post(f"{PAGE}/logo", files={"logo": ("l.png", PNG)}).status_code == 303
    logo = f"/logo/{stored(site).logo}"
    for page in (member.get("/").text, visitor.get("/sign-in").text):
        assert f'src="{logo}"' in page
    sent = visitor.get(logo)
    assert (sent.status_code, sent.content, sent.headers["content-type"]) == (200, PNG, "image/png")
    assert (sent.headers["x-content-type-options"], sent.headers["content-security-policy"]) == ("nosniff", "default-src 'none'; sandbox")
    other = member.post("/api/v1/files", files={"file": ("other.png", PNG)}).json()["id"]
    assert visitor.get(f"/logo/{other}").status_code == 404
    assert member.post(f"{PAGE}/logo", data={"what": "remove"}).status_code == 303
    assert stored(site).logo is None
    assert visitor.get(logo).status_code == 404
    assert logo not in member.get("/").text


def test_what_is_no_logo_is_refused_and_not_kept(member: TestClient, site: Site) -> None:
    for content, why in ((b"<svg/>", "PNG, JPEG or WebP"), (PNG + bytes(512 * 1024), "larger than 512 KB")):
        answer = member.post(f"{PAGE}/logo", files={"logo": ("l.png", content)})
        assert answer.status_code in (413, 422)
        assert why in answer.text
    assert "No picture was chosen." in member.post(f"{PAGE}/logo", data={}).text
    assert stored(site) == Profile()
    assert list(site.platform.outside.files.keys()) == []

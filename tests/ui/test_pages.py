"""Every page renders in both languages, safely, with addresses that never go stale."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from tenon.ui.assets import icon_url, static_url
from tenon.ui.render import CONTENT_SECURITY_POLICY
from tests import world
from tests.ui.conftest import Site

LANGUAGES = ("en", "zh")
PARTS = {
    "hits": "/search?q=a", "no hits": "/search?q=zzzz", "options": "/options/customer/owner?q=", "list part": "/records/customer?sort=-arr",
}  # fmt: skip


def inside(site: Site) -> dict[str, str]:
    """Return the pages after signing in by name."""
    return world.inside_places(site.ids[7], *site.jobs)


def pages_of(client: TestClient, site: Site, language: str) -> dict[str, str]:
    """Return every page as text, by name."""
    client.cookies.set("tenon_language", language)
    found = {name: client.get(url) for name, url in world.outside_places(site.platform, site.sam).items()}
    site.sign_in(client, site.ann)
    found |= {name: client.get(url) for name, url in inside(site).items()}
    found |= {name: client.get(url, headers={"HX-Request": "true"}) for name, url in PARTS.items()}
    assert {name: answer.status_code for name, answer in found.items() if answer.status_code != 200} == {}
    return {name: answer.text for name, answer in found.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_render(visitor: TestClient, site: Site, language: str) -> None:
    for name, text in pages_of(visitor, site, language).items():
        if name in PARTS:
            assert "<html" not in text, name
        else:
            assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in text, name
            assert text.count("<h1") == 1, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_inline_styles_or_scripts(visitor: TestClient, site: Site, language: str) -> None:
    forbidden = re.compile(r'\sstyle=|<style|\son[a-z]+="|<script(?![^>]*\ssrc=)|javascript:|hx-on|hx-vals="js:', re.I)
    for name, text in pages_of(visitor, site, language).items():
        assert forbidden.findall(text) == [], name


def test_every_address_of_a_file_carries_the_digest(member: TestClient, site: Site) -> None:
    text = "".join(member.get(url).text for url in inside(site).values())
    addresses = set(re.findall(r'"(/static/[^"#]+)', text))
    assert addresses
    for address in addresses:
        answer = member.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]
    assert "immutable" not in member.get("/static/000000000000/logo.svg").headers["Cache-Control"]


def test_every_icon_exists(member: TestClient, site: Site) -> None:
    text = "".join(member.get(url).text for url in [*inside(site).values(), *PARTS.values()])
    used = set(re.findall(r'href="[^"]+icons\.svg#([a-z0-9-]+)"', text))
    assert "circle-check" in used
    assert icon_url("no-such-icon").endswith("#circle-dashed")
    assert icon_url("house").startswith(static_url("vendor/icons.svg"))
    one = member.get(icon_url("airplay").partition("#")[0])
    assert one.headers["Content-Type"] == "image/svg+xml"
    assert one.text.count("<symbol") == one.text.count('<symbol id="airplay"') == 1
    assert member.get(static_url("vendor/entity-icon/nothing.svg")).status_code == 404


def test_answers_carry_the_policy(member: TestClient) -> None:
    for url in ("/", "/nope", "/records/customer"):
        headers = member.get(url).headers
        assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_names_are_escaped(member: TestClient, site: Site) -> None:
    one = site.ids[7]
    site.change(one, name='<img src=x onerror="alert(1)">', notes='<div hx-get="/steal">')
    for url in (f"/records/customer/{one}", f"/records/customer/{one}?tab=tab2", f"/records/customer/{one}/edit", "/records/customer?q=img"):
        text = member.get(url).text
        assert "<img src=x" not in text
        assert "<div hx-get" not in text
        assert "&lt;img src=x" in text


def test_a_dangerous_address_is_no_link(member: TestClient, site: Site) -> None:
    one = site.ids[7]
    with site.platform.write() as uow:
        entity = uow.model.get_entity("customer")
        table = uow.tables.of(entity)
        column = uow.tables.column(table, entity.fields["website"])
        uow.connection.execute(table.update().where(table.c.id == one).values({column: "javascript:alert(1)"}))
    text = member.get(f"/records/customer/{one}?tab=tab2").text
    assert "javascript:alert(1)" in text
    assert 'href="javascript' not in text


def test_pages_that_are_not_there(member: TestClient) -> None:
    for url in ("/nope", "/records/nothing", "/records/customer/nobody", "/jobs/none"):
        answer = member.get(url)
        assert answer.status_code == 404, url
        assert "There is nothing here" in answer.text


def test_a_failure_says_so_without_details(member: TestClient, site: Site) -> None:
    with site.platform.write() as uow:
        table = uow.tables.of(uow.model.get_entity("customer"))
        table.drop(uow.connection)
    answer = member.get("/records/customer")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert table.name not in answer.text


def test_a_refusal_inside_a_page_replaces_the_page(member: TestClient) -> None:
    answer = member.get("/records/customer?cursor=rubbish", headers={"HX-Request": "true"})
    assert answer.status_code == 400
    assert answer.headers["HX-Retarget"] == "#main"
    assert "<html" not in answer.text


def test_history_gets_the_whole_page(member: TestClient) -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in member.get("/records/customer", headers=headers).text


def test_an_address_that_is_asked_in_another_way_says_so(member: TestClient) -> None:
    for url in ("/records/customer", "/admin/connectors", "/"):
        answer = member.request("DELETE", url, headers={"Accept-Language": "zh"})
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET"), url
        assert "该地址不支持此访问方式" in answer.text or "This address is not asked in this way" in answer.text

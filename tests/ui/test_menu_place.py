"""Which entry of the menu a page is marked in: lists, views, records and what lies below them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import User, system_context
from tenon.engine.releases import publish_documents
from tests import world
from tests.ui.conftest import BASE, Site

LIST = "/records/customer"


def publish(site: Site, *items: dict[str, str]) -> None:
    """Publish two more views and an app with a menu."""
    label = {"en": "Desk", "zh": "工作台"}
    views = [
        {"kind": "view", "name": "small_ones", "entity": "customer", "label": {"en": "Small"}, "filter": "arr < 100000"},
        {"kind": "view", "name": "everybody", "entity": "customer", "label": {"en": "Everybody"}},
    ]
    app = {"kind": "app", "name": "desk", "version": "1.0.0", "label": label, "menu": [{"label": label, "items": list(items)}]}
    publish_documents(site.platform.publisher, system_context(), [*views, app])


def place(client: TestClient, path: str, came_from: str = "") -> str:
    """The entry of the menu that a page marks, '' for none."""
    answer = client.get(path, headers={"Referer": f"{BASE}{came_from}"} if came_from else {})
    assert answer.status_code == 200
    side = answer.text.partition("</nav>")[0]
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*aria-current="page"', side)
    assert len(found) <= 1
    return html.unescape(found[0]) if found else ""


@pytest.fixture
def record(site: Site) -> str:
    return f"{LIST}/{site.ids[0]}"


def test_a_record_is_not_marked_as_one_of_a_view_that_it_may_not_be_in(site: Site, member: TestClient, record: str) -> None:
    publish(site, {"view": "big_ones"}, {"view": "small_ones"})
    assert place(member, f"{LIST}?view=small_ones") == f"{LIST}?view=small_ones"
    for path in (record, f"{record}/edit", f"{LIST}/new", f"{LIST}/trash"):
        assert place(member, path) == ""
    assert place(member, record, f"{LIST}?view=small_ones&sort=name") == f"{LIST}?view=small_ones"
    assert place(member, record, "/records/order?view=small_ones") == ""
    assert place(member, record, "/") == ""


def test_a_record_is_marked_as_one_of_all(site: Site, member: TestClient, record: str) -> None:
    publish(site, {"view": "big_ones"}, {"view": "everybody"})
    assert place(member, record) == f"{LIST}?view=everybody"
    assert place(member, LIST) == f"{LIST}?view=everybody"
    assert place(member, f"{LIST}?view=small_ones") == f"{LIST}?view=everybody"
    assert place(member, record, f"{LIST}?view=big_ones") == f"{LIST}?view=big_ones"
    assert member.get(record, headers={"Referer": f"https://elsewhere.example{LIST}?view=big_ones"}).status_code == 200


def test_the_entry_of_the_entity_goes_before_its_views(site: Site, member: TestClient, record: str) -> None:
    publish(site, {"view": "big_ones"}, {"entity": "customer"}, {"view": "everybody"})
    assert place(member, record) == LIST
    assert place(member, f"{LIST}?view=small_ones") == LIST
    assert place(member, f"{LIST}?view=big_ones") == f"{LIST}?view=big_ones"


def test_the_only_entry_of_an_entity_is_that_of_its_records(site: Site, member: TestClient, record: str) -> None:
    publish(site, {"view": "big_ones"})
    assert place(member, record) == f"{LIST}?view=big_ones"
    assert place(member, f"{LIST}?view=small_ones") == ""


def test_an_entry_for_who_works_with_the_records_is_not_there_for_who_reads(site: Site, member: TestClient, new_client: Callable[[User | None], TestClient]) -> None:
    """Of three entries a reader has the one that needs nothing; who may change and create has all."""
    publish(site, {"view": "big_ones"}, {"view": "small_ones", "needs": "update"}, {"entity": "customer", "needs": "create"})
    only = {"kind": "role", "name": "looker", "grants": [{"entity": "customer", "actions": ["read"]}]}
    publish_documents(site.platform.publisher, system_context(), [only])
    looker = new_client(world.add_person(site.platform, "looker@tenon.example", "Looker", ["looker"]))
    wanted = [f"{LIST}?view=big_ones", f"{LIST}?view=small_ones", LIST]
    for client, count in ((member, 3), (looker, 1)):
        side = html.unescape(client.get("/").text.partition("</nav>")[0])
        assert [url for url in wanted if f'href="{url}"' in side] == wanted[:count]

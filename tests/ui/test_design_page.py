"""The designer of pages over HTTP: the newest record in its blocks, and what cannot be shown of it yet."""

from __future__ import annotations

import json
import re
from html import unescape

from starlette.testclient import TestClient

from tests.ui.test_design import HOSTILE, make, step
from tests.ui.test_design_view import canvas

URL = "/design/page/customer_360"


def test_blocks_show_the_newest_record(member: TestClient) -> None:
    shown = canvas(member.get(URL).text)
    assert 'class="gauge' in shown
    assert "华信软件 0129" in shown
    assert "Contract value" in shown
    assert 'data-group="block"' in shown
    assert shown.count('data-group="tab"') == 3


def test_blocks_of_later_tabs_come_when_they_are_looked_at(member: TestClient) -> None:
    waiting = re.findall(r'data-keep="(\w+)" hx-get="([^"]+)" hx-trigger="revealed"', canvas(member.get(URL).text))
    assert len({key for key, _ in waiting}) == len(waiting) > 1
    assert any("Contract value" in member.get(url).text for _, url in waiting)
    assert member.get(f"{URL}/blocks/nothing").status_code == 404


def test_a_new_page_begins_with_what_refers_to_the_record(member: TestClient) -> None:
    assert make(member, kind="page", label="Customer page", entity="customer").headers["location"] == "/design/page/customer_page"
    shown = canvas(member.get("/design/page/customer_page").text)
    assert "All fields" in shown
    assert "Orders" in shown
    assert "Contacts" in shown


def test_blocks_of_what_is_not_published_are_placeholders(member: TestClient) -> None:
    make(member, kind="entity", label="Robot")
    make(member, kind="page", label="Robot page", entity="robot")
    page = member.get("/design/page/robot_page").text
    assert "Once there are records, the newest is shown here." in page
    step(member, "/design/entity/customer", {"op": "insert", "at": "/fields", "value": {"name": "mood", "type": "text", "label": {"en": "Mood"}}})
    done = step(member, URL, {"op": "set", "at": "/header/facts", "value": ["mood", "arr"]}, {"op": "set", "at": "/use_when", "value": "mood == 'good'"})
    assert done.status_code == 200
    assert "Contract value" in canvas(done.text)


def test_facts_are_added_one_by_one(member: TestClient) -> None:
    """An offer says only what is added; it comes after those that are there, and is offered no more."""
    def offered(page: str) -> dict[str, str]:
        found = re.findall(r'<button class="menu-item" type="button" data-operations="([^"]+)">.*?<span class="cut">([^<]+)</span>', page)
        return {unescape(each): unescape(sent) for sent, each in found if "/header/facts" in sent}

    step(member, URL, {"op": "set", "at": "/header/facts", "value": ["arr"]})
    page, added = member.get(URL).text, ["arr"]
    names = list(offered(page))[:2]
    for name in names:
        (operation,) = json.loads(offered(page)[name])
        assert set(operation) == {"op", "at", "value"}
        done = step(member, URL, operation)
        assert done.status_code == 200, done.text
        page = member.get(URL).text
        assert name not in offered(page)
        added.append(operation["value"])
    assert member.get("/api/v1/metadata/page/customer_360").json()["header"]["facts"] == added


def test_what_stands_in_the_way_is_said(member: TestClient) -> None:
    tab = re.findall(r"/tabs/([0-9a-f-]{36})/blocks", member.get(URL).text)[0]
    done = step(member, URL, {"op": "insert", "at": f"/tabs/{tab}/blocks", "value": {"type": "related"}})
    assert done.status_code == 200
    assert "The type related needs relation." in done.text
    for label in HOSTILE[:3]:
        named = step(member, URL, {"op": "set", "at": f"/tabs/{tab}/label/en", "value": label})
        assert named.status_code == 200
        assert "<script>alert" not in named.text
        assert "<img src=x" not in named.text


def test_pages_without_history_say_what_is_added(member: TestClient) -> None:
    done = step(member, URL, {"op": "set", "at": "/tabs", "value": []})
    assert "Added by itself:" in done.text
    assert "Without tabs of its own" in done.text

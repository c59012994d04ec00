"""The designer of apps over HTTP: a menu is made, what it leads to, and where it is seen once it is published."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from tests.ui.conftest import Site
from tests.ui.test_design import HOSTILE, csrf, make, step
from tests.ui.test_design_view import canvas

URL = "/design/app/field_work"


def group_of(client: TestClient) -> str:
    return re.findall(r"/menu/([0-9a-f-]{36})/items", client.get(URL).text)[0]


def test_a_menu_is_made_and_published(member: TestClient, site: Site) -> None:
    assert make(member, kind="app", label="Field work", entity="customer").headers["location"] == URL
    place = f"/menu/{group_of(member)}/items"
    done = step(member, URL, {"op": "insert", "at": place, "value": {"view": "big_ones", "label": {"en": "Big fish", "zh": "大客户"}}}, {"op": "set", "at": "/menu/0/icon", "value": "truck"})
    shown = canvas(done.text)
    assert re.findall(r'data-group="entry"[^>]*aria-label="([^"]+)"', shown) == ["Customers, 1/2", "Big fish, 2/2"]
    assert "Customer · List" in shown
    member.post("/admin/releases", data={"csrf": csrf(member), "what": "publish", "note": "Menu"})
    with site.platform.read() as uow:
        assert [[i.view is not None for i in g.items] for g in uow.model.get("app", "field_work").body.menu] == [[False, True]]
    assert "Big fish" in member.get("/").text


def test_entries_that_lead_nowhere_are_marked(member: TestClient) -> None:
    make(member, kind="app", label="Field work")
    place = f"/menu/{group_of(member)}/items"
    done = step(member, URL, {"op": "insert", "at": place, "value": {"view": "not_there"}}, {"op": "insert", "at": place, "value": {"view": "big_ones", "entity": "order"}})
    assert done.status_code == 200
    assert "is not there" in done.text
    assert "A menu entry leads to one of view, dashboard or entity." in done.text


def test_labels_of_a_menu_are_shown_as_text(member: TestClient) -> None:
    make(member, kind="app", label="Field work", entity="order")
    group = group_of(member)
    for label in HOSTILE[:3]:
        done = step(member, URL, {"op": "set", "at": f"/menu/{group}/label/en", "value": label}, {"op": "set", "at": "/label/en", "value": label})
        assert done.status_code == 200
        assert "<script>alert" not in done.text
        assert "<img src=x" not in done.text

"""The designer of views over HTTP: the records it shows, the types that work, and what of it is not published."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.ui.test_design import csrf, make, step
from tests.world import BOARD

URL = "/design/view/big_ones"
HOSTILE = '"><img src=x onerror=alert(1)>'


def canvas(text: str) -> str:
    """The canvas of a page, or of an answer, in which it stands first."""
    start, palette = text.index('id="design-canvas"'), text.index('id="design-palette"')
    return text[start:palette] if start < palette else text[start:]


def test_columns_stand_over_real_records(member: TestClient) -> None:
    shown = canvas(member.get(URL).text)
    assert re.findall(r'aria-label="([^"]+), \d/4"', shown) == ["Name", "Health", "Contract value", "Looked after by"]
    assert shown.count('class="column-cell ') == 4 * 8
    assert "Aurora Energy" in shown or "Birch Telecom" in shown or "Cedar Software" in shown
    assert "arr &gt;= 100000" in shown
    assert re.findall(r'column-sum">([^<]*)<', shown) == ["", "Average", "Sum", ""]
    columns = {c["field"]: c["id"] for c in member.get("/api/v1/metadata/view/big_ones").json()["columns"]}
    panel = member.get(f"{URL}/part?item={columns['arr']}").text
    assert "As usual: Sum" in panel
    done = step(member, URL, {"op": "set", "at": f"/columns/{columns['arr']}/total", "value": "max"})
    assert re.findall(r'column-sum">([^<]*)<', canvas(done.text)) == ["", "Average", "Largest", ""]


def test_the_palette_reaches_over_references(member: TestClient) -> None:
    assert make(member, kind="view", label="All orders", entity="order").headers["location"] == "/design/view/all_orders"
    page = member.get("/design/view/all_orders").text
    assert "Over Customer" in page
    assert "customer.industry" in page
    done = step(member, "/design/view/all_orders", {"op": "insert", "at": "/columns", "index": 0, "value": {"field": "customer.industry"}})
    assert 'aria-label="Industry, 1/' in done.text


def test_a_type_that_cannot_work_says_why(member: TestClient) -> None:
    make(member, kind="view", label="All contacts", entity="contact")
    page = member.get("/design/view/all_contacts").text
    pick = re.search(r'<button class="pick"[^>]*aria-disabled="true"[^>]*>(?:(?!</button>).)*Tree(?:(?!</button>).)*</button>', page, re.S)
    assert pick
    assert "Needs a reference to the same records." in pick[0]
    assert "data-operations" not in pick[0]


@pytest.mark.parametrize(("kind", "more", "found"), [
    ("board", {"board": {"by": "stage", "card": ["arr"]}}, "board-card"), ("gallery", {}, "picture-card"), ("calendar", {"calendar": {"from": "renewal"}}, "calendar-week"),
    ("timeline", {"calendar": {"from": "renewal"}}, "timeline-row"), ("gantt", {"calendar": {"from": "renewal"}}, "timeline-row"),
])  # fmt: skip
def test_every_type_is_shown_as_people_will_see_it(member: TestClient, kind: str, more: dict[str, Any], found: str) -> None:
    operations = [{"op": "set", "at": f"/{part}", "value": value} for part, value in more.items()]
    done = step(member, URL, {"op": "set", "at": "/filter", "value": None}, *operations, {"op": "set", "at": "/type", "value": kind})
    assert done.status_code == 200, done.text
    assert found in canvas(done.text)


def test_a_tree_grows_by_a_reference_to_the_same_records(member: TestClient) -> None:
    parent = {"name": "parent", "type": "reference", "entity": "customer", "label": {"en": "Parent company"}}
    step(member, "/design/entity/customer", {"op": "insert", "at": "/fields", "value": parent})
    done = step(member, URL, {"op": "set", "at": "/tree", "value": {"parent": "parent"}}, {"op": "set", "at": "/type", "value": "tree"})
    assert "the field that the view is made by is published" in done.text
    member.post("/admin/releases", data={"csrf": csrf(member), "what": "publish", "note": "Tree"})
    assert "node-row" in canvas(member.get(URL).text)


def test_a_board_that_is_published_opens(member: TestClient) -> None:
    shown = canvas(member.get(f"/design/view/{BOARD['name']}").text)
    assert "Trial" in shown
    assert "board-card" in shown


def test_a_field_that_is_not_published_has_an_empty_column(member: TestClient) -> None:
    step(member, "/design/entity/customer", {"op": "insert", "at": "/fields", "value": {"name": "mood", "type": "text", "label": {"en": HOSTILE}}})
    done = step(member, URL, {"op": "insert", "at": "/columns", "value": {"field": "mood"}})
    assert done.status_code == 200
    shown = canvas(done.text)
    assert shown.count('class="column-cell ') == 5 * 8
    assert "<img src=x" not in done.text
    filtered = step(member, URL, {"op": "set", "at": "/filter", "value": "mood == 'good'"})
    assert "Records appear once what the filter" in filtered.text
    coloured = step(member, URL, {"op": "set", "at": "/filter", "value": None}, {"op": "insert", "at": "/colours", "index": 0, "value": {"when": "mood == 'bad'", "colour": "red"}})
    assert "Records appear once what the filter" in coloured.text
    ordered = step(member, URL, {"op": "set", "at": "/colours", "value": []}, {"op": "set", "at": "/sort", "value": ["-mood"]})
    assert ordered.status_code == 200


def test_an_entity_that_is_not_published_has_places_for_records(member: TestClient) -> None:
    make(member, kind="entity", label="Robot")
    make(member, kind="view", label="Robots", entity="robot")
    page = member.get("/design/view/robots").text
    assert "Records appear once their entity is published." in page
    assert "column-cell bone" in page

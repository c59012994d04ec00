"""The map of the entities: boxes, references as lines, and the outline that says the same."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from tests.ui.test_design import HOSTILE, make, step


def test_references_are_lines_between_boxes(member: TestClient, seller: TestClient) -> None:
    page = member.get("/design/map").text
    assert {"customer", "order", "contact"} <= set(re.findall(r'data-entity="([^"]+)"', page))
    lines = set(re.findall(r'data-from="([^"]+)" data-to="([^"]+)"', page))
    assert {("order", "customer"), ("contact", "customer")} <= lines
    assert "Order → Customer: Customer" in page
    assert 'href="/design/map"' in member.get("/design").text
    assert seller.get("/design/map").status_code == 403


def test_boxes_never_cover_each_other(member: TestClient) -> None:
    page = member.get("/design/map").text
    places = re.findall(r'<rect x="(\d+)" y="(\d+)"', page)
    assert len(places) == len(set(places)) > 2


def test_the_map_shows_the_draft_and_circles(member: TestClient) -> None:
    make(member, kind="entity", label="Ship")
    make(member, kind="entity", label="Captain")
    for near, far in (("ship", "captain"), ("captain", "ship"), ("ship", "ship")):
        step(member, f"/design/entity/{near}", {"op": "insert", "at": "/fields", "value": {"name": f"of_{far}", "type": "reference", "entity": far, "label": {"en": HOSTILE[0]}}})
    answer = member.get("/design/map")
    assert answer.status_code == 200
    lines = set(re.findall(r'data-from="([^"]+)" data-to="([^"]+)"', answer.text))
    assert {("ship", "captain"), ("captain", "ship"), ("ship", "ship")} <= lines
    assert "<script>alert" not in answer.text

"""Going on from a designer: what can be made next, and conditions of what is not published yet."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from tests.ui.test_design import csrf, make, step

PARTNER = "/design/entity/partner"


def begin(client: TestClient) -> None:
    """Make an entity with a choice in the draft."""
    assert make(client, kind="entity", label="Partner").headers["location"] == PARTNER
    level = {"name": "level", "type": "choice", "label": {"en": "Level"}, "options": [{"name": "gold", "label": {"en": "Gold"}}]}
    assert step(client, PARTNER, {"op": "insert", "at": "/fields", "value": level}).status_code == 200


def test_a_designer_leads_on_to_what_can_be_made(member: TestClient) -> None:
    make(member, kind="app", label="Partner work")
    begin(member)
    page = member.get(PARTNER).text
    assert 'href="/design/app/partner_work"' in page
    leads = re.findall(r'href="(/design\?kind=[^"]+)"', page)
    assert leads == [f"/design?kind={kind}&amp;entity=partner" for kind in ("form", "view", "page", "score", "widget")]
    dialog = member.get("/design?kind=view&entity=partner").text.partition('id="new-document"')[2]
    assert "data-reopen" in dialog[:120]
    assert re.search(r'value="view"[^>]*checked', dialog)
    assert '<option value="partner" selected' in dialog
    assert re.findall(r'href="(/design\?kind=[^"]+)"', member.get("/design/app/partner_work").text) == ["/design?kind=entity", "/design?kind=view", "/design?kind=dashboard"]
    assert "data-reopen" not in member.get("/design").text


def test_conditions_of_the_draft_are_built_by_who_designs(member: TestClient, seller: TestClient) -> None:
    begin(member)
    asked = {"csrf": csrf(member), "expression": "level == 'gold'"}
    assert member.post("/conditions/partner", data=asked).status_code == 404
    built = member.post("/conditions/partner", data={**asked, "draft": "1"})
    assert built.status_code == 200
    assert "Level" in built.text
    assert "Matches" not in built.text
    token = re.search(r'name="csrf" value="([^"]+)"', seller.get("/").text)
    assert token
    assert seller.post("/conditions/customer", data={"csrf": token[1], "expression": ""}).status_code == 200
    assert seller.post("/conditions/customer", data={"csrf": token[1], "expression": "", "draft": "1"}).status_code == 403


def test_conditions_of_new_fields_count_nothing_and_those_in_force_do(member: TestClient) -> None:
    value = {"name": "rank", "type": "integer", "label": {"en": "Rank"}}
    step(member, "/design/entity/customer", {"op": "insert", "at": "/fields", "value": value})
    token = csrf(member)
    new = member.post("/conditions/customer", data={"csrf": token, "expression": "rank > 3", "draft": "1"}).text
    assert "Rank" in new
    assert "Matches" not in new
    known = member.post("/conditions/customer", data={"csrf": token, "expression": "stage == 'trial'", "draft": "1"}).text
    assert "Matches" in known

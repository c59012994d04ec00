"""The designers of dashboards and widgets over HTTP: what a step stores, what is shown of today's records, what does not fit and why."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from httpx import Response
from starlette.testclient import TestClient

from tests.ui.conftest import Site
from tests.ui.test_design import HOSTILE, csrf, make, step

COUNT = {"name": "count", "label": {"en": "Customers", "zh": "客户数"}, "expr": "count()"}


def put(client: TestClient, kind: str, name: str, **body: Any) -> Response:
    return client.put(f"/api/v1/metadata/{kind}/{name}", json={"kind": kind, "name": name, **body})


def stored(client: TestClient, kind: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/metadata/{kind}/{name}").json()
    return found


@pytest.fixture
def board(member: TestClient) -> str:
    query = {"entity": "customer", "measures": [COUNT]}
    for name in ("left", "right"):
        assert put(member, "widget", name, type="number", label={"en": name.title()}, query=query).status_code in (200, 201)
    layout = [{"widget": "left", "x": 0, "y": 0, "w": 6, "h": 2}, {"widget": "right", "x": 6, "y": 5, "w": 6, "h": 2}]
    assert put(member, "dashboard", "desk", label={"en": "Desk"}, layout=layout).status_code in (200, 201)
    return "/design/dashboard/desk"


def test_a_dashboard_is_made_and_shows_widgets_of_the_draft(member: TestClient, site: Site, board: str) -> None:
    assert make(member, kind="dashboard", label="Morning").headers["location"] == "/design/dashboard/morning"
    page = member.get(board).text
    assert re.findall(r'data-place="([^"]+)" data-stored="([^"]+)"', page) == [("0,0,6,2", "0,0,6,2"), ("6,2,6,2", "6,5,6,2")]
    assert "/design/widget/left/picture?dashboard=desk" in page
    shown = member.get("/design/widget/left/picture?dashboard=desk")
    total = len(site.ids)
    assert f">{total}<" in shown.text


def test_a_step_stores_where_a_tile_lies_and_is_undone(member: TestClient, board: str) -> None:
    tile = stored(member, "dashboard", "desk")["layout"][0]["id"]
    done = step(member, board, {"op": "set", "at": f"/layout/{tile}/x", "value": 2}, {"op": "set", "at": f"/layout/{tile}/w", "value": 4})
    assert 'data-place="2,0,4,2"' in done.text
    assert {k: v for k, v in stored(member, "dashboard", "desk")["layout"][0].items() if k != "id"} == {"widget": "left", "x": 2, "y": 0, "w": 4, "h": 2}
    member.post(board, data={"csrf": csrf(member), "way": "undo"})
    assert stored(member, "dashboard", "desk")["layout"][0]["x"] == 0
    refused = step(member, board, {"op": "set", "at": f"/layout/{tile}/x", "value": 99})
    assert refused.status_code == 422


def test_what_a_dashboard_needs_is_chosen_and_explained(member: TestClient, site: Site, board: str) -> None:
    offered = re.findall(r'data-group="need" data-value="([^"]+)"', member.get(board).text)
    assert json.loads(offered[0].replace("&#34;", '"').replace("&quot;", '"')) == {"entity": "customer"}  # what its tiles show comes first
    step(member, board, {"op": "insert", "at": "/needs", "value": {"entity": "customer"}})
    need = stored(member, "dashboard", "desk")["needs"][0]["id"]
    page = step(member, f"{board}?item={need}", {"op": "set", "at": f"/needs/{need}/why", "value": {"en": "Everything begins with them.", "zh": "一切由此开始。"}}).text
    assert stored(member, "dashboard", "desk")["needs"] == [{"id": need, "entity": "customer", "why": {"en": "Everything begins with them.", "zh": "一切由此开始。"}}]
    assert re.search(rf'data-item="{need}" data-group="need"[^>]*aria-label="Needs Customers" title="Everything begins with them."', page)
    assert f"/needs/{need}/why" in member.get(f"{board}?item={need}").text
    step(member, board, {"op": "remove", "item": need})
    assert stored(member, "dashboard", "desk").get("needs", []) == []


def test_a_saved_widget_is_offered_where_there_is_room(member: TestClient, board: str) -> None:
    values = [json.loads(v.replace("&#34;", '"').replace("&quot;", '"')) for v in re.findall(r'data-group="tile" data-value="([^"]+)"', member.get(board).text)]
    left = next(v for v in values if v["widget"] == "left")
    assert (left["x"], left["y"], left["w"], left["h"]) == (6, 0, 3, 2)


def test_a_new_widget_lands_on_the_dashboard_and_in_its_designer(member: TestClient, board: str) -> None:
    sent = {"csrf": csrf(member), "label": "By industry", "entity": "customer", "type": "bar"}
    answer = member.post(f"{board}/widgets", data=sent, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/design/widget/by_industry")
    made = stored(member, "widget", "by_industry")
    assert (made["type"], made["query"]["entity"], [m["expr"] for m in made["query"]["measures"]]) == ("bar", "customer", ["count()"])
    assert len(made["query"]["group_by"]) == 1
    assert [t["widget"] for t in stored(member, "dashboard", "desk")["layout"]] == ["left", "right", "by_industry"]
    assert "data-chart" in member.get("/design/widget/by_industry/picture").text
    for wrong, status in (({"label": " "}, 422), ({"entity": "nobody"}, 422), ({"type": "planet"}, 404)):
        assert member.post(f"{board}/widgets", data=sent | wrong).status_code == status


@pytest.mark.parametrize("type", [
    "number", "table", "line", "area", "bar", "stacked_bar", "pie", "funnel", "gauge", "heatmap", "pivot", "scatter", "cohort", "transition", "sankey", "text",
])  # fmt: skip
def test_every_type_begins_with_something_that_can_be_shown(member: TestClient, board: str, type: str) -> None:
    answer = member.post(f"{board}/widgets", data={"csrf": csrf(member), "label": f"A {type}", "entity": "customer", "type": type}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    shown = member.get(f"{answer.headers['location']}/picture")
    assert shown.status_code == 200
    page = member.get(answer.headers["location"]).text
    lacks = re.search(rf'<button class="type-card (unfit)?" type="button" id="type-{type}"', page)
    assert lacks
    if not lacks[1]:
        assert "circle-alert" not in shown.text, shown.text


def test_a_type_that_does_not_fit_says_why(member: TestClient, board: str) -> None:
    page = member.get("/design/widget/left").text
    assert re.search(r'id="type-pie"[^>]*aria-disabled="true"[^>]*title="Needs exactly one group\."', page)
    assert re.search(r'id="type-scatter"[^>]*aria-disabled="true"', page)
    assert re.search(r'id="type-gauge"[^>]*data-operations=', page)
    chinese = member.get("/design/widget/left", headers={"Cookie": f"tenon_session={member.cookies['tenon_session']}; tenon_language=zh"}).text
    assert "需要恰好一个分组。" in chinese


def test_what_is_not_published_is_named_instead_of_failing(member: TestClient, board: str) -> None:
    step(member, "/design/entity/customer", {"op": "insert", "at": "/fields", "value": {"name": "mood", "type": "choice", "label": {"en": "Mood"}, "options": [{"name": "good"}]}})
    done = step(member, "/design/widget/left", {"op": "insert", "at": "/query/group_by", "value": {"field": "mood"}}, {"op": "set", "at": "/type", "value": "bar"})
    assert done.status_code == 200
    shown = member.get("/design/widget/left/picture?dashboard=desk")
    assert shown.status_code == 200
    assert "Not published yet: Mood" in shown.text
    assert "Not published yet" not in member.get("/design/widget/right/picture?dashboard=desk").text
    assert "Mood" in member.get("/design/widget/left").text


def test_a_tile_without_its_widget_says_so(member: TestClient, board: str) -> None:
    assert member.delete("/api/v1/metadata/widget/right").status_code in (200, 204)
    assert "This widget is not there any more" in member.get(board).text


def test_only_builders_look_at_widgets_of_the_draft(member: TestClient, seller: TestClient, board: str) -> None:
    assert seller.get("/design/widget/left/picture").status_code == 403
    assert seller.get(board).status_code == 403
    assert member.get("/design/widget/nowhere/picture").status_code == 404
    assert seller.post(f"{board}/widgets", data={"csrf": csrf_of(seller), "label": "Mine", "entity": "customer", "type": "bar"}).status_code == 403


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_of_widgets_are_shown_as_text(member: TestClient, board: str, label: str) -> None:
    step(member, "/design/widget/left", {"op": "set", "at": "/label/en", "value": label}, {"op": "set", "at": "/text", "value": {"en": label}})
    step(member, board, {"op": "set", "at": "/label/en", "value": label}, {"op": "insert", "at": "/filters", "value": {"field": "industry", "label": {"en": label}}})
    for page in (board, "/design/widget/left", "/design/widget/left/picture?dashboard=desk"):
        answer = member.get(page)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text


def csrf_of(client: TestClient) -> str:
    return str(client.headers["X-CSRF-Token"])

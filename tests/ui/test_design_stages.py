"""Moves between stages and keys of several fields, as the entity designer shows and stores them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.ui.test_design import make, step

URL = "/design/entity/deal"
API = "/api/v1/metadata/entity/deal"
STAGE: dict[str, Any] = {
    "name": "stage", "type": "stage", "label": {"en": "Stage", "zh": "阶段"},
    "options": [{"name": name, "label": {"en": name.title()}} for name in ("lead", "offer", "won", "lost")],
    "moves": [{"from": "lead", "to": "offer"}, {"from": ["lead", "offer"], "to": "lost", "requires": ["name"]}, {"from": "*", "to": "lead"}],
}  # fmt: skip


@pytest.fixture
def deal(member: TestClient) -> TestClient:
    make(member, kind="entity", label="Deal")
    step(member, URL, {"op": "insert", "at": "/fields", "value": STAGE})
    return member


def stored(client: TestClient) -> dict[str, Any]:
    return dict(client.get(API).json())


def without_ids(moves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in move.items() if key != "id"} for move in moves]


def test_every_move_is_an_arrow(deal: TestClient) -> None:
    page = deal.get(URL).text
    assert re.findall(r'data-stage="([^"]+)"', page) == ["*", "lead", "offer", "won", "lost"]
    moves = stored(deal)["fields"][1]["moves"]
    drawn = re.findall(r'<g class="stage-arrow[^"]*" data-choose="([^"]+)"', page)
    assert sorted(drawn) == sorted([moves[0]["id"], moves[1]["id"], moves[1]["id"], moves[2]["id"]])
    assert "needs Name" in page
    assert "Lead, Offer" in page


def test_a_move_has_properties(deal: TestClient) -> None:
    field = stored(deal)["fields"][1]
    place = f"/fields/{field['id']}/moves"
    done = step(deal, URL, {"op": "insert", "at": place, "value": {"from": "offer", "to": "won"}})
    assert f'data-many="{place}/' in done.text
    move = stored(deal)["fields"][1]["moves"][-1]
    changed = step(deal, URL, {"op": "set", "at": f"{place}/{move['id']}/requires", "value": ["name"]}, {"op": "set", "at": f"{place}/{move['id']}/when", "value": "name != ''"})
    assert changed.status_code == 200
    assert without_ids(stored(deal)["fields"][1]["moves"])[-1] == {"from": "offer", "to": "won", "requires": ["name"], "when": "name != ''"}
    step(deal, URL, {"op": "remove", "item": move["id"]})
    assert len(stored(deal)["fields"][1]["moves"]) == 3


def test_keys_are_added_changed_and_removed(deal: TestClient) -> None:
    assert step(deal, URL, {"op": "insert", "at": "/keys", "value": ["name", "stage"]}).status_code == 200
    assert "Name + Stage" in deal.get(URL).text
    assert step(deal, URL, {"op": "set", "at": "/keys/0", "value": ["name"]}).status_code == 200
    assert stored(deal)["keys"] == [["name"]]
    assert step(deal, URL, {"op": "set", "at": "/keys/0", "value": []}).status_code == 422
    assert step(deal, URL, {"op": "set", "at": "/keys/0", "value": None}).status_code == 200
    assert not stored(deal).get("keys")

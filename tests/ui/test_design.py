"""The workbench and the designers over HTTP: who may, what a step answers, what hostile labels do."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from httpx import Response
from starlette.testclient import TestClient

HOSTILE = ('<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "‮gnp.exe", "名" * 10_000)


def csrf(client: TestClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/design").text)
    assert found
    return found[1]


def make(client: TestClient, **sent: str) -> Response:
    return client.post("/design", data={"csrf": csrf(client), **sent}, follow_redirects=False)


def step(client: TestClient, url: str, *operations: dict[str, Any], **more: str) -> Response:
    return client.post(url, data={"csrf": csrf(client), "operations": json.dumps(operations), **more}, headers={"HX-Request": "true"})


def test_builders_find_what_can_be_designed(member: TestClient, seller: TestClient) -> None:
    page = member.get("/design").text
    assert "/design/entity/customer" in page
    assert seller.get("/design").status_code == 403
    assert seller.get("/design/entity/customer").status_code == 403
    assert "/design" not in seller.get("/").text


def test_an_entity_and_its_form_are_made(member: TestClient) -> None:
    made = make(member, kind="entity", label="合作伙伴")
    assert (made.status_code, made.headers["location"]) == (303, "/design/entity/he_zuo_huo_ban")
    form = make(member, kind="form", label="Partner form", entity="he_zuo_huo_ban")
    assert form.headers["location"] == "/design/form/partner_form"
    page = member.get("/design/form/partner_form").text
    assert "Basic information" in page
    assert 'data-list="/sections/' in page
    again = make(member, kind="form", label="Partner form", entity="he_zuo_huo_ban")
    assert again.headers["location"] == "/design/form/partner_form_2"


@pytest.mark.parametrize(("sent", "status", "told"), [
    ({"kind": "form", "label": "Lost"}, 422, "Choose what it is about."), ({"kind": "entity", "label": " "}, 422, "Give it a name."),
    ({"kind": "planet", "label": "Mars"}, 404, ""),
])  # fmt: skip
def test_what_cannot_be_made_is_said(member: TestClient, sent: dict[str, str], status: int, told: str) -> None:
    answer = make(member, **sent)
    assert answer.status_code == status
    assert told in answer.text


def test_a_step_answers_with_the_parts_that_changed(member: TestClient) -> None:
    done = step(member, "/design/entity/order", {"op": "insert", "at": "/fields", "value": {"name": "note", "type": "text", "label": {"en": "Note"}}})
    assert done.status_code == 200
    assert 'id="design-canvas"' in done.text
    assert "Note" in done.text
    undone = member.post("/design/entity/order", data={"csrf": csrf(member), "way": "undo"})
    assert "Note" not in undone.text
    refused = step(member, "/design/entity/order", {"op": "remove", "item": "gone"})
    assert refused.status_code == 422
    assert "no longer there" in refused.text
    stale = step(member, "/design/entity/order", {"op": "set", "at": "/icon", "value": "star"}, revision="0" * 20)
    assert (stale.status_code, "changed this" in stale.text) == (409, True)
    nonsense = member.post("/design/entity/order", data={"csrf": csrf(member), "operations": "{"}, headers={"HX-Request": "true"})
    assert nonsense.status_code == 400


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_are_shown_as_text(member: TestClient, label: str) -> None:
    operations = [
        {"op": "insert", "at": "/fields", "index": 0, "value": {"name": "odd", "type": "choice", "label": {"en": label}, "options": [{"name": "a", "label": {"en": label}}]}},
        {"op": "set", "at": "/label/en", "value": label},
    ]
    done = step(member, "/design/entity/order", *operations)
    assert done.status_code == 200
    for text in (done.text, member.get("/design").text, member.get("/design/entity/order").text):
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_every_document_of_the_workspace_opens(member: TestClient) -> None:
    for url in set(re.findall(r'href="(/design/[^"]+)"', member.get("/design").text)):
        assert member.get(url).status_code == 200, url

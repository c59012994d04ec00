"""Comments that name people, written over the API and by an import: who is told, and who is not."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.apps import find_app, install_all
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import Caller, publish_all
from tests.platform.people import SYSTEM

OWN: dict[str, Any] = {
    "kind": "role", "name": "own_ones", "label": {"en": "Own customers", "zh": "自己的客户"},
    "grants": [
        {"entity": "customer", "actions": ["read"], "where": "owner == user.id"},
        {"entity": "comment", "actions": ["read"]},
        {"entity": "notice", "actions": ["read"], "where": "recipient == user.id"},
    ],
}  # fmt: skip


@pytest.fixture
def people(platform: Platform, caller: Caller) -> dict[str, TestClient]:
    """Ann and Bo work with customers, Anna too; a guest sees nothing; each sees their own, over the app ``core``."""
    install_all(platform.publisher, SYSTEM, find_app("core"))
    publish_all(platform, OWN)
    return {
        "ann": caller("ann@tenon.example", "admin"), "bo": caller("bo@tenon.example", "own_ones"),
        "anna": caller("anna@tenon.example", "own_ones"), "guest": caller("guest@tenon.example"),
    }


def told(client: TestClient) -> list[tuple[str, Any]]:
    """Return title and record of the notices of somebody."""
    answer = client.get("/api/v1/records/notice", params={"filter": "recipient == user.id", "sort": "at"})
    return [(n["title"], (n["record"] or {}).get("id")) for n in answer.json()["records"]] if answer.status_code == 200 else []


def customer(client: TestClient, name: str, **values: Any) -> str:
    """Make a customer."""
    answer = client.post("/api/v1/records/customer", json={"name": name, **values})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def comment(client: TestClient, record: str, text: str) -> dict[str, Any]:
    """Write a comment about a customer."""
    answer = client.post("/api/v1/records/comment", json={"record": {"entity": "customer", "id": record}, "text": text})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_comment_over_the_api_tells_whom_it_names(people: dict[str, TestClient]) -> None:
    ann, bo, anna = people["ann"], people["bo"], people["anna"]
    one = customer(ann, "Aurora", owner=vars(bo)["user_id"])
    comment(ann, one, "Look at this, @bo and @Ann and @Guest")
    assert told(bo) == [("Ann mentioned you: Aurora", one)]
    assert (told(ann), told(anna), told(people["guest"])) == ([], [], [])


def test_nobody_hears_of_a_record_out_of_their_sight(people: dict[str, TestClient], platform: Platform) -> None:
    ann, bo = people["ann"], people["bo"]
    hidden = customer(ann, "Birch", owner=vars(ann)["user_id"])
    assert bo.get(f"/api/v1/records/customer/{hidden}").status_code == 404
    comment(ann, hidden, "@Bo should not know")
    assert told(bo) == []
    everything = ann.get("/api/v1/records/notice").json()["records"]
    assert everything == []


def test_a_changed_comment_tells_only_who_is_new_in_it(people: dict[str, TestClient]) -> None:
    ann, bo, anna = people["ann"], people["bo"], people["anna"]
    one = customer(ann, "Aurora", owner=vars(bo)["user_id"])
    made = comment(ann, one, "@Bo please")
    changed = ann.patch(f"/api/v1/records/comment/{made['id']}", json={"text": "@Bo please, really", "version": made["version"]})
    assert changed.status_code == 200, changed.text
    assert len(told(bo)) == 1
    ann.patch(f"/api/v1/records/customer/{one}", json={"owner": vars(anna)["user_id"]})
    assert ann.patch(f"/api/v1/records/comment/{made['id']}", json={"text": "@Bo please, @Anna too"}).status_code == 200
    assert (len(told(bo)), told(anna)) == (1, [("Ann mentioned you: Aurora", one)])


def test_many_comments_at_once_tell_each_about_theirs_in_their_language(people: dict[str, TestClient], caller: Caller) -> None:
    ann, bo, wang = people["ann"], people["bo"], caller("王芳@tenon.example", "own_ones", language="zh")
    one, two = customer(ann, "Aurora", owner=vars(bo)["user_id"]), customer(ann, "创科", owner=vars(wang)["user_id"])
    rows = [
        {"record": {"entity": "customer", "id": one}, "text": "@Bo first"}, {"record": {"entity": "customer", "id": two}, "text": "@王芳你好"},
        {"record": {"entity": "customer", "id": two}, "text": "@Bo not yours"}, {"record": {"entity": "customer", "id": one}, "text": "nobody@bo.example"},
    ]  # fmt: skip
    answer = ann.post("/api/v1/records/comment", json={"records": rows})
    assert answer.status_code in (200, 201), answer.text
    assert told(bo) == [("Ann mentioned you: Aurora", one)]
    assert told(wang) == [("Ann 在“创科”中提到了您", two)]

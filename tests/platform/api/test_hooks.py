"""Webhooks in over HTTP: an address told once, signed calls, limits of size and number, each call once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from starlette.testclient import TestClient

from tenon.engine.webhooks.signing import headers, read_secret
from tenon.platform.api import hooks
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import CUSTOMER, ORDER, SALES, Caller, english, publish_all

RULE: dict[str, Any] = {
    "kind": "rule", "name": "told", "label": english("Told", "收到"), "entity": "customer",
    "trigger": {"type": "webhook", "match": {"field": "name", "place": "company"}, "make_new": True, "take": [{"field": "arr", "place": "arr"}]},
    "actions": [{"type": "set_fields", "fields": {"code": "concat('T-', name)"}}],
}  # fmt: skip


def opened(platform: Platform, admin: TestClient, **trigger: Any) -> tuple[str, bytes]:
    """Publish the rule and return its address below the host, and the key."""
    publish_all(platform, CUSTOMER, ORDER, SALES, {**RULE, "trigger": {**RULE["trigger"], **trigger}})
    made = admin.post("/api/v1/rules/told/hook", json={}).json()
    return made["url"].removeprefix("http://tenon.test"), read_secret(made["secret"])


def test_anybody_with_the_address_wakes_the_rule_once_for_an_id(platform: Platform, admin: TestClient, client: TestClient) -> None:
    url, _ = opened(platform, admin)
    answers = [client.post(url, json={"company": "Ann", "arr": 5}, headers={"webhook-id": "one"}) for _ in range(3)]
    assert [a.status_code for a in answers] == [202] * 3
    assert answers[0].json() == answers[2].json()
    make_worker(platform).run_until_idle()
    (found,) = admin.get("/api/v1/records/customer?fields=name,arr,code").json()["records"]
    assert (found["name"], found["arr"], found["code"]) == ("Ann", 5, "T-Ann")
    assert client.post(url, json={"company": "Ann", "arr": "much"}).status_code == 422
    assert client.post(url, content=b"{").status_code == 400
    assert client.post(url, content=b"[" + b" " * hooks.MOST_BYTES + b"]").status_code == 413
    other = admin.post("/api/v1/rules/told/hook", json={}).json()["url"].removeprefix("http://tenon.test")
    assert (client.post(url, json={}).status_code, client.post(other, json={"company": "Ann"}).status_code) == (404, 202)
    assert admin.get("/api/v1/rules/told/hook").json()["last_at"] is not None
    assert admin.delete("/api/v1/rules/told/hook").status_code == 204
    assert client.post(other, json={}).status_code == 404


def test_a_signed_address_takes_only_signed_calls(platform: Platform, admin: TestClient, client: TestClient, caller: Caller) -> None:
    url, key = opened(platform, admin, signed=True)
    body = orjson.dumps({"company": "Ann"})
    signed = headers([key], "one", datetime.now().astimezone(), body)
    assert client.post(url, content=body).status_code == 401
    assert client.post(url, content=body + b" ", headers=signed).status_code == 401
    assert client.post(url, content=body, headers=signed).status_code == 202
    assert caller("li@tenon.example", "sales").post("/api/v1/rules/told/hook", json={}).status_code == 403


def test_guessing_addresses_is_slowed_down(platform: Platform, client: TestClient) -> None:
    answers = [client.post(f"/hooks/guess{n}", json={}).status_code for n in range(hooks.MOST_UNKNOWN + 2)]
    assert (answers[0], answers[-1]) == (404, 429)

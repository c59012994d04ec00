"""Webhooks over the API: made with a secret that is told once, changed, tried, turned off and deleted, by administrators alone."""

from __future__ import annotations

import orjson
from starlette.testclient import TestClient

from tenon.engine.outside import KeptCalls
from tenon.engine.webhooks.signing import is_signed, read_secret
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import CUSTOMER, ORDER, SALES, Caller, codes, publish_all

URL = "/api/v1/webhooks"
BODY = {"url": "https://example.com/in", "events": ["customer.created"], "role": "sales"}


def test_a_webhook_is_made_tried_rotated_and_deleted(platform: Platform, admin: TestClient, caller: Caller) -> None:
    publish_all(platform, CUSTOMER, ORDER, SALES)
    made = admin.post(URL, json=BODY)
    assert (made.status_code, made.headers["location"]) == (201, f"{URL}/{made.json()['id']}")
    hook, secret = made.json()["id"], made.json()["secret"]
    assert (made.json()["name"], made.json()["events"], made.json()["role"], made.json()["active"]) == ("example.com", ["customer.created"], "sales", True)
    assert "secret" not in admin.get(f"{URL}/{hook}").json()
    assert admin.post(f"{URL}/{hook}/test", json={}).status_code == 202
    make_worker(platform).run_until_idle()
    http = platform.outside.http
    assert isinstance(http, KeptCalls)
    (call,) = http.calls
    assert orjson.loads(call["body"])["type"] == "test.ping"
    assert is_signed([read_secret(secret)], call["headers"], call["body"], now=platform.outside.clock.real_now())
    assert admin.get(URL).json()["webhooks"][0]["last_state"] == "sent"
    assert admin.post(f"{URL}/{hook}/rotate", json={}).json()["secret"] != secret
    assert admin.patch(f"{URL}/{hook}", json={"active": False, "events": ["customer.updated", "customer.band_changed"]}).json()["active"] is False
    assert caller("li@tenon.example", "sales").get(URL).status_code == 403
    assert admin.delete(f"{URL}/{hook}").status_code == 204
    assert admin.get(f"{URL}/{hook}").status_code == 404
    assert [e["action"] for e in admin.get("/api/v1/audit?kind=webhook").json()["audit"]] == ["webhook.delete", "webhook.change", "webhook.rotate", "webhook.create"]


def test_what_does_not_fit_is_named(platform: Platform, admin: TestClient) -> None:
    publish_all(platform, CUSTOMER, ORDER, SALES)
    assert codes(admin.post(URL, json={**BODY, "events": ["customer.eaten", "nothing.created"]})) == [("/events/0", "unknown_name"), ("/events/1", "unknown_name")]
    assert codes(admin.post(URL, json={**BODY, "role": "nobody"})) == [("/role", "required")]
    assert codes(admin.post(URL, json={"url": BODY["url"]})) == [("/events", "required"), ("/role", "required")]
    assert codes(admin.post(URL, json={**BODY, "colour": "red"})) == [("/colour", "unknown_field")]

"""The pages of webhooks: made with a secret shown once, changed, tried, turned off, deleted; and the address of a rule."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import system_context
from tenon.engine.releases import publish_documents
from tests.ui.conftest import Site

URL = "/admin/webhooks"
FORM = {"url": "https://example.com/in", "name": "ERP", "role": "admin", "events": ["customer.created", "customer.updated"]}
RULE: dict[str, Any] = {
    "kind": "rule", "name": "told", "label": {"en": "Told", "zh": "收到"}, "entity": "customer", "trigger": {"type": "webhook", "match": {"field": "name", "place": "name"}},
    "actions": [{"type": "set_fields", "fields": {"arr": "1"}}],
}  # fmt: skip


def hook_of(client: TestClient) -> str:
    found = re.search(r'href="/admin/webhooks/([0-9a-f-]{36})"', client.get(URL).text)
    assert found
    return found[1]


def test_a_webhook_is_made_changed_tried_turned_off_and_deleted(member: TestClient) -> None:
    assert "No webhooks yet" in member.get(URL).text
    made = member.post(URL, data=FORM)
    assert (made.status_code, "whsec_" in made.text) == (200, True)
    one = f"{URL}/{hook_of(member)}"
    page = member.get(one).text
    assert "whsec_" not in page
    assert 'value="customer.created" checked' in page
    assert member.post(f"{one}/test", data={}).status_code == 303
    assert "test.ping" in member.get(one).text
    assert "whsec_" in member.post(f"{one}/rotate", data={}).text
    member.post(one, data={**FORM, "name": "Warehouse", "events": ["customer.deleted"]})
    member.post(f"{one}/switch", data={"on": ""})
    listed = member.get(URL).text
    assert all(text in listed for text in ("Warehouse", "customer.deleted", "Turned off"))
    member.post(f"{one}/delete", data={})
    assert "No webhooks yet" in member.get(URL).text


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(member: TestClient) -> None:
    wrong = member.post(URL, data={**FORM, "url": "http://127.0.0.1/", "role": ""})
    assert wrong.status_code == 422
    assert all(text in wrong.text for text in ("private network", 'value="http://127.0.0.1/"', 'value="customer.updated" checked'))


@pytest.mark.parametrize("path", [URL, f"{URL}/new", "/design/rule/told/hook"])
def test_only_administrators_see_them(site: Site, path: str, seller: TestClient) -> None:
    assert seller.get(path).status_code in (403, 404)


def test_the_address_of_a_rule_is_shown_once(site: Site, member: TestClient) -> None:
    publish_documents(site.platform.publisher, system_context(), [RULE])
    url = "/design/rule/told/hook"
    assert "no address yet" in member.get(url).text
    assert "/hooks/" in member.post(url, data={}).text
    again = member.get(url).text
    assert ("/hooks/" in again, "has not been called yet" in again) == (False, True)
    assert "no JSON" in member.post(url, data={"sample": "{"}).text
    assert member.post(url, data={"sample": '{"data": {"name": "Ann", "seats": [5]}}'}).status_code == 303
    trigger = member.get("/api/v1/metadata/rule/told").json()["trigger"]["id"]
    assert "data.seats.0: 5" in member.get(f"/design/rule/told/part?item={trigger}").text
    member.post(url, data={"close": "1"})
    assert "no address yet" in member.get(url).text

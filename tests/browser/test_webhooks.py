"""Webhooks by keys: one is made, its secret is shown once, it is turned off; and the address of a rule with a sample of a call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live
from tests.browser.designing import discard, drafted, publish, wait_for
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser
RULE: dict[str, Any] = {
    "kind": "rule", "name": "called", "label": {"en": "Called"}, "entity": "customer", "trigger": {"type": "webhook", "match": {"field": "name", "place": "name"}},
    "actions": [{"type": "set_fields", "fields": {"arr": "1"}}],
}  # fmt: skip


@pytest.fixture
def called(live: Live) -> Iterator[str]:
    publish(live, RULE)
    yield "/design/rule/called/hook"
    discard(live)
    publish(live, {**RULE, "state": "paused"})


def test_a_webhook_is_made_by_keys_and_turned_off(desk: Page) -> None:
    desk.goto("/admin/webhooks")
    desk.get_by_role("link", name="New webhook").first.press("Enter")
    desk.get_by_label("Address").fill("https://example.com/in")
    desk.get_by_label("Reads as").select_option(label="Everything")
    box = desk.get_by_label("Customer: Created")
    box.focus()
    desk.keyboard.press("Space")
    expect(box).to_be_checked()
    assert objections(desk) == []
    desk.keyboard.press("Enter")
    expect(desk.locator("#made")).to_contain_text("whsec_")
    desk.get_by_role("button", name="Turn off").press("Enter")
    expect(desk.get_by_role("button", name="Turn on")).to_be_visible()
    expect(desk.locator("#made")).to_have_count(0)


def test_the_address_of_a_rule_is_made_and_places_are_chosen_from_a_sample(desk: Page, live: Live, called: str) -> None:
    desk.goto(called)
    desk.get_by_role("button", name="Make the address").press("Enter")
    expect(desk.locator("#hook-url")).to_contain_text("/hooks/")
    assert objections(desk) == []
    desk.get_by_label("Body, as JSON").fill('{"data": {"company": "Aurora"}}')
    desk.get_by_role("button", name="Keep the sample").press("Enter")
    desk.locator("#rule-trigger").click()
    desk.locator("#design-panel").get_by_label("It stands at").select_option(label="data.company: Aurora")
    wait_for(desk, lambda: drafted(live, "rule", "called")["trigger"]["match"]["place"], "data.company")
    assert drafted(live, "rule", "called")["trigger"]["sample"] == {"data": {"company": "Aurora"}}

"""The designer of rules: what it does is carried and ordered by mouse and keys, published, and then done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tenon.engine.context import Context, system_context
from tenon.engine.query.pages import Ask, page as page_of
from tenon.engine.releases import draft
from tests.browser.conftest import AXE, Live
from tests.browser.designing import carry, discard, drafted, publish, wait_for

pytestmark = pytest.mark.browser
ENTITY: dict[str, Any] = {
    "kind": "entity", "name": "parcel", "label": {"en": "Parcel", "zh": "包裹"}, "title": "name", "fields": [
        {"name": "name", "type": "text", "required": True, "label": {"en": "Name", "zh": "名称"}}, {"name": "weight", "type": "integer", "label": {"en": "Weight", "zh": "重量"}},
        {"name": "sort", "type": "text", "label": {"en": "Class", "zh": "类别"}},
    ],
}  # fmt: skip
RULE: dict[str, Any] = {
    "kind": "rule", "name": "heavy", "label": {"en": "Heavy ones", "zh": "重件"}, "entity": "parcel", "trigger": {"type": "created"}, "condition": "weight > 10",
    "actions": [{"type": "set_fields", "fields": {"sort": "'heavy'"}}],
}  # fmt: skip
URL = "/design/rule/heavy"


@pytest.fixture
def rule(live: Live) -> Iterator[str]:
    publish(live, ENTITY)
    with live.platform.write() as uow:
        draft.put(uow.connection, Context(live.ann), uow.model, "rule", "heavy", RULE, now=uow.now)
    yield URL
    discard(live)


def types(live: Live) -> list[str]:
    return [action["type"] for action in drafted(live, "rule", "heavy")["actions"]]


def card(page: Page, label: str) -> Locator:
    return page.locator(".rule-actions [data-item]", has_text=label)


def test_what_it_does_is_carried_by_mouse_and_published(desk: Page, live: Live, rule: str) -> None:
    desk.goto(rule)
    carry(desk, desk.locator("#design-palette").get_by_role("button", name="Delete the record"), card(desk, "Set fields"), dy=8)
    wait_for(desk, lambda: sorted(types(live)), ["delete_record", "set_fields"])
    desk.keyboard.press("Control+z")
    wait_for(desk, lambda: types(live), ["set_fields"])
    desk.locator("#rule-trigger").click()
    desk.locator("#design-panel").get_by_label("When", exact=True).select_option(label="A record is changed")
    wait_for(desk, lambda: drafted(live, "rule", "heavy")["trigger"]["type"], "updated")
    desk.locator("#design-panel").get_by_label("Weight").check()
    wait_for(desk, lambda: drafted(live, "rule", "heavy")["trigger"].get("fields"), ["weight"])
    expect(desk.locator("#rule-trigger")).to_contain_text("Weight")
    desk.get_by_role("link", name="Review and publish").click()
    desk.get_by_role("button", name="Publish").first.click()
    wait_for(desk, lambda: _is_published(live), True)
    desk.goto("/records/parcel/new")
    desk.get_by_label("Name").fill("Anvil")
    desk.get_by_label("Weight").fill("3")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Anvil")
    wait_for(desk, lambda: len(_parcels(live)), 1)
    desk.goto(f"/records/parcel/{_parcels(live)[0]['id']}/edit")
    desk.get_by_label("Weight").fill("70")
    desk.keyboard.press("Control+s")
    expect(desk).not_to_have_url(re.compile("/edit$"))
    wait_for(desk, lambda: _runs(desk), 1)
    desk.goto(f"{URL}/runs")
    expect(desk.locator(".rule-run")).to_have_count(1)
    desk.evaluate(AXE.read_text())
    found = desk.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []


def test_what_it_does_is_ordered_by_keys(desk: Page, live: Live, rule: str) -> None:
    desk.goto(rule)
    card(desk, "Set fields").focus()
    desk.keyboard.press("Enter")
    desk.locator("#design-panel").get_by_role("textbox", name="Class").wait_for()
    desk.locator("#design-palette").get_by_role("button", name="Create a record", exact=True).focus()
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: types(live), ["set_fields", "create_record"])
    card(desk, "Create a record").focus()
    desk.keyboard.press("Alt+ArrowUp")
    wait_for(desk, lambda: types(live), ["create_record", "set_fields"])
    expect(card(desk, "Create a record")).to_be_focused()
    desk.keyboard.press("Delete")
    wait_for(desk, lambda: types(live), ["set_fields"])
    desk.evaluate(AXE.read_text())
    found = desk.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []


def test_a_phone_reads_and_tries_rules(phone: Page, live: Live, rule: str) -> None:
    for place in (rule, f"{rule}/past"):
        phone.goto(place)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(phone.get_by_text("Would have run")).to_be_visible()


def _is_published(live: Live) -> bool:
    with live.platform.read() as uow:
        return uow.model.find("rule", "heavy") is not None


def _parcels(live: Live) -> list[dict[str, Any]]:
    with live.platform.read() as uow:
        return list(page_of(uow, system_context(), uow.model.get_entity("parcel"), Ask(fields=["name", "sort"])).records)


def _runs(page: Page) -> int:
    answer = page.request.get("/api/v1/rules/heavy/runs")
    return len(answer.json().get("runs", []))

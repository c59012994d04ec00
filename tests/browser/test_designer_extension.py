"""What is added to an app's entity goes into an extension of one's own: by mouse and by keys, undone as one step, and published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tenon.engine.context import Context
from tenon.engine.releases import draft
from tests.browser.conftest import AXE, Live
from tests.browser.designing import carry, discard, drafted, partner, publish, wait_for

pytestmark = pytest.mark.browser
APP: dict[str, Any] = {"kind": "app", "name": "outfit", "label": {"en": "Outfit", "zh": "装备"}, "menu": [{"label": {"en": "Outfit"}, "items": [{"entity": "outfit_item"}]}]}
URL = "/design/entity/outfit_item"


@pytest.fixture
def entity(live: Live) -> Iterator[str]:
    publish(live, APP, {**partner("outfit_item"), "label": {"en": "Item", "zh": "物品"}, "app": "outfit"})
    yield URL
    discard(live)


def own(live: Live) -> list[dict[str, Any]]:
    """The fields of the extension of one's own; none when there is no such extension."""
    with live.platform.read() as uow:
        made = next((d for d in draft.draft_outline(uow.connection, uow.model).all("extension") if d.name == "outfit_item_own"), None)
    return list(drafted(live, "extension", "outfit_item_own")["fields"]) if made else []


def test_a_field_is_carried_to_an_apps_entity_by_mouse(desk: Page, live: Live, entity: str) -> None:
    before = drafted(live, "entity", "outfit_item")
    desk.goto(entity)
    expect(desk.locator("#design-canvas")).to_contain_text("This belongs to the app Outfit")
    carry(desk, desk.locator("#design-palette").get_by_role("button", name="E-mail", exact=True), desk.locator("#design-canvas").get_by_role("listitem", name="City"), dy=8)
    expect(desk).to_have_url(re.compile("/design/extension/outfit_item_own"))
    wait_for(desk, lambda: [f["type"] for f in own(live)], ["email"])
    expect(desk.locator("#design-panel h2")).to_have_text("E-mail")
    assert drafted(live, "entity", "outfit_item") == before
    desk.evaluate(AXE.read_text())
    found = desk.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [v["id"] for v in found["violations"] if v["impact"] in ("serious", "critical")] == []
    desk.get_by_role("button", name="Undo").click()
    expect(desk).to_have_url(re.compile(URL + "$"))
    assert own(live) == []


def test_a_field_is_added_to_an_apps_entity_by_keys_and_published(desk: Page, live: Live, entity: str) -> None:
    desk.goto(entity)
    desk.locator("#design-palette").get_by_role("button", name="Date", exact=True).focus()
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile("/design/extension/outfit_item_own"))
    desk.locator("#design-palette").get_by_role("button", name="Rating", exact=True).focus()
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: [f["type"] for f in own(live)], ["date", "rating"])
    rating = desk.locator("#design-canvas").get_by_role("listitem", name="Rating, Rating")
    rating.focus()
    desk.keyboard.press("Alt+ArrowUp")
    wait_for(desk, lambda: [f["type"] for f in own(live)], ["rating", "date"])
    with live.platform.write() as uow:
        assert [f["name"] for f in draft.get(uow.connection, uow.model, "entity", "outfit_item")[0]["fields"]] == ["name", "city", "level", "worth"]
        document = draft.get(uow.connection, uow.model, "extension", "outfit_item_own")[0]
        draft.discard(uow.connection, Context(live.ann), uow.model)
    publish(live, document)
    desk.goto("/records/outfit_item/new")
    for label in ("City", "Rating", "Date"):
        expect(desk.get_by_text(label, exact=True).first).to_be_visible()

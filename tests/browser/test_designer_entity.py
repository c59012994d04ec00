"""The entity designer in the browser: looking for types and icons, names that follow labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live
from tests.browser.designing import discard, drafted, partner, publish, wait_for

pytestmark = pytest.mark.browser
URL = "/design/entity/crewing"


@pytest.fixture
def entity(live: Live) -> Iterator[str]:
    publish(live, partner("crewing"))
    yield URL
    discard(live)


def fields(live: Live) -> list[dict[str, Any]]:
    return list(drafted(live, "entity", "crewing")["fields"])


def test_a_type_is_looked_for_and_its_field_named(desk: Page, live: Live, entity: str) -> None:
    desk.goto(entity)
    palette = desk.locator("#design-palette")
    palette.get_by_label("Search the palette").fill("postal")
    desk.get_by_label("Search the palette").fill("percent")
    expect(palette.get_by_role("button", name="Percent", exact=True)).to_be_visible()
    expect(palette.get_by_role("button", name="Address", exact=True)).to_be_hidden()
    desk.keyboard.press("ArrowDown")
    expect(palette.get_by_role("button", name="Percent", exact=True)).to_be_focused()
    expect(desk.locator("#palette-help")).to_be_visible()
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: [f["type"] for f in fields(live)], ["text", "text", "choice", "money", "percent"])
    expect(palette.get_by_label("Search the palette")).to_have_value("percent")
    panel = desk.locator("#design-panel")
    panel.get_by_label("Label (English)").fill("Share of wallet")
    wait_for(desk, lambda: (fields(live)[-1]["name"], fields(live)[-1]["label"]), ("share_of_wallet", {"en": "Share of wallet"}))
    expect(panel.locator(".panel-head")).to_contain_text("share_of_wallet")
    expect(panel.get_by_label("Label (中文)")).to_have_value("")


def test_an_icon_is_chosen_by_keys_and_by_mouse(desk: Page, live: Live, entity: str) -> None:
    desk.goto(entity)
    desk.locator("#design-panel .icon-control").get_by_role("button", name="Choose").click()
    dialog = desk.locator("#icon-dialog")
    dialog.get_by_label("Search icons").fill("ship")
    desk.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("button", name="ship", exact=True)).to_be_focused()
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: drafted(live, "entity", "crewing").get("icon"), "ship")
    desk.locator("#design-panel .icon-control").get_by_role("button", name="Choose").click()
    dialog.get_by_label("Search icons").fill("anchor")
    dialog.get_by_role("button", name="anchor", exact=True).click()
    wait_for(desk, lambda: drafted(live, "entity", "crewing").get("icon"), "anchor")

"""The designer of apps: entries of a menu within and between groups by mouse and keys, with what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tenon.engine.context import Context
from tenon.engine.releases import draft
from tests.browser.conftest import AXE, Live
from tests.browser.designing import carry, discard, drafted, wait_for

pytestmark = pytest.mark.browser
APP: dict[str, Any] = {
    "kind": "app", "name": "field_work", "label": {"en": "Field work", "zh": "外勤"}, "menu": [
        {"label": {"en": "Daily", "zh": "日常"}, "items": [{"entity": "customer"}, {"view": "big_ones"}]},
        {"label": {"en": "More", "zh": "更多"}, "items": [{"entity": "contact"}]},
    ],
}  # fmt: skip


@pytest.fixture
def app(live: Live) -> Iterator[str]:
    with live.platform.write() as uow:
        draft.put(uow.connection, Context(live.ann), uow.model, "app", "field_work", APP, now=uow.now)
    yield "/design/app/field_work"
    discard(live)


def laid(live: Live) -> list[list[str]]:
    return [[i.get("view") or i.get("entity") for i in g["items"]] for g in drafted(live, "app", "field_work")["menu"]]


def entry(page: Page, name: str) -> Locator:
    return page.locator("#design-canvas [data-group='entry']", has_text=name)


def test_entries_are_carried_by_mouse(desk: Page, live: Live, app: str) -> None:
    desk.goto(app)
    carry(desk, entry(desk, "Large contracts"), entry(desk, "Contacts"), dy=8)
    wait_for(desk, lambda: (laid(live)[0], sorted(laid(live)[1])), (["customer"], ["big_ones", "contact"]))
    carry(desk, desk.locator("#design-palette").get_by_role("button", name="By stage"), entry(desk, "Customers"), dy=8)
    wait_for(desk, lambda: sorted(laid(live)[0]), ["by_stage", "customer"])
    desk.keyboard.press("Control+z")
    wait_for(desk, lambda: laid(live)[0], ["customer"])


def test_entries_are_carried_by_keys(desk: Page, live: Live, app: str) -> None:
    desk.goto(app)
    entry(desk, "Large contracts").focus()
    desk.keyboard.press("Alt+ArrowDown")
    wait_for(desk, lambda: laid(live), [["customer"], ["big_ones", "contact"]])
    expect(entry(desk, "Large contracts")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.locator("#design-panel").get_by_label("Label (English)").fill("Big fish")
    desk.locator("#design-panel").get_by_role("textbox", name="Icon").fill("star")
    wait_for(desk, lambda: [(i.get("label"), i.get("icon")) for i in drafted(live, "app", "field_work")["menu"][1]["items"]], [({"en": "Big fish"}, "star"), (None, None)])
    expect(entry(desk, "Big fish")).to_be_visible()
    desk.locator("#design-palette").get_by_role("button", name="Heading", exact=True).focus()
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: len(laid(live)), 3)
    desk.evaluate(AXE.read_text())
    found = desk.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []


def test_a_phone_designs_menus(phone: Page, live: Live, app: str) -> None:
    phone.goto(app)
    expect(entry(phone, "Contacts")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

"""Pages as people use them with mouse, keyboard and thumb."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tenon.engine.records.stored import load
from tests.browser.conftest import Live
from tests.browser.test_live import make_customer

pytestmark = pytest.mark.browser


def stored(live: Live, id: str) -> dict[str, Any] | None:
    """Return a customer as it is stored, None when it is in the trash."""
    with live.platform.read() as uow:
        return load(uow, uow.model.get_entity("customer"), [id]).get(id)


def test_search_filter_and_sort_without_loading_again(desk: Page) -> None:
    desk.goto("/records/customer")
    total = re.findall(r"/ (\d+)", desk.locator(".foot").inner_text())[0]
    desk.evaluate("window.kept = true")
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.get_by_role("searchbox").focus()
    keyboard = desk.context.new_cdp_session(desk)
    keyboard.send("Input.imeSetComposition", {"text": "ce", "selectionStart": 2, "selectionEnd": 2})
    desk.wait_for_timeout(300)
    keyboard.send("Input.insertText", {"text": "Cedar"})
    expect(desk.get_by_role("link", name="Remove Search: Cedar")).to_be_visible()
    expect(desk.locator("#announce")).to_have_text("1–26 / 26 records")
    assert len([url for url in asked if "q=" in url]) == len([url for url in asked if "q=Cedar" in url]) > 0, "what is being spelled is no search yet"
    desk.get_by_text("Filter", exact=True).click()
    desk.get_by_role("button", name="Add condition").click()
    desk.keyboard.type("stage")
    desk.keyboard.press("Enter")
    desk.locator(".tick-chip").get_by_text("Active").click()
    expect(desk.get_by_role("link", name="Remove Filter: Stage is one of Active")).to_be_visible()
    expect(desk.locator(".conditions")).to_be_visible()
    desk.keyboard.press("Escape")
    assert desk.evaluate("window.kept") is True
    desk.get_by_role("link", name="Contract value").click()
    expect(desk).to_have_url(re.compile(r"sort=arr"))
    expect(desk.get_by_role("columnheader", name="Contract value")).to_have_attribute("aria-sort", "ascending")
    assert "columns=" not in desk.url
    desk.get_by_role("searchbox").fill("")
    expect(desk.get_by_role("link", name="Remove Search: Cedar")).to_have_count(0)
    expect(desk).not_to_have_url(re.compile("q="))
    expect(desk).to_have_url(re.compile(r"filter=stage"))
    expect(desk.get_by_role("columnheader", name="Contract value")).to_have_attribute("aria-sort", "ascending")
    desk.get_by_role("link", name="Remove Filter: Stage is one of Active").click()
    expect(desk.locator(".foot")).to_contain_text(f"{total} records")


def test_pages_lead_on_without_scripts(chromium: Browser, live: Live) -> None:
    context = chromium.new_context(base_url=live.url, java_script_enabled=False)
    context.add_cookies([{"name": "tenon_session", "value": live.cookie_of(live.ann), "url": live.url}])
    page = context.new_page()
    page.goto("/records/customer")
    page.get_by_role("link", name="Load more").click()
    expect(page.locator(".foot")).to_contain_text("51–100 / ")
    page.get_by_role("link", name="Previous").click()
    expect(page.locator(".foot")).to_contain_text("1–50 / ")
    context.close()


def test_columns_are_chosen(desk: Page) -> None:
    desk.goto("/records/customer")
    desk.get_by_text("Columns", exact=True).click()
    desk.get_by_label("Website", exact=True).check()
    expect(desk.get_by_role("columnheader", name="Website")).to_be_visible()
    desk.get_by_label("Industry", exact=True).uncheck()
    expect(desk.get_by_role("columnheader", name="Industry")).to_have_count(0)


def test_the_palette_goes_places(desk: Page) -> None:
    desk.goto("/")
    desk.keyboard.press("Control+k")
    desk.get_by_role("combobox", name="Search or jump to").fill("Cedar")
    expect(desk.get_by_role("option").first).to_contain_text("Cedar")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile("/records/customer/"))


def test_a_record_is_made_with_the_keyboard(desk: Page, live: Live) -> None:
    desk.goto("/records/contact")
    desk.keyboard.press("n")
    expect(desk.get_by_label("Name")).to_be_focused()
    desk.keyboard.type("Keyboard Kim")
    desk.get_by_role("combobox", name="Customer").focus()
    desk.keyboard.type("aurora energy 0125")
    expect(desk.locator("#list-customer [data-value]")).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(desk.locator("#field-customer .chip")).to_contain_text("Aurora Energy 0125")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Keyboard Kim")
    expect(desk.locator("#toasts")).to_contain_text("Created.")
    made = desk.url.rsplit("/", 1)[1]
    with live.platform.read() as uow:
        assert load(uow, uow.model.get_entity("contact"), [made])[made]["customer"] == live.ids[125]


def test_errors_take_the_focus(desk: Page, live: Live) -> None:
    desk.goto(f"/records/customer/{live.ids[7]}/edit")
    desk.get_by_label("Name").fill("")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_label("Name")).to_be_focused()
    expect(desk.locator("#error-name")).to_contain_text("Name is missing.")
    vars(desk)["wrongs"].clear()  # the browser notes the 422 itself


def test_delete_asks_and_can_be_undone(desk: Page, live: Live) -> None:
    made = make_customer(live, name="Undone Ltd")
    desk.goto(f"/records/customer/{made}")
    desk.get_by_label("More actions").click()
    desk.get_by_role("button", name="Delete").click()
    desk.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert stored(live, made) is not None
    desk.get_by_label("More actions").click()
    desk.get_by_role("button", name="Delete").click()
    desk.get_by_role("dialog").get_by_role("button", name="Delete").click()
    undo = desk.locator("#toasts").get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    assert stored(live, made) is None
    undo.click()
    expect(desk).to_have_url(re.compile(made))
    assert stored(live, made) is not None


def test_sent_htmx_in_a_value_stays_text(desk: Page, live: Live) -> None:
    made = make_customer(live, name="Steal Ltd", notes='<div hx-get="/steal" hx-trigger="load">x</div>')
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.goto(f"/records/customer/{made}?tab=tab2")
    expect(desk.locator(".blocks")).to_contain_text('hx-get="/steal"')
    assert not [url for url in asked if "steal" in url]


def test_the_menu_is_a_drawer_on_a_phone(phone: Page) -> None:
    phone.goto("/records/customer")
    expect(phone.get_by_role("navigation", name="Main")).to_be_hidden()
    phone.get_by_role("button", name="Menu").click()
    phone.get_by_role("navigation", name="Main").get_by_role("link", name="Settings").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Settings")


def test_rows_are_cards_on_a_phone(phone: Page) -> None:
    phone.goto("/records/customer?q=C-2026-00003")
    card = phone.locator("tbody tr").first
    box = card.bounding_box()
    assert box
    assert box["width"] <= 390
    assert box["height"] > 100
    card.locator(".title a").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Cedar Software 0002")

"""Pages as people use them with mouse, keyboard and thumb."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.ui import sample
from tests.ui.pages import ONE

pytestmark = pytest.mark.browser


def test_search_filter_and_sort_without_loading_again(page: Page, site: Site) -> None:
    page.goto("/records/customer")
    page.evaluate("window.kept = true")
    page.get_by_role("searchbox").fill("Cedar")
    expect(page.get_by_role("link", name="Remove Search: Cedar")).to_be_visible()
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Growth").check()
    expect(page.get_by_role("link", name="Remove Stage: Growth")).to_be_visible()
    expect(page.locator(".filterbox").first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Contract value").click()
    expect(page).to_have_url(re.compile(r"sort=arr"))
    expect(page.get_by_role("columnheader", name="Contract value")).to_have_attribute("aria-sort", "ascending")
    assert "columns=" not in page.url
    page.get_by_role("searchbox").fill("")
    expect(page.get_by_role("link", name="Remove Search: Cedar")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("q="))
    expect(page).to_have_url(re.compile(r"is\.stage=growth"))
    expect(page.get_by_role("columnheader", name="Contract value")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("link", name="Remove Stage: Growth").click()
    expect(page.locator(".foot")).to_contain_text("200 records")


def test_pages_turn_with_keys(page: Page) -> None:
    page.goto("/records/customer")
    expect(page.locator(".foot")).to_contain_text("1–50 / 200")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".foot")).to_contain_text("51–100 / 200")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".foot")).to_contain_text("1–50 / 200")


def test_columns_are_chosen(page: Page) -> None:
    page.goto("/records/customer")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Seats").check()
    expect(page.get_by_role("columnheader", name="Seats")).to_be_visible()
    page.get_by_label("Owner").uncheck()
    expect(page.get_by_role("columnheader", name="Owner")).to_have_count(0)


def test_the_palette_goes_places(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search or jump to").fill("Cedar")
    expect(page.get_by_role("option").first).to_contain_text("Cedar")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/records/customer/"))


def test_a_record_is_made_with_the_keyboard(page: Page, site: Site) -> None:
    page.goto("/records/customer")
    page.keyboard.press("n")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Keyboard Ltd")
    page.get_by_role("combobox", name="Owner").focus()
    page.keyboard.type("maya")
    expect(page.locator("#list-owner [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#field-owner .chip")).to_contain_text("Maya Patel")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keyboard Ltd")
    expect(page.locator("#toasts")).to_contain_text("Created.")
    made = next(r for r in site.backend.records.values() if r["name"] == "Keyboard Ltd")
    assert made["owner"].title == "Maya Patel"


def test_errors_take_the_focus(page: Page, site: Site) -> None:
    page.goto(f"/records/customer/{ONE}/edit")
    page.get_by_label("Name").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.locator("#error-name")).to_contain_text("Enter a name.")
    vars(page)["wrongs"].clear()  # the browser notes the 422 itself


def test_delete_asks_and_can_be_undone(page: Page, site: Site) -> None:
    page.goto(f"/records/customer/{ONE}")
    page.get_by_label("More actions").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert site.backend.records[ONE]["deleted"] is False
    page.get_by_label("More actions").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page).to_have_url(re.compile(ONE))
    assert site.backend.records[ONE]["deleted"] is False


def test_sent_htmx_in_a_value_stays_text(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    site.backend.records[ONE]["notes"] = '<div hx-get="/steal" hx-trigger="load">x</div>'
    page.goto(f"/records/customer/{ONE}?tab=details")
    expect(page.locator(".blocks")).to_contain_text('hx-get="/steal"')
    assert not [url for url in asked if "steal" in url]


def test_the_menu_is_a_drawer_on_a_phone(phone: Page) -> None:
    phone.goto("/records/customer")
    expect(phone.get_by_role("navigation", name="Main")).to_be_hidden()
    phone.get_by_role("button", name="Menu").click()
    phone.get_by_role("navigation", name="Main").get_by_role("link", name="Settings").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Settings")


def test_rows_are_cards_on_a_phone(phone: Page) -> None:
    phone.goto("/records/customer?q=00003")
    card = phone.locator("tbody tr").first
    box = card.bounding_box()
    assert box
    assert box["width"] <= 390
    assert box["height"] > 100
    card.locator(".title a").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text(sample.customers(4)[ONE]["name"])

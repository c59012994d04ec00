"""The palette and the frame with mouse and keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Live
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser


def test_what_was_looked_at_comes_first(desk: Page, live: Live) -> None:
    for at in (3, 2):
        desk.goto(f"/records/customer/{live.ids[at]}")
    desk.keyboard.press("Control+k")
    hits = desk.locator("#palette-list .hit")
    expect(hits.first).to_contain_text("Cedar Software 0002")
    expect(hits.nth(1)).to_contain_text("创科科技 0003")
    assert objections(desk) == []
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(live.ids[3]))


def test_who_opens_it_right_after_loading_is_answered(desk: Page) -> None:
    desk.add_init_script("{ const { setTimeout } = window; window.setTimeout = (call, wait, ...rest) => setTimeout(call, wait || 600, ...rest); }")  # as under load: htmx begins late
    desk.goto("/")
    desk.keyboard.press("Control+k")
    expect(desk.locator("#palette-list .hit").first).to_be_visible()


def test_enter_means_what_was_typed(desk: Page) -> None:
    desk.goto("/")
    desk.keyboard.press("Control+k")
    desk.keyboard.type("new contact", delay=5)
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile("/records/contact/new"))
    held: list[Route] = []
    desk.route(re.compile(r"/search\?q=$"), lambda route: held.append(route))
    with desk.expect_request(re.compile(r"/search\?q=$")):
        desk.keyboard.press("Control+k")
    desk.keyboard.insert_text("new order")
    held[0].continue_()  # what was asked before is answered when something else stands there
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile("/records/order/new"))


def test_it_presses_buttons_of_the_page(desk: Page) -> None:
    desk.goto("/")
    desk.keyboard.press("Control+k")
    desk.keyboard.type("dark theme")
    desk.get_by_role("option", name="Dark theme").click()
    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
    desk.keyboard.press("Control+k")
    desk.keyboard.type("shortcuts")
    expect(desk.locator("#palette-list .hit").first).to_contain_text("Keyboard shortcuts")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    assert objections(desk) == []
    desk.keyboard.press("Escape")
    desk.keyboard.press("Control+k")
    desk.keyboard.type("chinese")
    expect(desk.locator("#palette-list .hit").first).to_contain_text("Switch to Chinese")
    desk.keyboard.press("Enter")
    expect(desk.locator("html")).to_have_attribute("lang", "zh-CN")
    with desk.expect_navigation():
        desk.get_by_role("button", name="English").click()


def test_help_opens_with_its_key(desk: Page) -> None:
    desk.goto("/records/customer")
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    desk.get_by_role("checkbox", name="Keys work by themselves").uncheck()
    desk.get_by_role("button", name="Close").click()
    expect(desk.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    desk.keyboard.press("?")
    desk.keyboard.press("n")
    desk.keyboard.press("Control+k")  # what asks for Ctrl goes on working
    expect(desk.locator("#palette")).to_be_visible()
    expect(desk.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()


def test_a_menu_closes_when_tab_leads_out_of_it(desk: Page) -> None:
    desk.goto("/")
    desk.locator("summary[aria-label=Theme]").click()
    dark = desk.get_by_role("button", name="Dark")
    expect(dark).to_be_visible()
    for _ in range(3):
        desk.keyboard.press("Tab")
    expect(dark).to_be_focused()
    desk.keyboard.press("Tab")
    expect(dark).to_be_hidden()


def test_the_menu_folds_and_stays_folded(desk: Page) -> None:
    desk.goto("/")
    desk.keyboard.press("[")
    assert (desk.locator("#side").bounding_box() or {})["width"] < 80
    desk.goto("/records/order")
    assert (desk.locator("#side").bounding_box() or {})["width"] < 80
    expect(desk.get_by_role("navigation", name="Main").get_by_role("link", name="Inbox")).to_have_attribute("title", "Inbox")
    assert objections(desk) == []
    desk.get_by_role("button", name="Fold the menu").click()
    assert (desk.locator("#side").bounding_box() or {})["width"] > 200


def test_a_lost_connection_is_said(desk: Page) -> None:
    desk.goto("/")
    expect(desk.locator("#offline")).to_be_hidden()
    desk.context.set_offline(True)
    expect(desk.locator("#offline")).to_contain_text("No connection")
    desk.context.set_offline(False)
    expect(desk.locator("#offline")).to_be_hidden()

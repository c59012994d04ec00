"""What changes without taking the focus is said (WCAG 4.1.3): counts, hits, figures, what was saved, refused, done and taken back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tenon.engine.releases import publish_documents
from tests import boards
from tests.browser import deals
from tests.browser.conftest import Live
from tests.browser.designing import SYSTEM, discard
from tests.browser.listening import assert_said, listen
from tests.browser.test_list_cells import cell, make

pytestmark = pytest.mark.browser


def test_lists_and_boards_say_what_happens(desk: Page, live: Live) -> None:
    one, *_ = make(live, *(f"Spoken {n:02}" for n in range(27)), arr="1")
    listen(desk).goto("/records/customer?q=spoken&sort=name&limit=25")
    boxes = desk.locator("tbody [data-tick]")
    boxes.nth(1).click()
    assert_said(desk, "1 selected")
    boxes.nth(3).click(modifiers=["Shift"])
    assert_said(desk, "3 selected")
    desk.get_by_label("Select all rows").check()
    assert_said(desk, "25 selected")
    desk.get_by_role("button", name=re.compile("Select all 27")).click()
    assert_said(desk, "27 selected")
    desk.get_by_role("button", name="Clear the selection").click()
    assert_said(desk, "0 selected")
    desk.keyboard.press("Control+k")
    desk.keyboard.type("spoken 03")
    assert_said(desk, "Hits: ")
    desk.keyboard.press("Escape")
    cell(desk, one, "arr").click()
    desk.get_by_label("Contract value", exact=True).fill("7")
    desk.keyboard.press("Enter")
    assert_said(desk, "Saved")
    boxes.nth(1).click()
    desk.get_by_role("button", name="Change a field").click()
    desk.locator("#bulk-field").select_option("arr")
    desk.locator("#bulk-edit").get_by_label("New value").fill("55")
    desk.get_by_role("button", name="Change", exact=True).click()
    assert_said(desk, "One record was changed.")
    desk.get_by_role("button", name="Undo").click()
    assert_said(desk, "One record is as it was before.")
    made = deals.make(live, name="Unspoken", stage="talk", amount="7")
    desk.goto("/records/deal?view=deal_board&q=unspoken")
    desk.locator(f"#card-{made}").focus()
    for key in ("Space", "ArrowRight"):
        desk.keyboard.press(key)
    assert_said(desk, "In talks", "Won")
    desk.keyboard.press("Space")
    assert_said(desk, "Amount is at least 1,000")
    vars(desk)["wrongs"].clear()  # the browser notes an answer that refuses as an error of its own


def test_dashboards_and_designers_say_what_happens(desk: Page, live: Live) -> None:
    publish_documents(live.platform.publisher, SYSTEM, boards.DOCUMENTS)
    listen(desk).goto("/dashboards/overview")
    desk.locator("summary", has_text="Industry").click()
    desk.get_by_label("SaaS").check()
    assert_said(desk, "The figures are those of the new choice.")
    try:
        desk.goto("/design/form/customer_form")
        desk.locator("#design-palette").get_by_role("button", name="Website").focus()
        desk.keyboard.press("Enter")
        assert_said(desk, "Added.")
        desk.locator("#designer:not(.busy)").wait_for()
        item = desk.locator("#design-canvas [data-group='field']", has_text="Website")
        item.focus()
        desk.keyboard.press("Alt+ArrowUp")
        assert_said(desk, " of ")
        expect(item).to_be_focused()
        desk.keyboard.press("Delete")
        assert_said(desk, "Website, 6/7 was removed. Ctrl Z brings it back.")
        desk.locator("#designer:not(.busy)").wait_for()
        desk.keyboard.press("Control+z")
        assert_said(desk, "Undone.")
        desk.locator("#designer:not(.busy)").wait_for()
        desk.get_by_role("button", name="Redo").click()
        assert_said(desk, "Redone.")
        desk.locator("#designer:not(.busy)").wait_for()
        desk.get_by_role("button", name="Undo").click()
        assert_said(desk, "Undone.")
    finally:
        discard(live)

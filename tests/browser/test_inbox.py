"""The inbox and the bell with mouse, keyboard and thumb."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.offices import open_page, serve_desk
from tests.browser.test_access import objections
from tests.desk import Desk

pytestmark = pytest.mark.browser
Office = tuple[Desk, str]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A served workspace with tasks and notices."""
    with serve_desk(tmp_path / "home") as made:
        yield made



def test_tasks_are_done_put_off_and_assigned_with_the_mouse(chromium: Browser, office: Office) -> None:
    desk, url = office
    with open_page(chromium, desk, url, desk.ann) as page:
        page.goto("/inbox")
        expect(page.get_by_role("heading", name="Overdue")).to_be_visible()
        assert objections(page) == []
        page.get_by_role("button", name="Complete: Call about the renewal").click()
        expect(page.get_by_role("link", name="Call about the renewal", exact=True)).to_have_count(0)
        expect(page.locator("#toasts")).to_contain_text("The task is done.")
        assert desk.stored("task", desk.tasks["Call about the renewal"])["state"] == "done"
        page.locator("#toasts").get_by_role("button", name="Undo").click()
        expect(page.get_by_role("link", name="Call about the renewal", exact=True)).to_be_visible()
        assert desk.stored("task", desk.tasks["Call about the renewal"])["state"] == "open"
        page.get_by_label("Put off: Call about the renewal").click()
        page.get_by_role("button", name="By a week").click()
        expect(page.get_by_role("heading", name="Overdue")).to_have_count(0)
        page.get_by_label("Assign: Send the offer").click()
        assert objections(page) == []
        page.locator("details[open]").get_by_role("combobox").fill("Sam")
        page.get_by_role("option", name="Sam Wu").click()
        page.locator("details[open]").get_by_role("button", name="Assign").click()
        expect(page.get_by_role("link", name="Send the offer", exact=True)).to_have_count(0)
        assert desk.stored("task", desk.tasks["Send the offer"])["assignee"] == desk.sam.id
        expect(page.locator(".side [data-count=inbox]")).to_have_text("3")


def test_tasks_are_done_with_the_keyboard(chromium: Browser, office: Office) -> None:
    desk, url = office
    with open_page(chromium, desk, url, desk.ann, language="zh", theme="dark") as page:
        page.goto("/")
        page.keyboard.press("g")
        page.keyboard.press("i")
        expect(page).to_have_url(re.compile("/inbox"))
        page.wait_for_load_state()  # keys count once the page is whole
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("link", name="Send the offer", exact=True)).to_be_focused()
        page.keyboard.press("s")
        expect(page.get_by_role("button", name="推迟到明天")).to_be_focused()
        page.keyboard.press("Escape")
        page.get_by_role("link", name="Send the offer", exact=True).focus()
        page.keyboard.press("x")
        expect(page.get_by_role("link", name="Send the offer", exact=True)).to_have_count(0)
        assert desk.stored("task", desk.tasks["Send the offer"])["state"] == "done"
        expect(page.get_by_role("link", name="Plan the workshop", exact=True)).to_be_focused()
        assert objections(page) == []


def test_a_task_of_nobody_is_taken_and_put_off_to_a_day(chromium: Browser, office: Office) -> None:
    desk, url = office
    duplicates = desk.tasks["Sort the duplicates"]
    with open_page(chromium, desk, url, desk.ann) as page:
        page.goto("/inbox?tab=roles")
        page.get_by_label("Put off: Sort the duplicates").click()
        expect(page.get_by_role("button", name="Until later today")).to_have_count(0)
        assert objections(page) == []
        page.get_by_label("Until a day").fill("2026-05-04")
        page.keyboard.press("Enter")
        expect(page.locator("#toasts")).to_contain_text("The task was put off.")
        assert str(desk.stored("task", duplicates)["due"]).startswith("2026-05-04")
        page.get_by_role("link", name="Sort the duplicates", exact=True).focus()
        page.keyboard.press("t")
        expect(page.locator("#toasts[role=status]")).to_contain_text("The task is yours now.")
        assert desk.stored("task", duplicates)["assignee"] == desk.ann.id
        expect(page.get_by_text("Nothing to do here")).to_be_visible()
        page.get_by_role("link", name="All 6", exact=True).click()
        expect(page.get_by_role("link", name="Write to the sponsor", exact=True)).to_be_visible()
        assert objections(page) == []


def test_the_bell_tells_and_forgets(chromium: Browser, office: Office) -> None:
    desk, url = office
    with open_page(chromium, desk, url, desk.ann) as page:
        page.goto("/settings")
        expect(page.locator("#bell .bubble")).to_have_text("2")
        page.locator("#bell summary").click()
        expect(page.get_by_role("button", name="Sam mentioned you")).to_be_visible()
        assert objections(page) == []
        page.get_by_role("button", name="All read").click()
        expect(page.locator("#bell .bubble")).to_be_hidden()
        assert desk.stored("notice", desk.notices["Sam mentioned you"])["read_at"] is not None
        page.get_by_role("button", name="Aurora Energy is at risk").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Aurora Energy")


def test_a_phone_has_a_bar_below(chromium: Browser, office: Office) -> None:
    desk, url = office
    with open_page(chromium, desk, url, desk.sam, width=390, language="zh") as page:
        page.goto("/")
        bar = page.get_by_role("navigation", name="快捷入口")
        bar.get_by_role("link", name="待办").click()
        expect(page.get_by_role("link", name="Write to the sponsor", exact=True)).to_be_visible()
        page.get_by_label("推迟：Write to the sponsor").click()
        for seen in (page.get_by_role("button", name="推迟到明天"), page.get_by_label("推迟到指定日期")):
            expect(seen).to_be_in_viewport(ratio=1)
        page.keyboard.press("Escape")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert objections(page) == []
        bar.get_by_role("link", name="通知").click()
        expect(page.get_by_text("暂无通知")).to_be_visible()
        bar.get_by_role("button", name="搜索").click()
        expect(page.get_by_role("combobox", name="搜索或跳转")).to_be_focused()


def test_a_record_is_followed_with_the_keyboard_and_says_so(chromium: Browser, office: Office) -> None:
    desk, url = office
    with open_page(chromium, desk, url, desk.ann, theme="dark") as page:
        page.goto(f"/records/customer/{desk.customers[0]}")
        button = page.get_by_role("button", name="Follow", exact=True)
        expect(button).to_have_attribute("aria-pressed", "false")
        button.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#toasts[role=status]")).to_contain_text("You follow this record")
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(button).to_be_focused()
        assert objections(page) == []
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "false")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

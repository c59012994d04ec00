"""The administration with mouse and keyboard: units, looking with other rights, going back to a release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tenon.engine.context import Context
from tenon.engine.releases.draft import get, put
from tenon.platform import units
from tests.browser.offices import open_page, serve_desk
from tests.browser.test_access import objections
from tests.desk import Desk

pytestmark = pytest.mark.browser


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[Desk, str]]:
    """A served workspace with people in units."""
    with serve_desk(tmp_path / "home") as made:
        yield made


def unit_names(desk: Desk) -> dict[str, str | None]:
    """Return the parents of the units by name."""
    with desk.platform.read() as uow:
        listed = units.list_page(uow.connection)
    names = {u["id"]: u["name"] for u in listed}
    return {u["name"]: names.get(u["parent"]) for u in listed}


def test_units_are_added_with_keys_and_moved_with_the_mouse(chromium: Browser, office: tuple[Desk, str]) -> None:
    desk, url = office
    with open_page(chromium, desk, url, desk.ann) as page:
        page.goto("/admin/units")
        page.keyboard.press("n")
        expect(page.get_by_role("dialog", name="New unit")).to_be_visible()
        page.keyboard.type("Sales")
        page.keyboard.press("Enter")
        expect(page.locator(".unit", has_text="Sales")).to_be_visible()
        page.get_by_role("button", name="Change North").click()
        dialog = page.get_by_role("dialog", name="Rename or move North")
        dialog.get_by_label("Name").fill("North and east")
        dialog.get_by_label("Lies below").select_option(label="Sales")
        assert objections(page) == []
        dialog.get_by_role("button", name="Save").click()
        expect(page.locator(".unit", has_text="North and east")).to_be_visible()
        assert unit_names(desk) == {"Customer success": None, "North and east": "Sales", "Sales": None}


def test_an_administrator_looks_with_the_rights_of_somebody_else(chromium: Browser, office: tuple[Desk, str]) -> None:
    desk, url = office
    with open_page(chromium, desk, url, desk.ann, theme="dark") as page:
        page.goto("/admin/users")
        page.get_by_role("button", name="Change Sam Wu").click()
        page.get_by_role("button", name="See the workspace as Sam Wu").click()
        expect(page.get_by_role("status").filter(has_text="You see the workspace as Sam Wu")).to_be_visible()
        expect(page.get_by_role("link", name="Administration")).to_have_count(0)
        page.goto("/inbox")
        expect(page.get_by_role("link", name="Write to the sponsor", exact=True)).to_be_visible()
        assert objections(page) == []
        page.get_by_role("button", name="Complete: Write to the sponsor").click()
        expect(page.get_by_text("You are looking with other rights")).to_be_visible()
        assert desk.stored("task", desk.tasks["Write to the sponsor"])["state"] == "open"
        page.get_by_role("button", name="End").click()
        expect(page).to_have_url(re.compile("/admin/roles"))
        vars(page)["wrongs"].clear()  # the browser notes the 403 itself


def test_a_release_is_published_compared_and_taken_back(chromium: Browser, office: tuple[Desk, str]) -> None:
    desk, url = office
    with desk.platform.write() as uow:
        found, _ = get(uow.connection, uow.model, "view", "all_tasks")
        put(uow.connection, Context(desk.ann), uow.model, "view", "all_tasks", {**found, "label": {"en": "Every task", "zh": "所有任务"}}, now=uow.now)
    with open_page(chromium, desk, url, desk.ann) as page:
        page.goto("/admin/releases")
        page.locator(".altered summary").click()
        expect(page.locator("ins").first).to_have_text("Every task")
        assert objections(page) == []
        page.get_by_role("textbox", name="Note").fill("clearer")
        page.get_by_role("button", name="Publish").click()
        expect(page.locator("#toasts")).to_contain_text("Published.")
        page.get_by_role("link", name="Install Customer core").click()
        expect(page.get_by_role("heading", name="Release 1", exact=True)).to_be_visible()
        assert objections(page) == []
        page.get_by_role("button", name="Go back to release 1").click()
        expect(page.locator("#toasts")).to_contain_text("in force again")
    with desk.platform.read() as uow:
        assert uow.model.get("view", "all_tasks").label.show("en") != "Every task"
        assert uow.model.release == 3


def test_a_role_on_a_phone(chromium: Browser, office: tuple[Desk, str]) -> None:
    desk, url = office
    with open_page(chromium, desk, url, desk.ann, width=390, language="zh") as page:
        access = f"/admin/access?user={desk.sam.id}&entity=customer"
        for path in ("/admin/roles/core_member", access, "/admin/users", "/admin/units", "/admin/system", "/admin/audit", "/admin/releases/1", "/apps/core/guide"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert objections(page) == [], path

"""The settings of the workspace with mouse and keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from tenon.platform import profile
from tests.browser.offices import open_page, serve_desk
from tests.browser.test_access import objections
from tests.desk import Desk
from tests.platform.test_profile import PNG

pytestmark = pytest.mark.browser


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[Desk, str]]:
    """A served workspace with people in units."""
    with serve_desk(tmp_path / "home") as made:
        yield made


def stored(desk: Desk) -> profile.Profile:
    with desk.platform.read() as uow:
        return profile.find(uow.connection)


def test_a_workspace_gets_a_name_and_a_logo(chromium: Browser, office: tuple[Desk, str]) -> None:
    desk, url = office
    with open_page(chromium, desk, url, desk.ann) as page:
        page.goto("/admin/settings")
        assert objections(page) == []
        page.get_by_label("Name of the workspace").fill("Acme")
        page.get_by_label("Language of new people").select_option(label="English")
        page.get_by_label("Name of the workspace").press("Enter")
        expect(page).to_have_title("Settings of the workspace · Acme")
        assert (stored(desk).name, stored(desk).language) == ("Acme", "en")
        page.get_by_label("Picture").set_input_files(FilePayload(name="logo.png", mimeType="image/png", buffer=PNG))
        page.get_by_role("button", name="Show this logo").click()
        remove = page.get_by_role("button", name="Remove the logo")
        expect(remove).to_be_visible()
        assert page.get_by_role("img", name="The logo now").evaluate("each => each.naturalWidth") == 1
        assert objections(page) == []
        remove.focus()
        page.keyboard.press("Enter")
        expect(remove).to_have_count(0)
        assert stored(desk).logo is None

"""The first run with the keyboard and the mouse: choosing apps, the list of steps, removing an app."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tenon.engine.context import Context
from tenon.platform import sessions
from tenon.platform.boot import open_platform
from tenon.platform.workspace import Platform
from tenon.server import build
from tests import world
from tests.browser.conftest import assert_clean, watch
from tests.browser.serving import Served, free_port
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[tuple[Platform, str, str]]:
    """A served workspace with nothing in it, its address, and a session of its administrator."""
    port = free_port()
    platform = open_platform(world.settings_of(tmp_path / "home", f"http://127.0.0.1:{port}"))
    ann = world.add_person(platform, "ann@example.com", "Ann Lee", ["admin", "builder"])
    with platform.write() as uow:
        token = sessions.begin(uow.connection, Context(None), ann.id).token
    served = Served(build(platform), port)
    served.start()
    yield platform, served.url, token
    served.stop()
    platform.close()


def apps_of(platform: Platform) -> list[str]:
    """Return the names of the installed apps."""
    with platform.read() as uow:
        return sorted(d.name for d in uow.model.all("app"))


def test_apps_are_chosen_with_the_keyboard_and_one_is_removed(chromium: Browser, empty: tuple[Platform, str, str]) -> None:
    platform, url, token = empty
    context = chromium.new_context(base_url=url, viewport={"width": 1280, "height": 844})
    page = watch(context, url, {"tenon_language": "en", "tenon_theme": "dark", "tenon_session": token})
    page.goto("/welcome")
    assert objections(page) == []
    page.get_by_role("checkbox", name=re.compile("Customer core")).focus()
    page.keyboard.press("Space")
    page.get_by_role("checkbox", name=re.compile("with sample data")).uncheck()
    page.get_by_role("button", name="Set up the workspace").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()
    assert apps_of(platform) == ["core"]
    expect(page.locator(".steps .done")).to_have_count(1)
    assert objections(page) == []
    page.get_by_role("button", name="Hide").click()
    expect(page.get_by_role("heading", name="First steps")).to_have_count(0)
    page.goto("/apps")
    page.get_by_role("button", name="Remove Customer core").click()
    dialog = page.get_by_role("dialog", name="Remove Customer core?")
    dialog.get_by_label("Remove them now").check()
    assert objections(page) == []
    dialog.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("The app is removed.")
    assert apps_of(platform) == []
    assert_clean(page)
    context.close()

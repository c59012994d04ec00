"""Updating an app in a browser: conflicts chosen with the keyboard, then a job, and what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tenon.engine.apps import find_app, install
from tenon.engine.context import Context, system_context
from tenon.platform import sessions
from tenon.platform.boot import make_worker
from tenon.server import build
from tests import world
from tests.browser.conftest import assert_clean, watch
from tests.browser.serving import Served, free_port
from tests.browser.test_access import objections
from tests.ui.conftest import Site
from tests.ui.test_app_upgrade import customise, write_newer

pytestmark = pytest.mark.browser
SIZES = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[tuple[Site, str]]:
    """A served workspace with a customised app of which a newer version comes with Tenon."""
    port = free_port()
    platform = world.open_world(tmp_path / "home", f"http://127.0.0.1:{port}")
    ann = world.add_person(platform, "ann@example.com", "Ann Lee", ["admin", "builder"])
    templates = world.write_app(tmp_path / "templates")
    install(platform.publisher, system_context(), find_app("fleet", templates))
    app = build(platform, templates=templates)
    site = Site(platform, app, ann, ann, ("", ""), [], templates)
    customise(site)
    write_newer(site)
    served, worker = Served(app, port), make_worker(platform, pause=0.2)
    worker.start()
    served.start()
    yield site, served.url
    served.stop()
    worker.stop()
    platform.close()


@pytest.mark.parametrize(("language", "theme", "size"), [("en", "light", SIZES[0]), ("zh", "dark", SIZES[1])])
def test_an_update_is_decided_and_done(chromium: Browser, fleet: tuple[Site, str], language: str, theme: str, size: dict[str, int]) -> None:
    site, url = fleet
    with site.platform.write() as uow:
        token = sessions.begin(uow.connection, Context(None), site.ann.id).token
    context = chromium.new_context(base_url=url, viewport=size)  # type: ignore[arg-type]
    page = watch(context, url, {"tenon_theme": theme, "tenon_language": language, "tenon_session": token})
    page.goto("/apps")
    page.get_by_role("link", name="1.1.0").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text({"en": "Update Fleet", "zh": "更新“车队”"}[language])
    assert objections(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.locator("[name^='decide:']").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[name^='decide:'][value=theirs]")).to_be_checked()
    page.locator("button[value=do]").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name={"en": "Fleet is up to date.", "zh": "“车队”已更新。"}[language])).to_be_visible(timeout=60_000)
    with site.platform.read() as uow:
        assert uow.model.get_entity("vehicle").label.en == "Car"
        assert {"driver", "wheels"} <= set(uow.model.get_entity("vehicle").fields)
    assert_clean(page)
    context.close()

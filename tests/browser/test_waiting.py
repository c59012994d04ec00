"""Waiting data as an administrator meets it: a customer is chosen by keys, a key is discarded, on a large screen and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tenon.engine.apps import find_app, install
from tenon.engine.context import Context, system_context
from tenon.engine.events.intake import take
from tenon.engine.events.reading import read_events
from tenon.engine.records.writing import create
from tenon.platform import sessions
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tenon.server import build as build_app
from tests import world
from tests.browser.conftest import assert_clean, watch
from tests.browser.serving import Served, free_port
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser
KEYS = ("workspace-4711", "workspace-4711", "workspace-4712", "workspace-4713")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, str, str]]:
    """A workspace with events of customers that nobody knows, its address, and the session of its administrator."""
    home, port = tmp_path_factory.mktemp("waiting"), free_port()
    platform = world.open_empty(home, f"http://127.0.0.1:{port}")
    install(platform.publisher, system_context(), find_app("core"))
    ann = world.add_person(platform, "ann@example.com", "Ann Lee", ["admin", "builder"])
    with platform.write() as uow:
        create(uow, system_context(), uow.model.get_entity("customer"), {"name": "创科科技"})
        token = sessions.begin(uow.connection, Context(None), ann.id).token
        take(uow, Context(ann), read_events([{"type": "track", "event": "login", "groupId": key, "userId": "li"} for key in KEYS], "app")[0])
    served = Served(build_app(platform), port)
    served.start()
    yield platform, served.url, token
    served.stop()
    platform.close()


def open_page(chromium: Browser, served: tuple[Platform, str, str], language: str, width: int) -> Page:
    context = chromium.new_context(base_url=served[1], viewport={"width": width, "height": 800})
    return watch(context, served[1], {"tenon_language": language, "tenon_session": served[2]})


def test_a_customer_is_chosen_by_keys_and_another_key_is_discarded(chromium: Browser, served: tuple[Platform, str, str]) -> None:
    page = open_page(chromium, served, "en", 1280)
    page.goto("/admin/waiting")
    first = page.get_by_role("region", name="workspace-4711")
    expect(first).to_contain_text("2 events")
    assert objections(page) == []
    first.get_by_role("combobox", name="Customer").fill("创科")
    expect(first.get_by_role("option", name="创科科技")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(first.locator(".chip")).to_contain_text("创科科技")
    first.get_by_role("button", name="Choose").click()
    expect(page.locator(".toast")).to_contain_text("known by this key now")
    make_worker(served[0]).run_until_idle()
    page.reload()
    expect(page.get_by_role("region", name="workspace-4711")).to_have_count(0)
    page.get_by_role("region", name="workspace-4712").get_by_role("button", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(page.get_by_role("region", name="workspace-4712")).to_have_count(0)
    page.goto("/records/usage_event")
    expect(page.get_by_role("link", name="创科科技")).to_have_count(2)
    assert_clean(page)


def test_it_fits_a_phone_in_chinese(chromium: Browser, served: tuple[Platform, str, str]) -> None:
    page = open_page(chromium, served, "zh", 390)
    page.goto("/admin/waiting")
    expect(page.get_by_role("region", name="workspace-4713")).to_contain_text("1 个事件")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert objections(page) == []
    assert_clean(page)

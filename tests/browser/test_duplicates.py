"""Duplicates as people meet them: a hint while typing, saving all the same, and deciding in the queue by mouse, keys and thumb."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tenon.engine.context import Context, system_context
from tenon.engine.releases import publish_documents
from tenon.platform import sessions
from tenon.server import build as build_app
from tests import world
from tests.browser.conftest import assert_clean, watch
from tests.browser.serving import Served, free_port
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser
MATCHING = {
    "kind": "matching", "name": "same_customer", "entity": "customer", "label": {"en": "The same customer", "zh": "同一客户"}, "propose_from": 0.75,
    "compare": [{"field": "name", "by": "company_name", "weight": 3}, {"field": "phone", "by": "phone", "weight": 1}],
}  # fmt: skip


@pytest.fixture(scope="module")
def cookie(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A workspace with a matching being served, and the session of its administrator."""
    home, port = tmp_path_factory.mktemp("alike"), free_port()
    platform = world.open_world(home, f"http://127.0.0.1:{port}")
    publish_documents(platform.publisher, system_context(), [MATCHING])
    ann = world.add_person(platform, "ann@example.com", "Ann Lee", ["admin", "builder"])
    with platform.write() as uow:
        token = sessions.begin(uow.connection, Context(None), ann.id).token
    served = Served(build_app(platform), port)
    served.start()
    yield served.url, token
    served.stop()
    platform.close()


def open_page(chromium: Browser, cookie: tuple[str, str], language: str, **options: object) -> Page:
    context = chromium.new_context(base_url=cookie[0], **options)  # type: ignore[arg-type]
    return watch(context, cookie[0], {"tenon_language": language, "tenon_session": cookie[1]})


def create(page: Page, name: str, phone: str) -> None:
    page.goto("/records/customer/new")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Phone").fill(phone)


def test_a_hint_comes_while_typing_and_the_queue_decides(chromium: Browser, cookie: tuple[str, str]) -> None:
    page = open_page(chromium, cookie, "en", viewport={"width": 1280, "height": 800})
    create(page, "创科科技有限公司", "13800138000")
    page.get_by_role("button", name="Create", exact=True).last.click()
    expect(page.locator(".toast")).to_contain_text("Created.")
    create(page, "創科科技", "138 0013 8000")
    page.keyboard.press("Tab")
    hint = page.locator("#alike")
    expect(hint.get_by_role("link", name="创科科技有限公司")).to_be_visible()
    expect(hint).to_contain_text("Same core name 创科科技 · Same phone 13800138000")
    assert objections(page) == []
    page.get_by_label("Name").fill("别的公司")
    page.keyboard.press("Tab")
    expect(hint.locator("a")).to_have_count(0)
    page.get_by_label("Name").fill("創科科技")
    page.keyboard.press("Tab")
    expect(hint.locator("a")).to_have_count(1)
    page.get_by_role("button", name="Create", exact=True).last.click()
    expect(page.locator(".toast")).to_contain_text("It looks like a record that is already there.")
    page.goto("/records/customer")
    page.get_by_label("More actions").click()
    page.get_by_role("link", name="Duplicates 1").click()
    expect(page.locator(".pair")).to_contain_text("100 %")
    assert objections(page) == []
    page.get_by_role("button", name="Not the same").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No duplicates to decide")).to_be_visible()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".pair")).to_have_count(1)
    assert_clean(page)
    page.context.close()
    thumb = open_page(chromium, cookie, "zh", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    thumb.goto("/records/customer/duplicates")
    expect(thumb.locator(".pair")).to_contain_text("核心名称相同：创科科技")
    assert thumb.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert objections(thumb) == []
    thumb.get_by_role("button", name="不是同一条").tap()
    expect(thumb.get_by_role("heading", name="没有待确认的重复记录")).to_be_visible()
    assert_clean(thumb)
    thumb.context.close()

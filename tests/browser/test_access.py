"""Nothing forbidden by the policy, nothing that axe objects to, nothing wider than the screen: every page, both themes, both languages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import AXE, Site, assert_clean, open_page
from tests.ui.pages import INSIDE, OUTSIDE

pytestmark = pytest.mark.browser
RULES = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"


def objections(page: Page) -> list[str]:
    """Return what axe objects to, one line each."""
    page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate(RULES)
    return [f"{v['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for v in found["violations"] for node in v["nodes"]]


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh")])
def test_every_page_is_accessible(chromium: Browser, site: Site, theme: str, language: str) -> None:
    context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 800})
    page = open_page(context, site, theme=theme, language=language)
    wrong = {}
    for name, url in INSIDE.items():
        page.goto(url)
        wrong[name] = objections(page)
        assert_clean(page)
    outside = chromium.new_context(base_url=site.url)
    page = open_page(outside, site, theme=theme, language=language, signed_in=False)
    for name, url in OUTSIDE.items():
        page.goto(url)
        if "#" in url:
            page.locator("[name=password]").wait_for()
        wrong[name] = objections(page)
        assert_clean(page)
    assert {name: found for name, found in wrong.items() if found} == {}
    context.close()
    outside.close()


def test_open_popovers_are_accessible(page: Page) -> None:
    page.goto("/records/customer")
    for name in ("Filter", "Columns"):
        page.get_by_text(name, exact=True).click()
        assert objections(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.locator("#palette-list [role=option]").first.wait_for()
    assert objections(page) == []


def test_no_page_is_wider_than_a_phone(phone: Page) -> None:
    for name, url in INSIDE.items():
        phone.goto(url)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert objections(phone) == []

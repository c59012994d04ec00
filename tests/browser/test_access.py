"""Nothing forbidden by the policy, nothing that axe objects to, nothing wider than the screen: every page, both themes, both languages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests import world
from tests.browser.conftest import AXE, Live, assert_clean, open_live

pytestmark = pytest.mark.browser
# Only what is wrong is described: describing every cell that is right takes most of the time.
RULES = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'], preload: false})"
# What is still fading in has no colours yet.
STILL = """Promise.all(document.getAnimations().filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
  .map((each) => each.finished.catch(() => null))).then(() => null)"""


def objections(page: Page) -> list[str]:
    """Return what axe objects to, one line each."""
    page.evaluate(AXE.read_text("utf-8"))
    page.evaluate(STILL)
    found: dict[str, Any] = page.evaluate(RULES)
    return [f"{v['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for v in found["violations"] for node in v["nodes"]]


def pages_of(live: Live) -> dict[str, str]:
    """Return every page of the live workspace by name."""
    return world.inside_places(live.ids[5], *live.jobs)


def unfold(page: Page) -> None:
    """Open what a score keeps folded: its measures and the form of an override."""
    page.evaluate("document.querySelectorAll('.score-card details').forEach((each) => { each.open = true; })")


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh")])
def test_every_page_is_accessible(chromium: Browser, live: Live, theme: str, language: str) -> None:
    context = chromium.new_context(base_url=live.url, viewport={"width": 1280, "height": 800})
    page = open_live(context, live, live.ann, theme=theme, language=language)
    wrong = {}
    for name, url in pages_of(live).items():
        page.goto(url)
        unfold(page)
        wrong[name] = objections(page)
        assert_clean(page)
    assert {name: found for name, found in wrong.items() if found} == {}
    context.close()


def test_pages_before_signing_in_are_accessible(chromium: Browser, live: Live) -> None:
    person = world.add_person(live.platform, "uma@example.com", "Uma Roy", ["seller"])
    context = chromium.new_context(base_url=live.url, viewport={"width": 1280, "height": 800})
    page = open_live(context, live, None)
    wrong = {}
    for name, url in world.outside_places(live.platform, person).items():
        page.goto(url)
        if "#" in url:
            page.locator("[name=password]").wait_for()
        wrong[name] = objections(page)
        assert_clean(page)
    assert {name: found for name, found in wrong.items() if found} == {}
    context.close()


def test_open_popovers_are_accessible(desk: Page) -> None:
    desk.goto("/records/customer")
    for name in ("Filter", "Columns"):
        desk.get_by_text(name, exact=True).click()
        assert objections(desk) == []
    desk.keyboard.press("Escape")
    desk.keyboard.press("Control+k")
    desk.locator("#palette-list [role=option]").first.wait_for()
    assert objections(desk) == []


def test_no_page_is_wider_than_a_phone(chromium: Browser, live: Live) -> None:
    context = chromium.new_context(base_url=live.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = open_live(context, live, live.ann, language="zh")
    for name, url in pages_of(live).items():
        page.goto(url)
        unfold(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        if name in ("list", "board", "record", "people"):
            assert objections(page) == [], name
    assert_clean(page)
    context.close()

"""Nothing forbidden by the policy, nothing that axe objects to, nothing wider than the screen: every page, both themes, both languages."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests import world
from tests.browser.conftest import AXE, Live, assert_clean, open_live

pytestmark = pytest.mark.browser
# Only what is wrong is described: describing every cell that is right takes most of the time.
RULES = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'], preload: false})"
COLOURS = "axe.run(document, {runOnly: {type: 'rule', values: ['color-contrast']}, resultTypes: ['violations'], preload: false})"
LOOKS = tuple(product(("light", "dark"), ("en", "zh")))
MAIN = ("home", "list", "board", "record", "edit", "entity designer")
"""What most people work with: seen in every look, large and small; every other page in two looks large and in one of four small."""
# What is still fading in has no colours yet.
STILL = """Promise.all(document.getAnimations().filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
  .map((each) => each.finished.catch(() => null))).then(() => null)"""


def objections(page: Page, rules: str = RULES) -> list[str]:
    """Return what axe objects to, one line each."""
    page.evaluate(AXE.read_text("utf-8"))
    page.evaluate(STILL)
    found: dict[str, Any] = page.evaluate(rules)
    return [f"{v['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for v in found["violations"] for node in v["nodes"]]


def pages_of(live: Live) -> dict[str, str]:
    """Return every page of the live workspace by name."""
    return world.inside_places(live.ids[5], *live.jobs)


def unfold(page: Page) -> None:
    """Open what a score keeps folded: its measures and the form of an override."""
    page.evaluate("document.querySelectorAll('.score-card details').forEach((each) => { each.open = true; })")


@pytest.mark.parametrize(("theme", "language"), LOOKS)
def test_every_page_is_accessible(chromium: Browser, live: Live, theme: str, language: str) -> None:
    context = chromium.new_context(base_url=live.url, viewport={"width": 1280, "height": 800})
    page = open_live(context, live, live.ann, theme=theme, language=language)
    wrong = {}
    for name, url in pages_of(live).items():
        if (theme, language) in (("light", "zh"), ("dark", "en")) and name not in MAIN:
            continue
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
    page = open_live(context, live, live.ann)
    wrong = {}
    for number, (name, url) in enumerate(pages_of(live).items()):
        for theme, language in LOOKS if name in MAIN else [LOOKS[number % 4]]:
            context.add_cookies([{"name": f"tenon_{what}", "value": value, "url": live.url} for what, value in (("theme", theme), ("language", language))])
            page.goto(url)
            unfold(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, theme, language)
            if name in MAIN or theme == "dark":
                wrong[f"{name} {theme} {language}"] = objections(page, RULES if name in MAIN else COLOURS)
            assert_clean(page)
    assert {name: found for name, found in wrong.items() if found} == {}
    context.close()

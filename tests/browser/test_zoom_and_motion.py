"""Twice as large nothing is lost, and who wants no motion has none."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tenon.engine.releases import publish_documents
from tests import boards
from tests.browser.conftest import Live, open_live
from tests.browser.designing import SYSTEM

pytestmark = pytest.mark.browser
PLACES = ("/", "/inbox", "/records/customer", "/records/customer?view=by_stage", "/records/customer/new", "/records/customer/{one}", "/admin/users", "/design", "/settings")
MOVING = """[...document.querySelectorAll("*")].filter((each) => {
  const style = getComputedStyle(each);
  const longest = (text) => Math.max(...text.split(",").map((one) => parseFloat(one) * (one.trim().endsWith("ms") ? 0.001 : 1)));
  return longest(style.transitionDuration) > 0.01 || (style.animationName !== "none" && longest(style.animationDuration) > 0.01);
}).map((each) => each.outerHTML.slice(0, 100))"""


CRAMPED = """[...document.querySelectorAll("main :is(.scroll, .gridwrap, .board, .design-stage)")].filter((each) => each.checkVisibility()
  && each.scrollHeight > each.clientHeight + 4 && each.clientHeight < 140).map((each) => `${each.className} ${each.clientHeight}`)"""
UNSEEN = """(() => {
  const look = (each, part) => { const style = getComputedStyle(each, part); return [style.outlineStyle, style.boxShadow, style.borderColor, style.backgroundColor].join(); };
  const around = (each) => [each, each.parentElement, each.parentElement.parentElement, each.nextElementSibling ?? each].map((one) => look(one)).join() + look(each, "::before");
  const unseen = [];
  for (const each of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")) {
    if (!each.checkVisibility({ visibilityProperty: true }) || each.disabled || each.matches("dialog *")) continue;
    document.activeElement.blur();
    const before = around(each);
    each.focus({ focusVisible: true, preventScroll: true });
    if (document.activeElement === each && around(each) === before) unseen.push(each.outerHTML.slice(0, 120));
  }
  return unseen;
})()"""
RINGS = """(() => {
  const seen = [];
  for (const each of document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")) {
    if (!each.checkVisibility({ visibilityProperty: true }) || each.disabled) continue;
    each.focus({ focusVisible: true, preventScroll: true });
    if (document.activeElement === each) seen.push([getComputedStyle(each).outlineStyle, each.outerHTML.slice(0, 100)]);
  }
  return seen;
})()"""


@pytest.mark.parametrize("place", PLACES)
def test_twice_as_large_nothing_is_lost(chromium: Browser, live: Live, place: str) -> None:
    """A window of 1280 by 1024 at 200 per cent is 640 by 512: nothing goes beyond its side, and the main heading is there; what scrolls has room, at 400 per cent, too."""
    context = chromium.new_context(base_url=live.url, viewport={"width": 640, "height": 512})
    page = open_live(context, live, live.ann)
    page.goto(place.format(one=live.ids[0]))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.get_by_role("heading", level=1).count() == 1
    for width, height in ((640, 400), (320, 256)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(CRAMPED) == []
    context.close()


def test_who_wants_no_motion_has_none_and_what_has_the_focus_is_seen(desk: Page, live: Live) -> None:
    desk.emulate_media(reduced_motion="reduce")
    for place in PLACES:
        desk.goto(place.format(one=live.ids[0]))
        assert desk.evaluate(MOVING) == [], place
        desk.keyboard.press("Tab")
        assert desk.evaluate(UNSEEN) == [], place


def test_who_chooses_the_colours_sees_the_focus(desk: Page) -> None:
    """Where the system sets the colours, shadows are gone: what has the focus has an outline."""
    desk.emulate_media(forced_colors="active")
    desk.goto("/records/customer")
    desk.keyboard.press("Tab")
    rings = desk.evaluate(RINGS)
    assert len(rings) > 40
    assert [each for style, each in rings if style == "none"] == []


COVERED = """(() => {
  window.__covered = [];
  window.__walked = 0;
  const shown = (each) => { const box = each.getBoundingClientRect(); return box.width > 2 && box.height > 2; };
  const look = () => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return;
    const each = shown(focused) ? focused : focused.labels?.[0] ?? focused.closest("label, summary") ?? focused;
    const box = each.getBoundingClientRect();
    const [left, right, top, bottom] = [Math.max(box.left, 0), Math.min(box.right, innerWidth - 1), Math.max(box.top, 0), Math.min(box.bottom, innerHeight - 1)];
    const at = [0.05, 0.3, 0.5, 0.7, 0.95];
    const points = at.flatMap((x) => at.map((y) => [left + (right - left) * x, top + (bottom - top) * y]));
    const parts = "a, button, label, summary, [data-item], td, th, li";
    const label = focused.closest("label") ?? focused.labels?.[0];
    const isMine = (hit) => hit && (each.contains(hit) || hit.contains(each) && hit.matches(parts) || focused.contains(hit) || label?.contains(hit));
    window.__walked += 1;
    if (!points.some(([x, y]) => isMine(document.elementFromPoint(x, y)))) {
      const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      window.__covered.push(`${focused.outerHTML.slice(0, 120)} at ${[left, top, right, bottom].map(Math.round)} by ${hit?.outerHTML.slice(0, 80)}`);
    }
  };
  addEventListener("keydown", (event) => { if (event.key === "Tab") look(); }, true);
})()"""

WALKED = (
    "/records/customer?sort=name", "/records/customer?view=by_stage", "/records/customer/{one}", "/records/customer/{one}/edit", "/dashboards/overview",
    "/design/form/customer_form", "/design/role/seller",
)  # fmt: skip


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (320, 256)])
def test_what_has_the_focus_is_never_covered(chromium: Browser, live: Live, width: int, height: int) -> None:
    """Bars that stay in sight hide nothing that Tab leads to, forwards and backwards, also at 400 per cent (WCAG 2.4.11)."""
    context = chromium.new_context(base_url=live.url, viewport={"width": width, "height": height})
    page = open_live(context, live, live.ann)
    publish_documents(live.platform.publisher, SYSTEM, boards.DOCUMENTS)
    covered = {}
    for place in WALKED:
        page.goto(place.format(one=live.ids[0]))
        page.wait_for_load_state("networkidle")
        page.evaluate(COVERED)
        for key in (*["Tab"] * 50, *["Shift+Tab"] * 50):
            page.keyboard.press(key)
        assert page.evaluate("window.__walked") > 60, place
        covered[place] = page.evaluate("window.__covered")
    assert {place: found for place, found in covered.items() if found} == {}
    context.close()

"""The designer of views: columns by mouse and keys, order, type and colours, with what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import AXE, Live
from tests.browser.designing import discard, drafted, express, slide, wait_for

pytestmark = pytest.mark.browser
URL = "/design/view/big_ones"


@pytest.fixture
def view(live: Live) -> Iterator[str]:
    yield URL
    discard(live)


def stored(live: Live) -> dict[str, Any]:
    return drafted(live, "view", "big_ones")


def paths(live: Live) -> list[str]:
    return [c["field"] for c in stored(live)["columns"]]


def lanes(live: Live) -> str | None:
    return (stored(live).get("board") or {}).get("by")


def column(page: Page, name: str) -> Locator:
    return page.locator("#design-canvas [data-group='column']", has=page.locator(".column-head", has_text=name))


def test_columns_are_carried_by_mouse(desk: Page, live: Live, view: str) -> None:
    desk.set_viewport_size({"width": 1600, "height": 900})
    desk.goto(view)
    expect(column(desk, "Name").locator(".column-cell")).to_have_count(8)
    slide(desk, column(desk, "Contract value"), column(desk, "Health"))
    wait_for(desk, lambda: paths(live), ["name", "arr", "health_score", "owner.name"])
    industry = desk.locator("#design-palette").get_by_role("button", name="Industry", exact=True)
    slide(desk, industry, column(desk, "Health"))
    wait_for(desk, lambda: "industry" in paths(live), True)
    desk.keyboard.press("Control+z")
    wait_for(desk, lambda: paths(live), ["name", "arr", "health_score", "owner.name"])
    expect(desk.locator("#designer.busy")).to_have_count(0)
    edge = column(desk, "Name").locator("[data-column-edge]").bounding_box()
    assert edge is not None
    desk.mouse.move(edge["x"] + 5, edge["y"] + 18)
    desk.mouse.down()
    desk.mouse.move(edge["x"] + 65, edge["y"] + 18, steps=6)
    desk.mouse.up()
    wait_for(desk, lambda: stored(live)["columns"][0].get("width"), 292)
    expect(column(desk, "Name")).to_have_css("width", "292px")


def test_columns_are_carried_by_keys(desk: Page, live: Live, view: str) -> None:
    desk.goto(view)
    column(desk, "Contract value").focus()
    desk.keyboard.press("Alt+ArrowLeft")
    wait_for(desk, lambda: paths(live), ["name", "arr", "health_score", "owner.name"])
    expect(column(desk, "Contract value")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.locator("#design-panel").get_by_label("Width in pixels").fill("240")
    wait_for(desk, lambda: stored(live)["columns"][1].get("width"), 240)
    frozen = desk.locator("#design-panel").get_by_role("switch", name="Stays in sight")
    frozen.focus()
    desk.keyboard.press("Space")
    wait_for(desk, lambda: stored(live)["columns"][1].get("frozen"), True)
    column(desk, "Looked after by").focus()
    desk.keyboard.press("Delete")
    wait_for(desk, lambda: paths(live), ["name", "arr", "health_score"])


def test_the_order_is_arranged_by_keys(desk: Page, live: Live, view: str) -> None:
    desk.goto(view)
    panel = desk.locator("#design-panel")
    panel.get_by_label("Add to Order").focus()
    desk.keyboard.press("Enter")
    panel.get_by_role("button", name="Renewal", exact=True).click()
    wait_for(desk, lambda: stored(live)["sort"], ["-arr", "renewal"])
    panel.get_by_role("button", name="Move Renewal up").focus()
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: stored(live)["sort"], ["renewal", "-arr"])
    panel.get_by_role("button", name="Renewal: ascending").click()
    wait_for(desk, lambda: stored(live)["sort"], ["-renewal", "-arr"])
    panel.get_by_role("button", name="Take out Contract value").click()
    wait_for(desk, lambda: stored(live)["sort"], ["-renewal"])
    panel.get_by_label("Groups by").select_option("stage")
    wait_for(desk, lambda: stored(live).get("group_by"), "stage")


def test_a_list_becomes_a_board(desk: Page, live: Live, view: str) -> None:
    desk.goto(view)
    desk.locator("#design-panel").get_by_role("button", name="Board").click()
    wait_for(desk, lambda: (stored(live).get("type"), lanes(live)), ("board", "stage"))
    expect(desk.locator("#design-canvas .lane")).to_have_count(3)
    expect(desk.locator("#design-canvas .board-card").first).to_be_visible()
    desk.locator("#design-panel").get_by_label("Lanes by").select_option("industry")
    wait_for(desk, lambda: lanes(live), "industry")
    desk.locator("#design-palette").get_by_role("button", name="Colour rule").click()
    wait_for(desk, lambda: len(stored(live)["colours"]), 2)
    express(desk, "when", "arr > 200000")
    wait_for(desk, lambda: stored(live)["colours"][-1]["when"], "arr > 200000")
    desk.locator("#design-panel").get_by_title("green").click()
    wait_for(desk, lambda: stored(live)["colours"][-1]["colour"], "green")
    desk.evaluate(AXE.read_text())
    found = desk.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [v["id"] for v in found["violations"] if v["impact"] in ("serious", "critical")] == []


def test_a_phone_designs_views(phone: Page, live: Live, view: str) -> None:
    phone.goto(view)
    expect(column(phone, "Name")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.get_by_role("button", name="Add", exact=True).click()
    phone.locator("#design-palette").get_by_role("button", name="Industry", exact=True).click()
    wait_for(phone, lambda: "industry" in paths(live), True)

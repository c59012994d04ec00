"""The score designer: sliders and numbers, measures carried between dimensions, bands dragged over the histogram, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AXE, Live
from tests.browser.designing import carry, discard, drafted, wait_for

pytestmark = pytest.mark.browser
URL = "/design/score/health"


@pytest.fixture
def score(live: Live) -> Iterator[str]:
    discard(live)
    yield URL
    discard(live)


def measures(live: Live) -> dict[str, dict[str, Any]]:
    return {m["name"]: m for m in drafted(live, "score", "health")["variants"][0]["measures"]}


def edges(live: Live) -> list[Any]:
    return [b["from"] for b in drafted(live, "score", "health")["bands"]]


def test_points_are_set_by_slider_and_number(desk: Page, live: Live, score: str) -> None:
    desk.goto(score)
    row = desk.locator("[data-group='measure']", has_text="Not lost")
    expect(row.locator("[data-share]")).to_have_text("18 %")
    slider = row.get_by_role("slider", name="Not lost by slider")
    slider.focus()
    for _ in range(5):
        desk.keyboard.press("ArrowRight")
    wait_for(desk, lambda: measures(live)["kept"]["points"], 25)
    expect(row.get_by_role("textbox")).to_have_value("25")
    expect(row.locator("[data-share]")).to_have_text("22 %")
    expect(desk.get_by_role("slider", name="Not lost by slider")).to_be_focused()
    box = slider.bounding_box()
    assert box is not None
    desk.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    wait_for(desk, lambda: 45 <= float(measures(live)["kept"]["points"]) <= 55, True)
    number = row.get_by_role("textbox", name="Not lost as a number")
    number.fill("10")
    expect(row.locator("[data-share]")).to_have_text("10 %")
    expect(desk.locator("[data-total]").first).to_have_text("100")
    number.press("Enter")
    wait_for(desk, lambda: measures(live)["kept"]["points"], 10)
    expect(desk.locator(".score-guide").first).to_contain_text("add up to the end of the scale")
    desk.get_by_role("button", name="Weights", exact=True).first.click()
    wait_for(desk, lambda: (measures(live)["kept"].get("points"), measures(live)["kept"].get("weight")), (None, 10))


def test_measures_are_carried_between_dimensions(desk: Page, live: Live, score: str) -> None:
    desk.goto(score)
    big, kept = (desk.locator("[data-group='measure']", has_text=text) for text in ("Contract above", "Not lost"))
    carry(desk, big.locator(".measure-what"), kept, dy=-8)
    wait_for(desk, lambda: measures(live)["big"]["group"], "usage")
    desk.keyboard.press("Control+z")
    wait_for(desk, lambda: measures(live)["big"]["group"], "value")
    big.focus()
    desk.keyboard.press("Alt+ArrowDown")
    wait_for(desk, lambda: list(measures(live)), ["buys", "kept", "trust", "big"])
    expect(big).to_be_focused()
    desk.keyboard.press("Alt+ArrowUp")
    wait_for(desk, lambda: list(measures(live)), ["buys", "kept", "big", "trust"])
    desk.keyboard.press("Alt+ArrowUp")
    wait_for(desk, lambda: measures(live)["big"]["group"], "usage")
    name = desk.get_by_label("Name of the dimension Usage")
    name.fill("Adoption of it")
    name.press("Enter")
    wait_for(desk, lambda: measures(live)["big"]["group"], "Adoption of it")
    desk.locator("#design-palette").get_by_role("button", name="Dimension").click()
    expect(desk.locator("#design-canvas")).to_contain_text("3 dimensions: a good number.")


def test_bands_are_dragged_over_the_records(desk: Page, live: Live, score: str) -> None:
    desk.goto(score)
    handle = desk.get_by_role("slider", name="Healthy begins at")
    handle.scroll_into_view_if_needed()
    counts = lambda: [int(t) for t in desk.locator("[data-band-count]").all_inner_texts()]  # noqa: E731
    before, box, board = counts(), handle.bounding_box(), desk.locator(".histogram-bars").bounding_box()
    assert box is not None
    assert board is not None
    desk.mouse.move(box["x"] + box["width"] / 2, box["y"] + 12)
    desk.mouse.down()
    desk.mouse.move(board["x"] + board["width"] * 0.9, box["y"] + 12, steps=6)
    live_counts = counts()
    assert sum(live_counts) == sum(before)
    assert live_counts[0] < before[0]
    desk.mouse.up()
    wait_for(desk, lambda: edges(live), [0, 40, 90])
    expect(desk.get_by_label("Healthy begins at").last).to_have_value("90")
    wait_for(desk, counts, live_counts)
    handle.focus()
    for _ in range(3):
        desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("PageDown")
    wait_for(desk, lambda: edges(live), [0, 40, 77])
    expect(handle).to_be_focused()
    desk.keyboard.press("Home")  # stops above the band below
    wait_for(desk, lambda: edges(live), [0, 40, 41])
    number = desk.locator("[data-edge-number]").nth(1)
    number.fill("12.5")
    number.press("Enter")
    wait_for(desk, lambda: edges(live), [0, 12.5, 41])
    desk.get_by_role("button", name="Band", exact=True).click()
    wait_for(desk, lambda: len(edges(live)), 4)


def test_the_panel_says_how_a_band_moves(desk: Page, live: Live, score: str) -> None:
    desk.goto(score)
    panel = desk.locator("#design-panel")
    panel.get_by_text("How a band may move").click()
    panel.get_by_label("Margin").fill("4")
    wait_for(desk, lambda: drafted(live, "score", "health").get("movement", {}).get("margin"), 4)
    panel.get_by_label("A worse band comes").select_option("period")
    wait_for(desk, lambda: drafted(live, "score", "health")["movement"].get("down"), "period")
    panel.get_by_text("When it is computed").click()
    panel.get_by_role("switch", name="Follow every change at once").click()
    wait_for(desk, lambda: drafted(live, "score", "health").get("realtime"), False)
    panel.get_by_label("To", exact=True).fill("110")
    panel.get_by_label("To", exact=True).press("Tab")
    wait_for(desk, lambda: drafted(live, "score", "health").get("scale"), [0, 110])
    desk.locator(".measure-words", has_text="Trust").click()
    panel.get_by_role("button", name="In steps").click()
    wait_for(desk, lambda: [b["share"] for b in measures(live)["trust"].get("bands", [])], [1, 0])
    panel.get_by_role("button", name="Add a step").click()
    wait_for(desk, lambda: [b["share"] for b in measures(live)["trust"]["bands"]], [1, 0.5, 0])
    desk.evaluate(AXE.read_text())
    found = desk.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []


def test_a_phone_has_room_for_it(phone: Page, score: str) -> None:
    phone.goto(score)
    expect(phone.get_by_role("slider", name="Not lost by slider")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_simulation_is_shown_and_marked_when_it_is_old(desk: Page, live: Live, score: str) -> None:
    desk.goto(score)
    number = desk.locator("[data-edge-number]").first
    number.fill("95")
    number.press("Enter")
    wait_for(desk, lambda: edges(live), [0, 40, 95])
    desk.get_by_role("button", name="Simulate").click()
    place = desk.locator("[data-simulation]")
    expect(place.get_by_role("img", name="From band to band")).to_be_visible()
    expect(place.locator(".trial-stale")).to_be_hidden()
    expect(place.locator(".trial-movers tbody a").first).to_be_visible()
    number.fill("60")
    number.press("Enter")
    expect(place.locator(".trial-stale")).to_be_visible()
    desk.get_by_role("button", name="Simulate").press("Enter")
    expect(place.locator(".trial-stale")).to_be_hidden()
    desk.evaluate(AXE.read_text())
    found = desk.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []

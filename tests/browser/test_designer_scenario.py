"""The designer of scenarios: steps and records by mouse and by keys, lived through, and in the way of a publish that breaks them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tenon.engine.context import Context
from tenon.engine.releases import draft
from tests.browser.conftest import AXE, Live
from tests.browser.designing import carry, discard, drafted, wait_for

pytestmark = pytest.mark.browser
URL = "/design/scenario/a_rise"
STORY: dict[str, Any] = {
    "kind": "scenario", "name": "a_rise", "label": {"en": "A rise", "zh": "上升"},
    "given": {"clock": "2025-01-15", "records": {"customer": [{"name": "Aurora", "arr": 200000, "stage": "active"}]}},
    "then": [{"advance_days": 7}, {"expect": {"record": "Aurora", "field": "arr", "value": 200000}}],
}  # fmt: skip


@pytest.fixture
def story(live: Live) -> Iterator[str]:
    discard(live)
    with live.platform.write() as uow:
        draft.put(uow.connection, Context(live.ann), uow.model, "scenario", "a_rise", STORY, now=uow.now)
    yield URL
    discard(live)


def steps(live: Live) -> list[str]:
    """What each step does first."""
    return [next(k for k in ("expect", "set", "add", "advance_days") if s.get(k)) for s in drafted(live, "scenario", "a_rise")["then"]]


def given(live: Live) -> dict[str, Any]:
    found: dict[str, Any] = drafted(live, "scenario", "a_rise")["given"]["records"]
    return found


def look(page: Page) -> None:
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], [n["html"][:160] for n in v["nodes"]]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []


def test_a_story_is_told_with_the_mouse(desk: Page, live: Live, story: str) -> None:
    desk.set_viewport_size({"width": 1440, "height": 1400})
    desk.goto(story)
    palette, canvas, panel = desk.locator("#design-palette"), desk.locator("#design-canvas"), desk.locator("#design-panel")
    carry(desk, palette.get_by_role("button", name="Something changes", exact=True), canvas.locator("[data-group='step']").nth(1), dy=-20)
    wait_for(desk, lambda: sorted(steps(live)), ["advance_days", "expect", "set"])
    carry(desk, palette.get_by_role("button", name="Contact", exact=True), canvas.locator(".story-records"))
    wait_for(desk, lambda: given(live).get("contact"), [{"name": "Contact 1"}])
    expect(panel.get_by_role("heading", level=2)).to_have_text("Contact 1")
    customer = panel.locator("select[data-steps]")
    customer.select_option(label="Customer")
    wait_for(desk, lambda: given(live)["contact"], [{"name": "Contact 1", "customer": "Aurora"}])
    look(desk)
    panel.get_by_role("button", name="Take it out").click()
    wait_for(desk, lambda: given(live).get("contact", []), [])
    canvas.get_by_role("button", name="Aurora Customer").first.click()
    expect(panel.get_by_role("heading", level=2)).to_have_text("Aurora")
    panel.get_by_label("Contract value").fill("300000")
    wait_for(desk, lambda: given(live)["customer"][0]["arr"], 300000)
    desk.keyboard.press("Tab")
    desk.get_by_role("button", name="Run now").click()
    failed = canvas.locator("[data-group='step']").filter(has_text="Contract value of Aurora is").last
    expect(failed.locator(".story-found.failed")).to_contain_text("Found: value 300000", timeout=15_000)
    expect(desk.locator("[data-story]")).to_contain_text("fails at step")
    look(desk)
    failed.locator(".story-head").click()
    expect(panel.get_by_text("What is expected")).to_be_visible()
    expect(failed.locator(".story-found.failed")).to_be_visible()
    panel.get_by_label("Contract value", exact=True).fill("300000")
    wait_for(desk, lambda: [s["expect"]["value"] for s in drafted(live, "scenario", "a_rise")["then"] if s.get("expect")], [300000])
    desk.get_by_role("button", name="Run now").click()
    expect(desk.locator("[data-story]")).to_contain_text("Scenario A rise passes", timeout=15_000)
    expect(canvas.locator(".story-found.failed")).to_have_count(0)


def test_a_story_is_told_with_the_keys(desk: Page, live: Live, story: str) -> None:
    desk.goto(story)
    canvas = desk.locator("#design-canvas")
    canvas.locator("[data-group='step']").first.focus()
    desk.keyboard.press("Alt+ArrowDown")
    wait_for(desk, lambda: steps(live), ["expect", "advance_days"])
    expect(canvas.locator("[data-group='step']").nth(1)).to_be_focused()
    desk.locator("#design-palette").get_by_role("button", name="Health", exact=True).focus()
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: [s["expect"].get("score") for s in drafted(live, "scenario", "a_rise")["then"] if s.get("expect")], [None, "health"])
    canvas.locator("[data-group='step']").last.focus()
    desk.keyboard.press("Delete")
    wait_for(desk, lambda: steps(live), ["expect", "advance_days"])
    desk.keyboard.press("Control+z")
    wait_for(desk, lambda: len(steps(live)), 3)
    row = canvas.get_by_role("button", name="Aurora Customer").first
    row.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#design-panel h2")).to_have_text("Aurora")


def test_a_publish_that_breaks_the_story_is_stopped(desk: Page, live: Live, story: str) -> None:
    with live.platform.write() as uow:
        wrong = {**STORY, "then": [{"expect": {"record": "Aurora", "field": "arr", "value": 1}}]}
        draft.put(uow.connection, Context(live.ann), uow.model, "scenario", "a_rise", wrong, now=uow.now)
    desk.goto("/admin/releases")
    plan = desk.get_by_role("list", name="What happens to the data")
    expect(plan).to_contain_text("Scenario A rise fails at step 1")
    desk.get_by_role("button", name="Publish", exact=True).click()
    expect(desk.locator(".alert.tone-red").first).to_be_visible()
    vars(desk)["wrongs"].clear()  # the browser notes an answer that refuses as an error of its own
    with live.platform.read() as uow:
        assert uow.model.find("scenario", "a_rise") is None


def test_a_phone_tells_stories(phone: Page, live: Live, story: str) -> None:
    phone.goto(story)
    expect(phone.locator(".story-step").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

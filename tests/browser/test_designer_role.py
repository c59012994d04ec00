"""The role designer: rights given by mouse and by keys, fields hidden and masked, stored as they are shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import AXE, Live
from tests.browser.designing import discard, drafted, wait_for

pytestmark = pytest.mark.browser
URL = "/design/role/seller"


@pytest.fixture
def role(live: Live) -> Iterator[str]:
    discard(live)
    yield URL
    discard(live)


def grant(live: Live, entity: str) -> dict[str, Any]:
    return next((g for g in drafted(live, "role", "seller")["grants"] if g["entity"] == entity), {})


def test_rights_are_given_by_mouse_and_by_keys(desk: Page, live: Live, role: str) -> None:
    desk.goto(role)
    switch = desk.get_by_role("switch", name="Customers: Combine").or_(desk.locator("#x-customer-0-merge"))
    before = "merge" in grant(live, "customer")["actions"]
    switch.click()
    wait_for(desk, lambda: "merge" in grant(live, "customer")["actions"], not before)
    expect(desk.locator("#x-customer-0-merge")).to_be_focused()
    desk.keyboard.press("Space")
    wait_for(desk, lambda: "merge" in grant(live, "customer")["actions"], before)
    expect(desk.locator("#x-customer-0-merge")).to_be_focused()
    desk.locator("#designer").press("Control+z")
    wait_for(desk, lambda: "merge" in grant(live, "customer")["actions"], not before)


def test_fields_and_records_of_a_grant(desk: Page, live: Live, role: str) -> None:
    desk.goto(role)
    desk.locator(".role-row.design-item", has_text="Customers").first.locator(".role-words").click()
    panel = desk.locator("#design-panel")
    panel.get_by_role("button", name="Website: Hidden").click()
    wait_for(desk, lambda: "website" in grant(live, "customer").get("hide", []), True)
    expect(desk.locator("#f-website-hidden")).to_be_focused()
    panel.get_by_role("button", name="Website: Masked").press("Enter")
    wait_for(desk, lambda: ("website" in grant(live, "customer").get("hide", []), "website" in grant(live, "customer").get("mask", [])), (False, True))
    panel.get_by_label("Records where").fill("stage == 'active'")
    wait_for(desk, lambda: grant(live, "customer").get("where"), "stage == 'active'")
    expect(desk.locator("#design-canvas")).to_contain_text("stage == 'active'")
    desk.evaluate(AXE.read_text())
    found = desk.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []


def test_a_condition_written_while_a_step_is_answered_is_kept(desk: Page, live: Live, role: str) -> None:
    desk.goto(role)
    desk.locator(".role-row.design-item", has_text="Customers").first.locator(".role-words").click()
    panel = desk.locator("#design-panel")
    panel.get_by_label("Records where").select_text()  # and the editor takes over what is selected
    panel.locator(".expression-box").wait_for()
    held: list[Route] = []
    desk.route(f"**{URL}", lambda route: held.append(route) if route.request.method == "POST" and not held else route.continue_())
    with desk.expect_request(lambda request: request.method == "POST"):
        panel.get_by_role("button", name="Website: Hidden").click()
    panel.locator(".cm-content").focus()
    desk.keyboard.type("stage == 'trial'")
    held[0].continue_()
    wait_for(desk, lambda: (grant(live, "customer").get("where"), grant(live, "customer").get("hide", [])), ("stage == 'trial'", ["discount", "website"]))


def test_a_phone_scrolls_the_matrix_alone(phone: Page, role: str) -> None:
    phone.goto(role)
    expect(phone.locator("#x-customer-0-read")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_role_is_checked_for_leaks(desk: Page, live: Live, role: str) -> None:
    desk.goto(role)
    desk.get_by_role("button", name="Check for leaks").press("Enter")
    expect(desk.locator("[data-leaks]")).to_contain_text("Nothing leaked")
    expect(desk.locator("[data-leaks] .leak-doors li")).to_have_count(21)
    desk.evaluate(AXE.read_text())
    found = desk.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []
    desk.locator("#x-customer-0-merge").click()
    expect(desk.locator("[data-leaks]")).to_be_empty()

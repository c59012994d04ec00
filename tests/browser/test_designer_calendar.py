"""The designer of calendars: hours are typed and copied, days of a year are turned by mouse and keys, and all of it is published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tenon.engine.context import Context
from tenon.engine.releases import draft
from tests.browser.conftest import AXE, Live
from tests.browser.designing import discard, drafted, wait_for

pytestmark = pytest.mark.browser
URL = "/design/calendar/plant"
PLANT = {"kind": "calendar", "name": "plant", "label": {"en": "Plant", "zh": "工厂"}, "week": {"mon": [["09:00", "18:00"]]}}


@pytest.fixture
def plant(live: Live) -> Iterator[None]:
    with live.platform.write() as uow:
        draft.put(uow.connection, Context(live.ann), uow.model, "calendar", "plant", PLANT, now=uow.now)
    yield
    discard(live)


@pytest.mark.usefixtures("plant")
def test_hours_are_typed_and_days_turned_by_mouse_and_keys(desk: Page, live: Live) -> None:
    def of(key: str) -> Any:
        return drafted(live, "calendar", "plant").get(key)

    desk.goto(URL)
    until = desk.get_by_label("Monday, hours 1 until")
    until.fill("1730")
    until.press("Tab")
    wait_for(desk, lambda: of("week"), {"mon": [["09:00", "17:30"]]})
    desk.get_by_role("button", name="The hours of Monday for Monday to Friday").click()
    wait_for(desk, lambda: sorted(of("week") or {}), ["fri", "mon", "thu", "tue", "wed"])
    year = int(desk.locator("#year-shown").inner_text())
    while year < 2027:
        desk.get_by_role("button", name="The year after").click()
        year += 1
    desk.locator("#day-2027-10-01").click()
    wait_for(desk, lambda: of("holidays"), ["2027-10-01"])
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: of("working_days"), ["2027-10-02"])
    expect(desk.locator("#day-2027-10-02")).to_be_focused()
    desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: of("holidays"), [])
    desk.keyboard.press("PageDown")
    expect(desk.locator("#day-2027-11-01")).to_be_focused()
    desk.evaluate(AXE.read_text())
    assert desk.evaluate("async () => (await axe.run()).violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(', '))") == []

"""Calendars: records move to other days by mouse and keys, and the days lead to new records."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Live, assert_clean, open_live
from tests.browser.deals import assert_stored, drag, make, stored
from tests.deals import at

pytestmark = pytest.mark.browser
CALENDAR = "/records/deal?view=deal_calendar&day=2027-06-10"
JUNE = date(2027, 6, 7)


def test_a_record_is_carried_to_another_day(desk: Page, live: Live) -> None:
    made = make(live, name="Carried days", begins="2027-06-08", ends="2027-06-10")
    desk.goto(f"{CALENDAR}&q=carried+days")
    drag(desk, desk.locator(f"[data-event='{made}']").first, desk.locator("[data-day='2027-06-15']"), dy=30)
    expect(desk.locator("#announce")).to_contain_text("Carried days moves to Tue, Jun 15")
    expect(desk.locator(f"#bar-{made}-2027-06-14")).to_be_focused()
    assert_stored(desk, live, made, begins=date(2027, 6, 15), ends=date(2027, 6, 17))
    assert desk.locator("[data-event][style]").count() == 0
    assert "/records/deal/" not in desk.url


def test_a_record_is_moved_with_keys(desk: Page, live: Live) -> None:
    made = make(live, name="Keyed days", meets=at(JUNE, 9))
    desk.goto("/records/deal?view=deal_meetings&day=2027-06-10&q=keyed+days")
    bar = desk.locator(f"[data-event='{made}']")
    before: datetime = stored(live, made)["meets"]
    bar.focus()
    desk.keyboard.press("Space")
    expect(desk.locator("#announce")).to_contain_text("Keyed days is lifted")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("ArrowDown")
    expect(desk.locator(".calendar-day.target")).to_have_attribute("data-day", "2027-06-15")
    desk.keyboard.press("Escape")
    assert stored(live, made)["meets"] == before
    desk.keyboard.press("Space")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk.locator(f"#bar-{made}-2027-06-14")).to_be_focused()
    assert_stored(desk, live, made, meets=before + timedelta(days=8))


def test_days_are_walked_and_begin_new_records(desk: Page, live: Live) -> None:
    make(live, name="Something", begins="2027-06-08")
    desk.goto(CALENDAR)
    expect(desk.get_by_role("heading", name="June 2027")).to_be_visible()
    expect(desk.locator(".calendar-names span").first).to_have_text("Mon")
    desk.locator("[data-day='2027-06-09'] a").focus()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowRight")
    expect(desk.get_by_role("link", name="New on Thu, Jun 17")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Begins")).to_have_value("2027-06-17")
    desk.go_back()
    desk.locator("[data-day='2027-06-22']").click(position={"x": 60, "y": 100})
    expect(desk.get_by_label("Begins")).to_have_value("2027-06-22")


def test_months_weeks_and_the_agenda(desk: Page, live: Live) -> None:
    for n in range(5):
        make(live, name=f"Crowd {n}", begins="2027-06-18")
    make(live, name="Crowd without a day")
    desk.goto(f"{CALENDAR}&q=crowd")
    desk.get_by_role("button", name="+2 more").click()
    expect(desk.get_by_role("dialog", name="Fri, Jun 18").get_by_role("link")).to_have_count(5)
    desk.keyboard.press("Escape")
    desk.locator("body").press("ArrowRight")
    expect(desk.get_by_role("heading", name="July 2027")).to_be_visible()
    expect(desk).to_have_url(re.compile("day=2027-07-01"))
    desk.get_by_role("link", name="Earlier").click()
    expect(desk.get_by_role("heading", name="June 2027")).to_be_visible()
    desk.get_by_role("link", name="Agenda").click()
    expect(desk.locator(".agenda-line")).to_have_count(5)
    desk.get_by_role("link", name="Week").click()
    desk.get_by_role("searchbox").fill("crowd 3")
    expect(desk.get_by_role("link", name="Remove Search: crowd 3")).to_be_visible()
    expect(desk).to_have_url(re.compile("span=week"))
    desk.get_by_role("link", name="Today").click()
    expect(desk.locator(".calendar-day.today")).to_have_attribute("data-day", "2026-03-02")
    desk.goto(f"{CALENDAR}&q=crowd")
    desk.get_by_role("link", name="1 without a date").click()
    expect(desk.locator("tbody tr")).to_have_count(1)


def test_a_phone_gets_the_agenda(phone: Page, live: Live) -> None:
    make(live, name="Pocket", begins="2027-06-21")
    phone.goto(f"{CALENDAR}&q=pocket")
    expect(phone.locator(".calendar")).to_be_hidden()
    expect(phone.get_by_role("link", name="All day Pocket")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_record_is_carried_with_a_finger_held_down(chromium: Browser, live: Live) -> None:
    made = make(live, name="Held days", begins="2027-06-08", ends="2027-06-09")
    context = chromium.new_context(base_url=live.url, viewport={"width": 1024, "height": 768}, has_touch=True)
    page = open_live(context, live, live.ann)
    page.goto(f"{CALENDAR}&q=held+days")
    finger = context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    def middle(selector: str) -> tuple[float, float]:
        box = page.locator(selector).first.bounding_box()
        assert box is not None
        return box["x"] + min(40, box["width"] / 2), box["y"] + box["height"] / 2

    start, target = middle(f"[data-event='{made}']"), middle("[data-day='2027-06-16']")
    touch("touchStart", start)
    touch("touchMove", (start[0] + 20, start[1]))  # a finger that moves at once does not carry
    touch("touchEnd")
    expect(page.locator(".carried")).to_have_count(0)
    touch("touchStart", start)
    expect(page.locator(".carried")).not_to_have_count(0)
    for part in (0.3, 0.7, 1):
        touch("touchMove", (start[0] + (target[0] - start[0]) * part, start[1] + (target[1] - start[1]) * part))
    expect(page.locator("[data-day='2027-06-16']")).to_have_class(re.compile("target"))
    touch("touchEnd")
    expect(page.locator("#announce")).to_contain_text("Held days moves to Wed, Jun 16")
    assert_stored(page, live, made, begins=date(2027, 6, 16), ends=date(2027, 6, 17))
    assert "/records/deal/" not in page.url
    assert_clean(page)
    context.close()


def test_a_record_gets_another_last_day_at_its_edge_and_with_keys(desk: Page, live: Live) -> None:
    made = make(live, name="Stretched days", begins="2027-06-08", ends="2027-06-09")
    desk.goto(f"{CALENDAR}&q=stretched+days")
    bar = desk.locator(f"[data-event='{made}']")
    bar.hover()
    edge, target = bar.locator("[data-edge]").bounding_box(), desk.locator("[data-day='2027-06-11']").bounding_box()
    assert edge is not None
    assert target is not None
    desk.mouse.move(edge["x"] + 3, edge["y"] + 12)
    desk.mouse.down()
    desk.mouse.move(target["x"] + 50, target["y"] + 50, steps=8)
    expect(desk.locator(".calendar-day.target")).to_have_count(4)
    desk.mouse.up()
    expect(desk.locator("#announce")).to_contain_text("Stretched days ends on Fri, Jun 11")
    assert_stored(desk, live, made, begins=date(2027, 6, 8), ends=date(2027, 6, 11))
    expect(bar).to_have_attribute("data-version", "2")  # the answer is there
    expect(bar).to_be_focused()
    desk.keyboard.press("Space")
    desk.keyboard.press("Shift+ArrowLeft")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Enter")
    assert_stored(desk, live, made, begins=date(2027, 6, 9), ends=date(2027, 6, 11))
    expect(desk.locator("[data-event][style]")).to_have_count(0)

"""Galleries, timelines and trees as people use them, and making a view from a list."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live
from tests.browser.deals import assert_stored, drag, make

pytestmark = pytest.mark.browser
PLAN = "/records/deal?view=deal_plan&day=2027-06-10&span=weeks"


def test_a_bar_is_carried_along_the_timeline(desk: Page, live: Live) -> None:
    made = make(live, name="Planned", stage="talk", begins="2027-06-08", ends="2027-06-20")
    desk.goto(f"{PLAN}&q=planned")
    expect(desk.locator("#timeline h3")).to_contain_text("In talks")
    bar = desk.locator(f"#bar-{made}")
    box = bar.bounding_box()
    assert box is not None
    day = box["width"] / 13
    desk.mouse.move(box["x"] + 20, box["y"] + 12)
    desk.mouse.down()
    desk.mouse.move(box["x"] + 20 + day * 5, box["y"] + 12, steps=8)
    desk.mouse.up()
    expect(desk.locator("#announce")).to_contain_text("Planned moves to Sun, Jun 13")
    expect(bar).to_be_focused()
    assert_stored(desk, live, made, begins=date(2027, 6, 13), ends=date(2027, 6, 25))


def test_a_bar_is_moved_with_keys_and_the_plan_zooms(desk: Page, live: Live) -> None:
    made = make(live, name="By keys", begins="2027-06-08")
    desk.goto(f"{PLAN}&q=by+keys")
    bar = desk.locator(f"#bar-{made}")
    bar.focus()
    for key in ("Space", "ArrowLeft", "ArrowDown", "Space"):
        desk.keyboard.press(key)
    expect(desk.locator("#announce")).to_contain_text("By keys moves to Mon, Jun 14")
    expect(bar).to_be_focused()
    assert_stored(desk, live, made, begins=date(2027, 6, 14))
    desk.get_by_role("link", name="Quarters").click()
    expect(desk.locator(".timeline-tick")).to_have_count(8)
    desk.get_by_role("link", name="Today").click()
    expect(desk.locator(".timeline-now.head")).to_have_count(1)


def test_a_gallery_loads_more(desk: Page, live: Live) -> None:
    for n in range(40):
        make(live, name=f"Framed {n}")
    desk.goto("/records/deal?view=deal_gallery&q=framed")
    expect(desk.locator(".picture-card")).to_have_count(36)
    desk.get_by_role("link", name="Show more").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(".picture-card")).to_have_count(40)
    desk.get_by_role("link", name="Framed 39").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Framed 39")


def test_a_tree_opens_level_by_level(desk: Page, live: Live) -> None:
    root = make(live, name="Aaa root")
    below = make(live, name="Branch", parent=root)
    leaf = make(live, name="Leaf", parent=below)
    desk.goto("/records/deal?view=deal_tree")
    desk.get_by_role("button", name="Below Aaa root").click()
    desk.get_by_role("button", name="Below Branch").press("Enter")
    expect(desk.locator(f"#node-{root} #node-{below} #node-{leaf}")).to_be_visible()
    desk.get_by_role("button", name="Below Aaa root").click()
    expect(desk.locator(f"#node-{leaf}")).to_be_hidden()


def test_a_list_is_shown_as_a_board_and_saved(desk: Page, live: Live) -> None:
    made = make(live, name="Mine to see", kind="licence", amount="123")
    desk.goto("/records/deal?filter=amount+%3D%3D+123")
    desk.get_by_role("searchbox").fill("mine")
    expect(desk).to_have_url(re.compile("q=mine"))
    expect(desk.locator("tbody tr")).to_have_count(1)
    desk.locator(".show-as summary").click()
    desk.get_by_role("link", name="Board: Kind").click()
    expect(desk).to_have_url(re.compile("as=board%3Akind"))
    expect(desk.get_by_role("searchbox")).to_have_value("mine")
    drag(desk, desk.locator(f"#lane-licence #card-{made}"), desk.locator("#lane-service [data-cards]"))
    expect(desk.locator("#lane-service .board-card")).to_have_count(1)
    assert_stored(desk, live, made, kind="service")
    desk.locator(".chips").get_by_role("button", name="Save view").click()
    desk.locator("#view-label").fill("Seen by kind")
    desk.get_by_role("button", name="Save as a new view").click()
    expect(desk.get_by_role("link", name="Seen by kind")).to_have_attribute("aria-current", "page")
    expect(desk.locator("#lane-service .board-card")).to_have_count(1)
    answer = desk.request.get("/api/v1/views?entity=deal").json()
    [kept] = [v for v in answer["views"] if v["name"] == "seen_by_kind"]
    assert (kept["type"], kept["shared_with"], kept["filter"], kept["board"]["by"]) == ("board", "me", "amount == 123", "kind")


def test_a_board_is_shown_as_a_list_with_the_keyboard_and_back(desk: Page, live: Live) -> None:
    make(live, name="Seen twice", stage="talk")
    desk.goto("/records/deal?view=deal_board&q=seen+twice")
    desk.locator(".show-as summary").focus()
    desk.keyboard.press("Enter")
    desk.keyboard.press("ArrowDown")
    expect(desk.get_by_role("link", name="List", exact=True)).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("grid")).to_be_visible()
    expect(desk.locator("tbody tr")).to_have_count(1)
    expect(desk.get_by_role("link", name="Board", exact=True)).to_have_attribute("aria-current", "page")
    desk.get_by_role("link", name="Reset").click()
    expect(desk.locator("#lane-talk .board-card").first).to_be_visible()


def test_phones_scroll_inside_and_never_the_page(phone: Page, live: Live) -> None:
    make(live, name="Small screen", begins="2027-06-08")
    for view in ("plan", "gallery", "tree", "gantt"):
        phone.goto(f"/records/deal?view=deal_{view}&day=2027-06-10")
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), view


def test_a_bar_gets_another_last_day_at_its_edge(desk: Page, live: Live) -> None:
    made = make(live, name="Drawn out", stage="talk", begins="2027-06-08", ends="2027-06-20")
    desk.goto(f"{PLAN}&q=drawn+out")
    bar = desk.locator(f"#bar-{made}")
    box = bar.bounding_box()
    assert box is not None
    day = box["width"] / 13
    desk.mouse.move(box["x"] + box["width"] - 2, box["y"] + 12)
    desk.mouse.down()
    desk.mouse.move(box["x"] + box["width"] - 2 - day * 4, box["y"] + 12, steps=8)
    desk.mouse.up()
    expect(desk.locator("#announce")).to_contain_text("Drawn out ends on Wed, Jun 16")
    expect(bar).to_be_focused()
    assert_stored(desk, live, made, begins=date(2027, 6, 8), ends=date(2027, 6, 16))
    expect(bar).to_have_attribute("data-version", "2")  # the answer is there
    expect(bar).to_be_focused()
    for key in ("Space", "Shift+ArrowRight", "Shift+ArrowDown", "Space"):
        desk.keyboard.press(key)
    assert_stored(desk, live, made, begins=date(2027, 6, 8), ends=date(2027, 6, 24))

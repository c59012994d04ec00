"""Quick people: what is asked before the former answer is there, pressed twice, left in the middle, and gone back to."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tenon.engine.context import Context
from tenon.engine.query.pages import Ask, page as page_of
from tests.browser import deals
from tests.browser.conftest import Live, assert_clean, open_live
from tests.browser.designing import discard, drafted, wait_for
from tests.browser.test_access import objections
from tests.browser.test_list_cells import cell, make, stored

pytestmark = pytest.mark.browser
SLOW = """(() => { const { fetch } = window; let slow = 0; window.slowly = (ms) => { slow = ms; };
window.fetch = async (...what) => { if (slow) await new Promise((done) => setTimeout(done, slow)); return fetch(...what); }; })()"""


@pytest.fixture
def slow(desk: Page) -> Page:
    """A page whose answers can be made to come late with ``slowly(ms)``."""
    desk.add_init_script(SLOW)
    return desk


def slowly(page: Page, milliseconds: int) -> None:
    page.evaluate("(ms) => window.slowly(ms)", milliseconds)


def count(live: Live, entity: str, search: str) -> int:
    with live.platform.read() as uow:
        return len(page_of(uow, Context(live.ann), uow.model.get_entity(entity), Ask(fields=["id"], search=search, limit=50)).records)


def test_what_is_asked_last_is_shown_and_nothing_asked_before_is_lost(slow: Page, live: Live) -> None:
    make(live, "Hasty one", "Hasty two")
    slow.goto("/records/customer")
    slowly(slow, 500)
    slow.get_by_role("link", name="Contract value").click()
    for typed in ("H", "Ha", "Hasty one"):
        slow.get_by_role("searchbox").fill(typed)
        slow.wait_for_timeout(260)
    expect(slow).to_have_url(re.compile(r"q=Hasty\+one&sort=arr"))
    expect(slow.locator(".sheet tr[data-id]")).to_have_count(1)
    expect(slow.get_by_role("columnheader", name="Contract value")).to_have_attribute("aria-sort", "ascending")


def test_typing_a_search_is_one_step_back(desk: Page, live: Live) -> None:
    make(live, "Stepwise A")
    desk.goto("/records/customer")
    for typed in ("S", "Step", "Stepwise"):
        desk.get_by_role("searchbox").fill(typed)
        expect(desk).to_have_url(re.compile(rf"q={typed}$"))
    desk.get_by_role("link", name="Contract value").click()
    expect(desk).to_have_url(re.compile("sort=arr"))
    desk.go_back()
    expect(desk).to_have_url(re.compile(r"q=Stepwise$"))
    desk.go_back()
    expect(desk).to_have_url(re.compile(r"/records/customer$"))
    expect(desk.get_by_role("searchbox")).to_have_value("")
    expect(desk.get_by_role("link", name="Remove Search: Stepwise")).to_have_count(0)
    desk.go_forward()
    expect(desk.get_by_role("searchbox")).to_have_value("Stepwise")
    expect(desk.locator(".sheet tr[data-id]")).to_have_count(1)
    desk.locator(".sheet [data-tick]").check()
    expect(desk.get_by_role("region", name="Selected rows")).to_be_visible()


def test_a_heading_pressed_twice_sorts_downwards(slow: Page) -> None:
    slow.goto("/records/customer")
    slowly(slow, 300)
    slow.get_by_role("link", name="Contract value").dblclick()
    expect(slow.get_by_role("columnheader", name="Contract value")).to_have_attribute("aria-sort", "descending")
    slowly(slow, 0)
    rows = slow.locator('.sheet tr[data-id] [data-field="arr"]').all_inner_texts()
    amounts = [Decimal(re.sub(r"[^\d.]", "", text)) for text in rows if re.search(r"\d", text)]
    assert amounts
    assert all(one >= two for one, two in pairwise(amounts))


def test_a_cell_is_kept_when_something_else_is_pressed_at_once(slow: Page, live: Live) -> None:
    one, two = make(live, "Leaver A", "Leaver B", arr="1")
    slow.goto("/records/customer?q=leaver&sort=name")
    cell(slow, one, "arr").click()
    slow.get_by_label("Contract value", exact=True).fill("11")
    slow.get_by_role("link", name="Industry").click()
    expect(slow).to_have_url(re.compile("sort=industry"))
    assert stored(live, one)["arr"] == Decimal("11.00")
    expect(cell(slow, one, "arr")).to_have_text("¥11")
    cell(slow, two, "arr").click()
    slow.get_by_label("Contract value", exact=True).fill("22")
    slow.get_by_role("link", name="Home").first.click()
    expect(slow).to_have_url(re.compile(r"/$"))
    wait_for(slow, lambda: stored(live, two)["arr"], Decimal("22.00"))


def test_a_cell_that_is_refused_keeps_the_list(desk: Page, live: Live) -> None:
    (one,) = make(live, "Stayer A", arr="5")
    desk.goto("/records/customer?q=stayer&sort=name")
    cell(desk, one, "arr").click()
    desk.get_by_label("Contract value", exact=True).fill("-3")
    desk.get_by_role("link", name="Industry").click()
    expect(cell(desk, one, "arr").get_by_role("alert")).to_be_visible()
    expect(desk).to_have_url(re.compile("sort=name"))
    expect(desk.get_by_label("Contract value", exact=True)).to_have_value("-3")
    desk.keyboard.press("Escape")
    vars(desk)["wrongs"].clear()  # the browser notes the 422 itself


def test_the_palette_leaves_ticks_and_an_open_list_alone(desk: Page, live: Live) -> None:
    make(live, "Ticked A", "Ticked B")
    desk.goto("/records/customer?q=ticked&sort=name")
    desk.locator(".sheet [data-tick]").first.check()
    desk.keyboard.press("Control+k")
    desk.keyboard.type("tick")
    desk.locator("#palette-list [role=option]").first.wait_for()
    desk.keyboard.press("Escape")
    expect(desk.locator(".sheet [data-tick]").first).to_be_checked()
    expect(desk.get_by_role("region", name="Selected rows")).to_be_visible()


def test_a_view_and_a_record_are_made_once(slow: Page, live: Live) -> None:
    make(live, "Twice A")
    sent: list[str] = []
    slow.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    slow.goto("/records/customer?q=twice&sort=-arr")
    slow.get_by_role("button", name="Save view").click()
    slow.get_by_label("Name", exact=True).fill("Pressed twice")
    slow.get_by_role("button", name="Save as a new view").dblclick()
    expect(slow).to_have_url(re.compile(r"view=pressed_twice$"))
    assert len([url for url in sent if "/views" in url]) == 1
    slow.locator("summary[aria-label='This view']").click()
    slow.get_by_role("button", name="Delete this view").click()
    expect(slow.get_by_role("link", name="Pressed twice")).to_have_count(0)
    slow.goto("/records/customer/new")
    slow.locator("[name=name]").fill("Made twice")
    slow.locator("[data-save]").dblclick()
    expect(slow).to_have_url(re.compile(r"/records/customer/[0-9a-f-]{36}$"))
    assert count(live, "customer", "Made twice") == 1


def test_a_card_is_added_once_however_often_enter_is_pressed(slow: Page, live: Live) -> None:
    deals.make(live, name="Pressed before", stage="new")
    slow.goto("/records/deal?view=deal_board&q=pressed")
    lane = slow.locator("#lane-new")
    lane.locator(".lane-add summary").click()
    slowly(slow, 300)
    lane.get_by_role("textbox").fill("Pressed often")
    for _ in range(3):
        slow.keyboard.press("Enter")
    expect(lane.locator(".board-card")).to_have_count(2)
    slow.wait_for_timeout(400)
    assert count(live, "deal", "Pressed often") == 1


def test_later_is_pressed_three_times_and_three_months_go_by(slow: Page, live: Live) -> None:
    deals.make(live, name="Later", begins="2027-09-08")
    slow.goto("/records/deal?view=deal_calendar&day=2027-06-10")
    slowly(slow, 200)
    for _ in range(3):
        slow.get_by_role("link", name="Later").click()
    expect(slow.get_by_role("heading", name="September 2027")).to_be_visible()


@pytest.mark.parametrize("what", ["palette", "key", "panel", "shortcuts"])
def test_what_is_pressed_before_the_modules_are_there_happens_when_they_are(desk: Page, what: str) -> None:
    held: list[Route] = []
    desk.route("**/js/main.js*", lambda route: held.append(route))
    desk.goto("/records/customer", wait_until="commit")
    desk.locator("#more-place, .empty").first.wait_for()
    if what == "palette":
        desk.locator(".find").click()
    elif what == "key":
        desk.keyboard.press("Control+k")
    elif what == "panel":
        desk.locator("details[data-panel=filter] > summary").click()
    else:
        desk.locator("summary[aria-label=Help]").click()
        desk.get_by_role("button", name="Keyboard shortcuts").click()
    for _ in range(100):
        if held:
            break
        desk.wait_for_timeout(20)
    held[0].continue_()
    shown = {"panel": "details[data-panel=filter] .conditions", "shortcuts": "#shortcuts"}.get(what, "#palette")
    expect(desk.locator(shown)).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_who_comes_back_finds_the_list_where_it_stood(chromium: Browser, live: Live, width: int) -> None:
    context = chromium.new_context(base_url=live.url, viewport={"width": width, "height": 800}, has_touch=width < 400, is_mobile=width < 400)
    page = open_live(context, live, live.ann)
    page.goto("/records/customer?sort=name&limit=25")
    for rows in (50, 75):
        page.locator(".sheet tr[data-id]").last.scroll_into_view_if_needed()
        expect(page.locator(".sheet tr[data-id]")).to_have_count(rows)
    row = page.locator(".sheet tr[data-id]").nth(60)
    row.scroll_into_view_if_needed()
    place = page.locator(".gridwrap").evaluate("(list) => list.scrollTop")
    page.wait_for_timeout(300)  # it notes where it stands once it stands still
    page.evaluate("(url) => location.assign(url)", row.locator(".title a").get_attribute("href"))
    expect(page).to_have_url(re.compile(r"/customer/[0-9a-f-]{36}$"))
    page.go_back()
    expect(page.locator(".sheet tr[data-id]").nth(74)).to_be_attached()
    expect(page.locator(".sheet tr[data-id]").nth(60)).to_be_in_viewport()
    assert abs(page.locator(".gridwrap").evaluate("(list) => list.scrollTop") - place) < 3
    assert_clean(page)
    context.close()


def test_arrows_walk_the_records_at_a_glance_as_quickly_as_they_are_pressed(slow: Page, live: Live) -> None:
    make(live, *(f"Glimpse {n}" for n in range(5)))
    slow.goto("/records/customer?q=glimpse&sort=name")
    slow.get_by_role("link", name="Glimpse 0").click()
    expect(slow.get_by_role("dialog", name="At a glance")).to_contain_text("Glimpse 0")
    slowly(slow, 250)
    for _ in range(3):
        slow.keyboard.press("ArrowDown")
        slow.wait_for_timeout(60)
    expect(slow.locator("#peek-title")).to_contain_text("Glimpse 3")
    slow.wait_for_timeout(400)
    expect(slow.locator("#peek-title")).to_contain_text("Glimpse 3")
    expect(slow.locator(".sheet tr.peeked")).to_contain_text("Glimpse 3")


def test_the_filter_opens_with_its_key_and_the_help_names_it(desk: Page) -> None:
    desk.goto("/records/customer")
    desk.keyboard.press("f")
    expect(desk.locator("details[data-panel=filter] .conditions")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("details[data-panel=filter] > summary")).to_be_focused()
    desk.keyboard.press("?")
    help_ = desk.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_.get_by_text("Walk the cells")).to_be_visible()
    assert objections(desk) == []


def test_what_is_done_in_a_designer_before_the_last_step_is_shown_is_of_that_step(slow: Page, live: Live) -> None:
    measures = lambda: [(m["name"], m["group"]) for m in drafted(live, "score", "health")["variants"][0]["measures"]]  # noqa: E731
    before = measures()
    try:
        slow.goto("/design/score/health")
        slowly(slow, 150)
        slow.locator("[data-group='measure']", has_text="Contract above").focus()
        for key in ("Alt+ArrowDown", "Alt+ArrowUp", "Alt+ArrowUp"):
            slow.keyboard.press(key)
        name = slow.get_by_label("Name of the dimension Usage")
        name.fill("Adoption of it")
        slow.wait_for_timeout(700)
        name.press("Enter")
        expected = [("buys", "Adoption of it"), ("kept", "Adoption of it"), ("big", "Adoption of it"), ("trust", "value")]
        wait_for(slow, measures, expected)
        slow.locator("[data-group='measure']", has_text="Trust").focus()
        slow.keyboard.press("Delete")
        slow.keyboard.press("Control+z")
        slow.keyboard.press("Control+z")
        wait_for(slow, measures, [(name, "usage" if group != "value" else group) for name, group in expected])
    finally:
        discard(live)
    assert measures() == before


def test_enter_takes_what_was_typed_and_not_what_was_offered_before(slow: Page, live: Live) -> None:
    """Choices of what was typed come late: somebody else, who stood there first, must not be taken."""
    (one,) = make(live, "Swift owner")
    slow.goto("/records/customer?q=swift&columns=name&columns=owner")
    cell(slow, one, "owner").click()
    expect(slow.get_by_role("option", name="Ann Lee")).to_have_attribute("aria-selected", "true")
    for typed, name, person in (("Sam", "Sam Wu", live.sam), ("Ann", "Ann Lee", live.ann)):  # the second time before any choices are there
        slowly(slow, 600)
        slow.keyboard.type(typed)
        slow.keyboard.press("Enter")
        expect(cell(slow, one, "owner")).to_have_text(re.compile(name))
        expect(slow.locator(".cell-editor")).to_have_count(0)
        assert stored(live, one)["owner"] == person.id
        slowly(slow, 0)
        cell(slow, one, "owner").click()
    slow.keyboard.type("nobody at all")
    slow.keyboard.press("Tab")
    expect(slow.get_by_role("combobox", name="Owner")).to_have_value("nobody at all")
    slow.keyboard.press("Escape")
    expect(cell(slow, one, "owner")).to_have_text(re.compile("Ann Lee"))
    assert objections(slow) == []

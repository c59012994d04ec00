"""A dashboard in the browser: by mouse and by keys, drilled and filtered, as tables, in both themes, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tenon.engine.context import system_context
from tenon.engine.releases import publish_documents
from tests import boards
from tests.browser.conftest import Live, assert_clean, open_live
from tests.browser.papers import Paper, rgb
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True, scope="module")
def published(live: Live) -> None:
    """The dashboards of the tests on the workspace."""
    publish_documents(live.platform.publisher, system_context(), boards.DOCUMENTS)


def settled(page: Page) -> None:
    """Wait until every tile has something and every chart is drawn."""
    expect(page.locator(".widget[aria-busy=true]")).to_have_count(0, timeout=30_000)
    expect(page.locator("tn-chart:not([data-drawn])")).to_have_count(0, timeout=30_000)


def count_shown(page: Page) -> int:
    """Return how many records the list says it has."""
    text = page.locator(".foot").inner_text()
    found = re.search(r"/\s*([\d,]+)|([\d,]+) records?", text)
    assert found is not None, text
    return int((found[1] or found[2]).replace(",", ""))


def count_stored(page: Page, filter: str = "True") -> int:
    """Return how many customers there are now: other tests add to the same workspace."""
    answer = page.request.get("/api/v1/records/customer", params={"filter": filter, "count": "exact", "limit": 1})
    assert answer.ok, answer.text()
    found: int = answer.json()["count"]
    return found


def click_bar(page: Page, name: str, index: int) -> None:
    """Click a bar of a chart where its picture is."""
    bars = page.get_by_role("article", name=name, exact=True).locator("tn-chart svg path[fill]:not([fill=none]):not([fill=transparent])")
    boxes = [box for box in (bars.nth(i).bounding_box() for i in range(bars.count())) if box and box["width"] > 12 and box["height"] > 12]
    box = boxes[index]
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_a_bar_leads_to_its_records_and_filters_the_others(desk: Page) -> None:
    desk.goto("/dashboards/overview")
    settled(desk)
    click_bar(desk, "By industry", 0)
    menu = desk.locator(".chart-menu")
    number = int(menu.locator("b").inner_text())
    expect(menu.get_by_role("link", name="Show these records")).to_be_focused()
    desk.keyboard.press("ArrowDown")
    expect(menu.get_by_role("link", name=re.compile("Filter by"))).to_be_focused()
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile("where"))
    settled(desk)
    expect(desk.get_by_role("list", name="Conditions in force").get_by_role("link")).to_have_count(2)
    expect(desk.get_by_role("article", name="Customers", exact=True).locator(".kpi-value")).to_have_text(str(number))
    click_bar(desk, "By industry", 0)
    desk.locator(".chart-menu").get_by_role("link", name="Show these records").click()
    desk.wait_for_url(re.compile("/records/customer"))
    assert count_shown(desk) == number


def test_filters_by_ticks_and_periods(desk: Page) -> None:
    desk.goto("/dashboards/overview")
    kpi = desk.get_by_role("article", name="Customers", exact=True).locator(".kpi-value")
    settled(desk)
    desk.locator("summary", has_text="Industry").click()
    desk.get_by_label("SaaS").check()
    expect(desk).to_have_url(re.compile(r"industry%5D=saas"))
    expect(kpi).to_have_text(str(count_stored(desk, "industry == 'saas'")))
    desk.get_by_label("Energy").check()
    expect(kpi).to_have_text(str(count_stored(desk, "industry in ['saas', 'energy']")))
    desk.keyboard.press("Escape")
    desk.get_by_role("combobox", name="Ordered").select_option("this_year")
    expect(desk).to_have_url(re.compile(r"ordered_at%5D=this_year"))
    settled(desk)
    desk.get_by_role("link", name="Remove Industry: SaaS").click()
    desk.wait_for_url(lambda url: "saas" not in url)
    settled(desk)
    expect(kpi).to_have_text(str(count_stored(desk, "industry == 'energy'")))
    desk.get_by_role("link", name="Clear all").click()
    expect(kpi).to_have_text(str(count_stored(desk)))


def test_by_keys_a_table_stands_in_for_a_chart_and_leads_on(desk: Page) -> None:
    desk.goto("/dashboards/overview")
    settled(desk)
    article = desk.get_by_role("article", name="By industry", exact=True)
    article.locator(".widget-menu summary").focus()
    desk.keyboard.press("Enter")
    desk.keyboard.press("ArrowDown")
    expect(article.get_by_role("button", name="View as table")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(article.locator("tn-chart")).to_be_hidden()
    expect(article.get_by_role("region", name="By industry")).to_be_focused()
    in_none = 1 if count_stored(desk, "industry == None") else 0
    expect(article.locator("tbody tr")).to_have_count(4 + in_none)
    desk.keyboard.press("Tab")
    desk.keyboard.press("Tab")
    link = article.locator("tbody tr").first.locator(".cell-link")
    expect(link).to_be_focused()
    number = int(link.inner_text())
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile("/records/customer"))
    assert count_shown(desk) == number


def test_a_matrix_leads_to_its_records(desk: Page) -> None:
    desk.goto("/dashboards/overview")
    settled(desk)
    link = desk.get_by_role("article", name="Heat", exact=True).locator(".cell-link").first
    number = int(link.inner_text())
    link.click()
    desk.wait_for_url(re.compile("/records/customer"))
    assert count_shown(desk) == number


def test_charts_follow_the_theme(desk: Page) -> None:
    desk.goto("/dashboards/overview")
    settled(desk)
    chart = desk.get_by_role("article", name="Orders by month", exact=True).locator("tn-chart svg")
    before = chart.inner_html()
    desk.get_by_label("Theme").click()
    desk.get_by_role("button", name="Dark").click()
    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
    expect(desk.get_by_role("article", name="Orders by month", exact=True).locator("tn-chart svg")).to_have_count(1)
    assert desk.get_by_role("article", name="Orders by month", exact=True).locator("tn-chart svg").inner_html() != before


def test_what_did_not_load_is_tried_again(desk: Page) -> None:
    fails = {"left": 1}

    def refuse(route: object) -> None:
        fails["left"] -= 1
        if fails["left"] >= 0:
            route.fulfill(status=503, body="")  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    desk.route("**/widgets/by_industry?*", refuse)
    desk.goto("/dashboards/overview")
    article = desk.get_by_role("article", name="By industry", exact=True)
    expect(article.get_by_role("alert")).to_contain_text("This did not load")
    article.get_by_role("button", name="Try again").click()
    expect(article.locator("tn-chart[data-drawn]")).to_have_count(1)
    vars(desk)["wrongs"].clear()  # the browser notes the 503 itself


def test_odd_widgets_say_what_to_do_and_all_are_asked_again_by_themselves(desk: Page) -> None:
    desk.clock.install()
    desk.goto("/dashboards/oddities")
    settled(desk)
    desk.get_by_label("More actions", exact=True).click()
    desk.get_by_label("Refresh by itself").select_option("1 min")
    with desk.expect_response("**/widgets/odd_line?*"):
        desk.clock.fast_forward(60_000)
    expect(desk.get_by_role("article", name="Odd history")).to_contain_text("Name one of its scores.")
    expect(desk.get_by_role("article", name="Odd cohort")).to_contain_text("two dates")


COVERED = """(charts) => charts.flatMap((chart) => {
    const texts = [...chart.querySelectorAll("text")].map((each) => [each.textContent, each.getBoundingClientRect()]).filter(([text, box]) => text.trim() && box.width);
    return texts.flatMap(([text, box], at) => texts.slice(at + 1).filter(([, other]) =>
        Math.min(box.right, other.right) - Math.max(box.left, other.left) > 2 && Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 3).map(([other]) => `${text} / ${other}`));
})"""


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh")])
def test_nothing_is_in_the_way(chromium: Browser, live: Live, theme: str, language: str) -> None:
    context = chromium.new_context(base_url=live.url, viewport={"width": 1280, "height": 800})
    page = open_live(context, live, live.ann, theme=theme, language=language)
    page.goto("/dashboards/overview?where[industry]=saas&where[industry]=retail&where[industry]=factory")  # other tests leave customers without one: a row more
    settled(page)
    assert objections(page) == []
    assert page.locator(".widget-sheet:has(.told)").evaluate_all("(all) => all.filter((each) => each.scrollWidth > each.clientWidth).length") == 0
    assert page.locator("tn-chart svg").evaluate_all(COVERED) == [], "no text of a chart stands over another one"
    assert_clean(page)
    context.close()


def test_on_a_phone_there_is_one_column_and_numbers_share_a_line(phone: Page) -> None:
    phone.goto("/dashboards/overview")
    settled(phone)
    boxes = [box for box in (phone.locator(".widget").nth(i).bounding_box() for i in range(6)) if box]
    first, second, *others = boxes
    assert first["y"] == second["y"]
    assert first["x"] + first["width"] < second["x"]
    assert {(round(box["x"]), round(box["width"])) for box in others} == {(round(first["x"]), 358)}
    assert [round(box["x"]) for box in [phone.locator("#w-20").bounding_box()] if box] == [round(first["x"])]
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for sheet in phone.locator(".widget-sheet:has(.told)").all():  # records are cards: nothing is to the right of what is seen
        assert sheet.evaluate("(sheet) => sheet.scrollWidth <= sheet.clientWidth && sheet.querySelectorAll('td[data-label]').length > 0")
    assert phone.locator(".widget-sheet .told").count() > 0
    assert objections(phone) == []


SPACED = """(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
})()"""
TIGHT = """[...document.querySelectorAll(".widget-body:has(> .kpi)")].filter((each) => each.scrollHeight > each.clientHeight + 1)
  .map((each) => `${each.textContent.trim().slice(0, 60)} ${[each.scrollHeight, each.clientHeight]}`)"""
CUT = """[...document.querySelectorAll(".widget-body:has(> .kpi), .widget-body:has(> .kpi) *")].filter((each) => {
  const { overflowX, overflowY } = getComputedStyle(each);
  const isCut = overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1 || overflowY === "hidden" && each.scrollHeight > each.clientHeight + 1;
  return isCut && each.checkVisibility() && !each.closest("svg, .sr");
}).map((each) => `${each.className}: ${each.textContent.trim().slice(0, 60)}`)"""


@pytest.mark.parametrize("width", [1280, 390])
def test_spaced_text_of_numbers_is_not_cut(chromium: Browser, live: Live, width: int) -> None:
    """Lines, words and letters as far apart as WCAG 1.4.12 has them: what a number says stays whole."""
    context = chromium.new_context(base_url=live.url, viewport={"width": width, "height": 800})
    page = open_live(context, live, live.ann)
    page.goto("/dashboards/overview")
    settled(page)
    assert page.evaluate(TIGHT) == []
    page.evaluate(SPACED)
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_paper_is_light_and_shows_no_buttons(chromium: Browser, live: Live) -> None:
    context = chromium.new_context(base_url=live.url, viewport={"width": 794, "height": 1123})
    page = open_live(context, live, live.ann, theme="dark")
    page.goto("/dashboards/overview")
    settled(page)
    page.emulate_media(media="print")
    for gone in (".side", ".top", ".bottom", ".board-head > .pop"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".printed").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    boxes = [box for tile in page.locator(".board-grid > .widget").all() if (box := tile.bounding_box())]
    assert len({box["x"] for box in boxes}) > 1  # tiles stand side by side on a page of A4
    assert max(box["height"] for box in boxes) < 1000  # each fits on one, and none is cut
    assert set(page.locator(".board-grid > .widget").evaluate_all("(tiles) => tiles.map((tile) => getComputedStyle(tile).breakInside)")) == {"avoid"}
    settled(page)
    on_paper = Paper(page.pdf(format="A4"))
    assert on_paper.is_text
    assert not on_paper.fills & {(15, 17, 22), (23, 26, 33)}  # grounds of the dark theme
    page.goto("/records/customer?sort=name")
    page.emulate_media(media="print")
    badge = page.locator(".sheet .badge").first
    expect(badge).to_be_visible()
    on_paper = Paper(page.pdf(format="A4"))
    assert on_paper.is_text
    assert on_paper.pages > 1  # all rows that are shown, not only those in sight
    assert rgb(badge.evaluate("(badge) => getComputedStyle(badge).backgroundColor")) in on_paper.fills
    assert not on_paper.fills & {(15, 17, 22), (23, 26, 33)}
    assert_clean(page)
    context.close()

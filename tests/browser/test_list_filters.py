"""Filters of a list made without typing an expression; saved views; order, groups and columns; with mouse, keyboard and on a phone."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tenon.engine import views
from tenon.engine.context import Context
from tests.browser.carrying import settle
from tests.browser.conftest import Live
from tests.browser.designing import say_expression
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser


def asked(page: Page) -> dict[str, list[str]]:
    """What the address asks for."""
    return parse_qs(urlsplit(page.url).query, keep_blank_values=True)


def open_panel(page: Page, name: str) -> None:
    page.locator(f'details[data-panel="{name}"] > summary').click()


def add_condition(page: Page, words: str, at: int = 0) -> None:
    page.get_by_role("button", name="Add condition").nth(at).click()
    expect(page.get_by_role("combobox", name="Search fields").first).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def saved(live: Live, name: str) -> dict[str, object]:
    """A view of Ann's as it is stored."""
    with live.platform.read() as uow:
        return views.get(uow, Context(live.ann), name)


def test_a_filter_is_built_field_by_field(desk: Page) -> None:
    desk.goto("/records/customer")
    open_panel(desk, "filter")
    add_condition(desk, "contract value")
    desk.get_by_label("Value: Contract value", exact=True).fill("200,000")
    expect(desk).to_have_url(re.compile("filter="))
    assert asked(desk)["filter"] == ["arr > 200000"]
    add_condition(desk, "industry")
    desk.locator(".tick-chip").get_by_text("Energy").click()
    expect(desk.locator(".sentence")).to_have_text("Contract value is more than 200,000 and Industry is one of Energy")
    matches = int(re.findall(r"Matches (\d+)", desk.locator(".matches").inner_text())[0])
    expect(desk.locator(".foot")).to_contain_text(f"/ {matches} record")
    assert asked(desk)["filter"] == ["arr > 200000 and industry in ['energy']"]
    desk.get_by_label("How the conditions are joined").select_option("or")
    expect(desk.locator(".sentence")).to_contain_text(" or ")
    expect(desk).to_have_url(re.compile(r"\+or\+industry"))
    assert objections(desk) == []
    desk.get_by_role("button", name="Remove the condition on Industry").click()
    expect(desk.locator(".filter-chip")).to_have_text(["Contract value is more than 200,000"])
    desk.keyboard.press("Escape")
    desk.get_by_role("link", name=re.compile("^Remove Filter")).click()
    expect(desk).to_have_url(re.compile("/records/customer$"))


def test_related_records_dates_and_groups_of_conditions(desk: Page) -> None:
    desk.goto("/records/customer")
    open_panel(desk, "filter")
    add_condition(desk, "number of orders")
    desk.get_by_label("Value: Number of Orders").fill("2")
    desk.get_by_role("button", name="Narrow these").click()
    desk.keyboard.type("amount")
    desk.keyboard.press("Enter")
    desk.get_by_label("Value: Amount", exact=True).fill("500")
    expect(desk.locator(".sentence")).to_contain_text("where (Amount is more than 500)")
    desk.get_by_role("button", name="Add group").last.click()
    desk.locator(".nested").get_by_role("button", name="Add condition").click()
    desk.keyboard.type("renewal")
    desk.keyboard.press("Enter")
    desk.get_by_label("Operator: Renewal").select_option("at_least")
    desk.get_by_label("Kind of value: Value: Renewal").select_option("ahead")
    desk.get_by_label("How many: Value: Renewal").fill("30")
    expect(desk).to_have_url(re.compile("date_add"))
    assert asked(desk)["filter"] == ["count(orders, where=amount > 500) > 2 and renewal >= date_add(today(), 30, 'day')"]
    desk.reload()
    open_panel(desk, "filter")
    expect(desk.get_by_label("How many: Value: Renewal")).to_have_value("30")
    expect(desk.get_by_label("Value: Amount", exact=True)).to_have_value("500")


def test_an_expression_and_the_builder_are_one(desk: Page) -> None:
    desk.goto("/records/customer")
    open_panel(desk, "filter")
    desk.locator(".conditions .expression summary").click()
    say_expression(desk, "stage == 'active' and arr > 1000")
    expect(desk.get_by_label("Operator: Stage")).to_have_value("is")
    desk.locator(".conditions .expression summary").click()
    say_expression(desk, "arr / 2 > 1000")
    expect(desk.locator(".conditions")).to_contain_text("has no simpler form")
    expect(desk).to_have_url(re.compile(r"filter=arr\+%2F\+2\+%3E\+1000"))
    desk.locator(".conditions .expression summary").click()
    say_expression(desk, "arrr > 1")
    expect(desk.locator(".conditions").get_by_role("alert")).to_contain_text("arrr")
    assert asked(desk)["filter"] == ["arr / 2 > 1000"]


def test_a_view_is_saved_changed_and_deleted(desk: Page, live: Live) -> None:
    desk.goto("/records/customer?filter=arr+%3E+250000&sort=-arr,name")
    desk.get_by_role("button", name="Save view").click()
    desk.get_by_label("Name", exact=True).fill("Very large")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("link", name="Very large")).to_have_attribute("aria-current", "page")
    view = saved(live, "very_large")
    assert (view["filter"], view["sort"], view["shared_with"]) == ("arr > 250000", ["-arr", "name"], "me")
    expect(desk.get_by_role("button", name="Save view")).to_have_count(0)
    open_panel(desk, "group")
    desk.get_by_label("By", exact=True).select_option("stage")
    expect(desk.locator(".group-row").first).to_be_visible()
    desk.keyboard.press("Escape")
    desk.get_by_role("button", name="Save view").click()
    desk.get_by_role("button", name="Save changes to “Very large”").click()
    expect(desk.get_by_role("button", name="Save view")).to_have_count(0)
    assert saved(live, "very_large")["group_by"] == "stage"
    desk.goto("/records/customer?view=very_large&sort=name")
    desk.get_by_role("button", name="Save view").click()
    desk.get_by_label("Name", exact=True).fill("Another")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("link", name="Another")).to_have_attribute("aria-current", "page")
    assert [saved(live, name)["sort"] for name in ("another", "very_large")] == [["name"], ["-arr", "name"]]
    desk.goto("/records/customer?view=very_large")
    desk.get_by_label("This view").click()
    desk.get_by_role("button", name="Delete this view").click()
    expect(desk.get_by_role("link", name="Very large")).to_have_count(0)


def test_several_keys_of_order(desk: Page) -> None:
    desk.goto("/records/customer")
    desk.get_by_role("link", name="Stage", exact=True).click()
    expect(desk).to_have_url(re.compile("sort=stage"))
    desk.get_by_role("link", name="Contract value").click(modifiers=["Shift"])
    expect(desk).to_have_url(re.compile("sort=stage%2Carr"))
    expect(desk.get_by_role("columnheader", name="Contract value")).to_have_attribute("aria-sort", "ascending")
    open_panel(desk, "sort")
    desk.get_by_label("Direction").nth(1).select_option("-")
    reach = """(box) => [box.scrollWidth <= box.clientWidth, ...[...box.querySelectorAll("select")].map((each) => {
        const free = each.cloneNode(true);
        free.style.cssText = "position: absolute; flex: none; width: max-content; min-width: 0";
        each.parentElement.append(free);
        const wanted = free.offsetWidth;
        free.remove();
        return each.matches("[data-sort-field]") || each.offsetWidth >= wanted;
    })]"""
    told = desk.locator('details[data-panel="sort"] .panelbox').evaluate(reach)
    assert told == [True] * 5, "nothing of the panel is cut"
    expect(desk).to_have_url(re.compile("sort=stage%2C-arr"))
    desk.get_by_role("button", name="Move up").last.click()
    expect(desk).to_have_url(re.compile("sort=-arr%2Cstage"))


def test_groups_have_totals_and_fold(desk: Page) -> None:
    desk.goto("/records/customer?group=industry&sort=-arr&limit=200&filter=industry+!%3D+None")
    heads = desk.locator(".group-row")
    expect(heads).to_have_count(3)
    counts = [int(text) for text in desk.locator(".group-row .count").all_inner_texts()]
    assert [desk.locator(f'tbody[data-section="{name}"] tr[data-id]').count() for name in ("saas", "energy", "telecom")] == counts
    expect(heads.first.locator('[data-label="Contract value"]')).to_contain_text("¥")
    heads.first.get_by_role("link").click()
    expect(desk.locator('tbody[data-section="saas"] tr[data-id]')).to_have_count(0)
    assert asked(desk)["closed"] == ["saas"]
    expect(heads.first.get_by_role("link")).to_have_attribute("aria-expanded", "false")
    assert objections(desk) == []


def test_columns_are_shown_ordered_frozen_and_widened(desk: Page) -> None:
    desk.goto("/records/customer")
    open_panel(desk, "columns")
    desk.get_by_label("Renewal", exact=True).check()
    expect(desk.get_by_role("columnheader", name="Renewal")).to_be_visible()
    desk.get_by_label("Renewal", exact=True).focus()
    desk.keyboard.press("Alt+ArrowUp")
    expect(desk).to_have_url(re.compile("columns=renewal&columns=discount"))
    desk.get_by_role("button", name="Keep Health in sight").click()
    expect(desk).to_have_url(re.compile("health_score%3A%3Afrozen"))
    desk.get_by_label("Total of the column Contract value").select_option(label="Largest")
    expect(desk.locator("tfoot")).to_contain_text("Largest")
    expect(desk).to_have_url(re.compile("arr%3A%3A%3Amax"))
    desk.keyboard.press("Escape")
    head = desk.get_by_role("columnheader", name="Code")
    head.get_by_role("link").focus()
    width = head.bounding_box()["width"]  # type: ignore[index]
    desk.keyboard.press("Alt+ArrowRight")
    expect(desk).to_have_url(re.compile(r"code%3A\d+"))
    assert desk.get_by_role("columnheader", name="Code").bounding_box()["width"] > width  # type: ignore[index]
    handle = desk.get_by_role("columnheader", name="Code").locator(".resizer").bounding_box()
    assert handle is not None
    before = asked(desk)["columns"]
    desk.mouse.move(handle["x"] + 4, handle["y"] + 10)
    desk.mouse.down()
    desk.mouse.move(handle["x"] + 64, handle["y"] + 10, steps=6)
    desk.mouse.up()
    expect(desk).not_to_have_url(re.compile(re.escape(next(c for c in before if c.startswith("code")).replace(":", "%3A"))))
    assert desk.get_by_role("columnheader", name="Code").bounding_box()["width"] > width + 40  # type: ignore[index]


def test_rows_are_as_high_as_chosen(desk: Page) -> None:
    desk.goto("/records/customer")
    row = desk.locator("tbody tr[data-id]").first
    heights = []
    for name in ("Compact", "Roomy", "Normal", "Compact"):
        open_panel(desk, "columns")
        desk.get_by_role("button", name=name, exact=True).press("Enter")
        expect(desk.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")
        desk.keyboard.press("Escape")
        heights.append(round(row.bounding_box()["height"]))  # type: ignore[index]
    assert heights == [32, 48, 40, 32]
    desk.reload()
    assert round(row.bounding_box()["height"]) == 32  # type: ignore[index]


def test_columns_are_dragged(desk: Page) -> None:
    desk.goto("/records/customer")
    open_panel(desk, "columns")
    lines = desk.locator(".column-line")
    start = lines.nth(3).locator(".handle").bounding_box()
    assert start is not None
    desk.mouse.move(start["x"] + 8, start["y"] + 10)
    desk.mouse.down()
    for _ in range(3):
        end = lines.nth(1).bounding_box()
        assert end is not None
        desk.mouse.move(start["x"] + 8, end["y"] + 4, steps=8)
        settle(desk)
    desk.mouse.up()
    expect(desk).to_have_url(re.compile("columns=name&columns=industry"))


def test_a_phone_has_a_sheet_for_filters_and_cards(phone: Page) -> None:
    phone.goto("/records/customer")
    phone.locator('details[data-panel="filter"] > summary').tap()
    phone.get_by_role("button", name="Add condition").tap()
    phone.get_by_role("combobox", name="Search fields").first.fill("stage")
    phone.get_by_role("option", name="Stage", exact=True).tap()
    phone.locator(".tick-chip").get_by_text("Active").tap()
    expect(phone).to_have_url(re.compile("filter=stage"))
    box = phone.locator('details[data-panel="filter"] .popbox').bounding_box()
    assert box is not None
    assert box["width"] >= 388
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert objections(phone) == []
    phone.keyboard.press("Escape")
    expect(phone.locator("tbody .title").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

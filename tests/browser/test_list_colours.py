"""Colours of a list by conditions, saved views under another name, and very many records written by a job; with mouse, keys and on a phone."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, Route, expect

from tenon.engine import views
from tenon.engine.context import Context
from tenon.engine.records import ranges, writing
from tenon.engine.records.stored import load
from tests.browser.conftest import Live
from tests.browser.deals import drag
from tests.browser.designing import wait_for
from tests.browser.test_access import objections
from tests.browser.test_list_filters import add_condition, asked, open_panel, saved

pytestmark = pytest.mark.browser


def make(live: Live, *names: str, **values: object) -> list[str]:
    with live.platform.write() as uow:
        entity = uow.model.get_entity("customer")
        return [writing.create(uow, Context(live.ann), entity, {"name": name, **values}) for name in names]


def amounts(live: Live, ids: list[str]) -> set[object]:
    with live.platform.read() as uow:
        entity = uow.model.get_entity("customer")
        return {r["arr"] for r in load(uow, entity, ids).values()}


def rule(page: Page, at: int, amount: str) -> None:
    """Add a rule with a condition on the contract value."""
    page.get_by_role("button", name="Add a rule").click()
    expect(page.locator(".colour-rule").nth(at).locator("[data-pick]")).to_be_focused()
    add_condition(page, "contract value")
    page.get_by_label("Value: Contract value", exact=True).fill(amount)
    expect(page.locator("[data-colour-sentence]").nth(at)).to_contain_text(f"{int(amount):,}")


def test_rules_of_colours_are_made_ordered_and_saved(desk: Page, live: Live) -> None:
    one, two = (make(live, name, arr=arr)[0] for name, arr in (("Tinted A", "30000"), ("Tinted B", "9000")))
    desk.goto("/records/customer?q=tinted&sort=name")
    open_panel(desk, "colours")
    rule(desk, 0, "5000")
    expect(desk.locator(f"#row-{one}")).to_have_class("mark-red")
    rule(desk, 1, "20000")
    desk.locator("[data-colour-choice]").nth(1).select_option("green")
    expect(desk).to_have_url(re.compile("green"))
    assert asked(desk)["colours"] == ["red:arr > 5000", "green:arr > 20000"]
    assert objections(desk) == []
    desk.locator("[data-colour-choice]").nth(1).focus()
    desk.keyboard.press("Alt+ArrowUp")
    expect(desk.locator(f"#row-{one}")).to_have_class("mark-green")
    expect(desk.locator(f"#row-{two}")).to_have_class("mark-red")
    desk.locator("[data-colour-edit][aria-expanded=true]").click()
    drag(desk, desk.locator(".colour-rule .handle").nth(1), desk.locator(".colour-rule .handle").nth(0))
    expect(desk.locator(f"#row-{one}")).to_have_class("mark-red")
    desk.keyboard.press("Escape")
    desk.get_by_role("button", name="Save view").click()
    desk.locator("#view-label").fill("Tinted")
    desk.get_by_role("button", name="Save as a new view").click()
    expect(desk.locator("#toasts")).to_contain_text("The view was saved.")
    assert [(c["colour"], c["when"]) for c in saved(live, "tinted")["colours"]] == [("red", "arr > 5000"), ("green", "arr > 20000")]  # type: ignore[attr-defined]
    open_panel(desk, "colours")
    desk.get_by_role("button", name="Remove this rule").first.click()
    expect(desk.locator(".view-actions")).to_be_visible()
    desk.get_by_role("button", name="Remove this rule").first.click()
    expect(desk).to_have_url(re.compile("colours=-"))
    assert desk.locator("tr[class^=mark]").count() == 0


def test_a_view_is_renamed_from_its_menu(desk: Page, live: Live) -> None:
    with live.platform.write() as uow:
        views.save(uow, Context(live.ann), {"entity": "customer", "label": {"en": "Rough name"}, "filter": "arr > 100"})
    desk.goto("/records/customer?view=rough_name")
    desk.get_by_label("This view").click()
    desk.get_by_role("button", name="Rename or share").click()
    expect(desk.locator("#view-label")).to_have_value("Rough name")
    assert objections(desk) == []
    desk.locator("#view-label").fill("Fine name")
    desk.get_by_label("Who sees it").select_option("everyone")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_role("link", name="Fine name")).to_have_attribute("aria-current", "page")
    assert (saved(live, "rough_name")["label"], saved(live, "rough_name")["shared_with"]) == ({"en": "Fine name"}, "everyone")


def test_the_count_of_a_filter_is_of_the_view(desk: Page) -> None:
    desk.goto("/records/customer?view=big_ones")
    total = int(re.findall(r"/ ([\d,]+)", desk.locator(".foot").inner_text())[0].replace(",", ""))
    open_panel(desk, "filter")
    add_condition(desk, "contract value")
    desk.get_by_label("Value: Contract value", exact=True).fill("200000")
    expect(desk.locator(".matches")).to_contain_text(f"of {total} records")
    matches = int(re.findall(r"Matches (\d+)", desk.locator(".matches").inner_text())[0])
    expect(desk.locator(".foot")).to_contain_text(f"/ {matches} record")


def test_very_many_records_are_changed_by_a_job_and_taken_back(desk: Page, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "AT_ONCE", 20)
    monkeypatch.setattr(ranges, "RANGE", 10)
    ids = make(live, *(f"Ocean {n:02}" for n in range(30)), arr="1")
    desk.goto("/records/customer?q=ocean&sort=name&limit=25")
    desk.get_by_label("Select all rows").check()
    desk.get_by_role("button", name=re.compile("Select all 30")).click()
    desk.get_by_role("button", name="Change a field").click()
    desk.locator("#bulk-field").select_option("arr")
    desk.locator("#bulk-edit #in-arr").fill("77")
    desk.get_by_role("button", name="Change", exact=True).click()
    expect(desk.locator("#works .work")).to_be_visible()
    expect(desk.locator("#works")).to_contain_text("30 records were changed.", timeout=15_000)
    expect(desk.locator("tbody [data-field=arr]").first).to_contain_text("77")
    assert amounts(live, ids) == {Decimal("77.00")}
    assert objections(desk) == []
    desk.locator("#works").get_by_role("button", name="Undo").click()
    expect(desk.locator("#works")).to_contain_text("30 records are as they were before.", timeout=15_000)
    assert amounts(live, ids) == {Decimal("1.00")}
    desk.locator("#works").get_by_role("button", name="Close").click()
    expect(desk.locator("#works .work")).to_have_count(0)


def begin_job(desk: Page, live: Live, monkeypatch: pytest.MonkeyPatch, name: str) -> list[str]:
    """Change 30 customers by a job, shown in a list of theirs."""
    monkeypatch.setattr(ranges, "AT_ONCE", 20)
    monkeypatch.setattr(ranges, "RANGE", 10)
    ids = make(live, *(f"{name} {n:02}" for n in range(30)), arr="1")
    desk.goto(f"/records/customer?q={name.lower()}&sort=name&limit=25")
    desk.get_by_label("Select all rows").check()
    desk.get_by_role("button", name=re.compile("Select all 30")).click()
    desk.get_by_role("button", name="Change a field").click()
    desk.locator("#bulk-field").select_option("discount")
    desk.locator("#bulk-edit #in-discount").fill("7")
    desk.get_by_role("button", name="Change", exact=True).click()
    expect(desk.locator("#works .work")).to_be_visible()
    return ids


def test_a_job_that_ends_takes_no_cell_from_whoever_writes_in_it(desk: Page, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = begin_job(desk, live, monkeypatch, "Lagoon")
    desk.locator(f'#row-{ids[2]} [data-field="arr"]').click()
    desk.get_by_label("Contract value", exact=True).fill("55")
    expect(desk.locator("#works")).to_contain_text("30 records were changed.", timeout=15_000)
    desk.wait_for_timeout(600)
    expect(desk.get_by_label("Contract value", exact=True)).to_have_value("55")
    assert amounts(live, ids) == {Decimal("1.00")}
    desk.keyboard.press("Escape")
    expect(desk.locator(f'#row-{ids[0]} [data-field="discount"]')).to_contain_text("7")
    desk.locator("#works").get_by_role("button", name="Close").click()


@pytest.mark.parametrize("is_open", [True, False])
def test_a_cell_begun_while_the_list_comes_once_more_is_written(desk: Page, live: Live, monkeypatch: pytest.MonkeyPatch, is_open: bool) -> None:
    """A job has ended and the list is fetched again: a cell that is written in by then, or whose editor is still to come, stays."""
    lists: list[Route] = []
    editors: list[Route] = []
    seen: list[str] = []

    def hold(route: Route) -> None:
        """Let the page come and the list that is shown as soon as the job has begun; what is fetched when it ended is held."""
        seen.append(route.request.url)
        if len(seen) > 2:
            lists.append(route)
        else:
            route.continue_()

    desk.route("**/records/customer?*", hold)
    desk.route("**/cell/arr", lambda route: route.continue_() if is_open else editors.append(route))
    ids = begin_job(desk, live, monkeypatch, "Onward" if is_open else "Forward")
    wait_for(desk, lambda: len(lists), 1)
    cell = desk.locator(f'#row-{ids[2]} [data-field="arr"]')
    cell.click()
    editor = desk.get_by_label("Contract value", exact=True)
    if is_open:
        editor.fill("55")
    desk.evaluate("document.addEventListener('htmx:after:swap', (event) => { window.shown = event.detail.ctx.target.id; })")
    lists[0].continue_()
    wait_for(desk, lambda: desk.evaluate("window.shown"), "results")
    for route in editors:
        route.continue_()
        editor.fill("55")
    desk.unroute("**/cell/arr")
    expect(editor).to_have_value("55")
    editor.press("Escape")
    wait_for(desk, lambda: len(lists), 2)  # what stood in the cell may be old by now
    lists[1].continue_()
    cell.click()
    editor.fill("56")
    editor.press("Enter")
    expect(cell).to_contain_text("56")
    assert amounts(live, ids) == {Decimal("1.00"), Decimal("56.00")}


def test_colours_fit_a_phone(phone: Page) -> None:
    phone.goto("/records/customer?colours=red:arr+%3E+5000&colours=green:arr+%3E+0")
    open_panel(phone, "colours")
    expect(phone.locator(".colour-rule")).to_have_count(2)
    phone.locator("[data-colour-edit]").first.click()
    expect(phone.get_by_label("Value: Contract value", exact=True)).to_have_value(re.compile("5,?000"))
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert objections(phone) == []

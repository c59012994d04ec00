"""Cells and rows of a list: edited in place, walked, pasted, ticked, changed together and taken back; records at a glance."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tenon.engine.context import Context
from tenon.engine.records import writing
from tenon.engine.records.stored import load
from tests.browser import deals
from tests.browser.conftest import Live
from tests.browser.designing import wait_for
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser


def make(live: Live, *names: str, **values: object) -> list[str]:
    """Write customers of Ann's, the first to be found at the top of the list by name, and return their ids."""
    with live.platform.write() as uow:
        entity = uow.model.get_entity("customer")
        return [writing.create(uow, Context(live.ann), entity, {"name": name, **values}) for name in names]


def stored(live: Live, id: str) -> dict[str, object]:
    with live.platform.read() as uow:
        return load(uow, uow.model.get_entity("customer"), [id])[id]


def cell(page: Page, id: str, field: str) -> Locator:
    return page.locator(f'#row-{id} [data-field="{field}"]')


def test_cells_are_edited_with_mouse_and_keys(desk: Page, live: Live) -> None:
    one, two = make(live, "Cell A", "Cell B", arr="100", discount="0.1", stage="trial")
    desk.goto("/records/customer?q=cell&sort=name")
    cell(desk, one, "arr").click()
    desk.get_by_label("Contract value", exact=True).fill("1,250.50")
    desk.keyboard.press("Enter")
    expect(cell(desk, two, "arr")).to_be_focused()
    expect(cell(desk, one, "arr")).to_have_text("¥1,250.50")
    assert stored(live, one)["arr"] == Decimal("1250.50")
    desk.keyboard.press("ArrowUp")
    expect(cell(desk, one, "arr")).to_be_focused()
    for key, row, field in (("ArrowDown", two, "arr"), ("ArrowRight", two, "discount"), ("ArrowUp", one, "discount"), ("ArrowLeft", one, "arr"), ("PageDown", two, "arr"), ("PageUp", one, "arr")):
        desk.keyboard.press(key)
        expect(cell(desk, row, field)).to_be_focused()
    desk.keyboard.press("F2")
    desk.keyboard.type("9")
    desk.keyboard.press("Escape")
    expect(cell(desk, one, "arr")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.keyboard.type("7")
    desk.keyboard.press("Tab")
    expect(desk.get_by_label("Discount", exact=True)).to_be_focused()
    desk.keyboard.type("25")
    desk.keyboard.press("Shift+Tab")
    expect(desk.get_by_label("Contract value", exact=True)).to_be_focused()
    desk.keyboard.press("Escape")
    wait_for(desk, lambda: (stored(live, one)["arr"], stored(live, one)["discount"]), (Decimal("7.00"), Decimal("0.2500")))
    cell(desk, one, "arr").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Contract value", exact=True)).to_be_focused()
    desk.keyboard.type("8")
    desk.route("**/cell/arr**", lambda route: route.abort())
    desk.keyboard.press("Enter")
    expect(desk.locator("#toasts")).to_contain_text("This cell could not be saved.")
    expect(desk.get_by_label("Contract value", exact=True)).to_have_value("8")
    desk.unroute("**/cell/arr**")
    assert vars(desk)["wrongs"].pop() == "Failed to load resource: net::ERR_FAILED", "nothing else went wrong"
    desk.keyboard.press("Escape")
    cell(desk, one, "stage").click()
    desk.locator(".cell-editor select").select_option("active")
    expect(cell(desk, one, "stage")).to_have_text("Active")
    assert stored(live, one)["stage"] == "active"
    assert objections(desk) == []


def test_keys_pressed_before_an_editor_is_there_are_not_lost(desk: Page, live: Live) -> None:
    (one,) = make(live, "Early A", arr="100", discount="0.1")
    desk.goto("/records/customer?q=early&sort=name")
    held: list[Route] = []
    desk.route("**/cell/arr", lambda route: route.continue_() if held else held.append(route))
    cell(desk, one, "arr").focus()
    with desk.expect_request("**/cell/arr"):
        desk.keyboard.press("F2")
    for key in ("9", "Escape", "Enter", "7", "Tab"):
        desk.keyboard.press(key)
    held[0].continue_()
    expect(desk.get_by_label("Discount", exact=True)).to_be_focused()
    wait_for(desk, lambda: stored(live, one)["arr"], Decimal("7.00"))
    assert objections(desk) == []


def test_formatted_text_is_written_in_its_cell(desk: Page, live: Live) -> None:
    made = deals.make(live, name="Memorable")
    desk.goto("/records/deal?q=memorable&columns=name&columns=memo&columns=reason")
    cell(desk, made, "memo").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(".cell-editor [contenteditable]")).to_be_focused()
    expect(desk.get_by_role("textbox", name="Memo")).to_be_focused()
    desk.keyboard.type("First")
    desk.keyboard.press("Enter")
    desk.keyboard.type("second")
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("Tab")
    expect(desk.get_by_label("Why lost", exact=True)).to_be_focused()
    expect(cell(desk, made, "memo")).to_contain_text("First")
    deals.assert_stored(desk, live, made, memo="First<div>second</div>")
    assert objections(desk) == []


def test_a_wrong_value_is_told_in_its_place(desk: Page, live: Live) -> None:
    (one,) = make(live, "Wrong A", arr="5")
    desk.goto("/records/customer?q=wrong&sort=name")
    cell(desk, one, "arr").click()
    desk.get_by_label("Contract value", exact=True).fill("-3")
    desk.keyboard.press("Enter")
    expect(cell(desk, one, "arr").get_by_role("alert")).to_be_visible()
    assert stored(live, one)["arr"] == Decimal("5.00")
    desk.get_by_label("Contract value", exact=True).fill("3")
    desk.keyboard.press("Enter")
    expect(cell(desk, one, "arr")).to_have_text("¥3")
    vars(desk)["wrongs"].clear()  # the browser notes the 422 itself


def test_what_others_changed_meanwhile(desk: Page, live: Live) -> None:
    (one,) = make(live, "Stale A", arr="5", discount="0.1")
    desk.goto("/records/customer?q=stale&sort=name")

    def other(**values: object) -> None:
        with live.platform.write() as uow:
            writing.change(uow, Context(live.sam, is_system=True), uow.model.get_entity("customer"), one, values)

    cell(desk, one, "arr").click()
    expect(desk.get_by_label("Contract value", exact=True)).to_be_focused()
    other(discount="0.5")
    desk.keyboard.type("6")
    desk.keyboard.press("Enter")
    expect(cell(desk, one, "arr")).to_have_text("¥6")
    assert stored(live, one)["discount"] == Decimal("0.5000")
    cell(desk, one, "arr").click()
    expect(desk.get_by_label("Contract value", exact=True)).to_be_focused()
    other(arr="77")
    desk.keyboard.type("8")
    desk.keyboard.press("Enter")
    expect(cell(desk, one, "arr").get_by_role("alert")).to_contain_text("¥77")
    desk.get_by_role("button", name="Save mine").click()
    expect(cell(desk, one, "arr")).to_have_text("¥8")
    assert stored(live, one)["arr"] == Decimal("8.00")
    vars(desk)["wrongs"].clear()  # the browser notes the 412 itself


def test_pasted_cells_are_written_together_and_taken_back(desk: Page, live: Live) -> None:
    one, two = make(live, "Paste A", "Paste B", arr="1", discount="0.1", stage="trial")
    desk.goto("/records/customer?q=paste&sort=name&columns=name&columns=arr&columns=discount&columns=industry&columns=owner")
    cell(desk, one, "arr").evaluate(
        """(cell) => {
            cell.focus();
            const data = new DataTransfer();
            data.setData("text/plain", "1,000\\t20%\\tSaaS\\tSam Wu\\n2,000\\t30%\\tnonsense\\tAnn Lee\\n3,000\\n");
            cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(desk.locator("#toasts")).to_contain_text("2 records were changed.")
    expect(desk.locator("#toasts")).to_contain_text("1 cell was refused:")
    expect(desk.locator("#toasts")).to_contain_text("1 pasted row found no record below.")
    expect(cell(desk, two, "industry")).to_have_class(re.compile("refused"))
    found = stored(live, one)
    assert (found["arr"], found["discount"], found["industry"], found["owner"]) == (
        Decimal("1000.00"),
        Decimal("0.2000"),
        "saas",
        live.sam.id,
    )
    assert stored(live, two)["arr"] == Decimal("2000.00")
    desk.get_by_role("button", name="Undo").click()
    expect(desk.locator("#toasts")).to_contain_text("2 records are as they were before.")
    assert [stored(live, each)["arr"] for each in (one, two)] == [Decimal("1.00")] * 2


def test_delete_empties_a_cell_and_can_be_taken_back(desk: Page, live: Live) -> None:
    (one,) = make(live, "Empty A", arr="5", stage="trial")
    desk.goto("/records/customer?q=empty&sort=name")
    cell(desk, one, "arr").focus()
    desk.keyboard.press("Delete")
    expect(desk.locator("#toasts")).to_contain_text("One record was changed.")
    expect(cell(desk, one, "arr")).to_be_focused()
    assert stored(live, one)["arr"] is None
    desk.get_by_role("button", name="Undo").click()
    expect(cell(desk, one, "arr")).to_have_text("¥5")
    cell(desk, one, "stage").focus()
    desk.keyboard.press("Backspace")
    expect(desk.locator("#toasts")).to_contain_text("1 cell was refused:")
    assert (stored(live, one)["arr"], stored(live, one)["stage"]) == (Decimal("5.00"), "trial")


def test_rows_are_ticked_in_a_range_and_changed(desk: Page, live: Live) -> None:
    ids = make(live, *(f"Bulk {n}" for n in range(5)), arr="1")
    desk.goto("/records/customer?q=bulk&sort=name")
    boxes = desk.locator("tbody [data-tick]")
    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(desk.locator("#bulk-bar")).to_contain_text("3 selected")
    assert objections(desk) == []
    desk.get_by_role("button", name="Change a field").click()
    expect(desk.locator("#bulk-edit h2")).to_have_text("Change selected rows 3")
    desk.locator("#bulk-field").select_option("arr")
    desk.locator("#bulk-edit").get_by_label("New value").fill("55")
    desk.get_by_role("button", name="Change", exact=True).click()
    expect(desk.locator("#toasts")).to_contain_text("3 records were changed.")
    wait_for(desk, lambda: [stored(live, each)["arr"] for each in ids], [Decimal(n) for n in ("1.00", "55.00", "55.00", "55.00", "1.00")])
    desk.get_by_role("button", name="Undo").click()
    expect(desk.locator("#toasts")).to_contain_text("3 records are as they were before.")
    assert {stored(live, each)["arr"] for each in ids} == {Decimal("1.00")}


def test_all_that_match_get_a_tag(desk: Page, live: Live) -> None:
    ids = make(live, *(f"Many {n:02}" for n in range(30)), tags=["old"])
    desk.goto("/records/customer?q=many&sort=name&limit=25")
    desk.get_by_label("Select all rows").check()
    desk.get_by_role("button", name=re.compile("Select all 30")).click()
    expect(desk.locator("#bulk-bar")).to_contain_text("30 selected")
    desk.get_by_role("button", name="Add tag").click()
    desk.locator("#bulk-edit #in-tags").fill("fresh")
    desk.get_by_role("button", name="Change", exact=True).click()
    expect(desk.locator("#toasts")).to_contain_text("30 records were changed.")
    assert {stored(live, each)["tags"] for each in ids} == {("old", "fresh")}


def test_rows_get_an_owner_lose_a_tag_and_are_let_go_by_keys(desk: Page, live: Live) -> None:
    one, two = make(live, "Owned A", "Owned B", tags=["old", "kept"])
    desk.goto("/records/customer?q=owned&sort=name")
    cell(desk, one, "arr").focus()
    desk.keyboard.press("Space")
    cell(desk, two, "arr").focus()
    desk.keyboard.press("Space")
    expect(desk.locator("#bulk-bar")).to_contain_text("2 selected")
    desk.get_by_role("button", name="Assign owner").press("Enter")
    expect(desk.locator("#bulk-edit").get_by_role("combobox", name="New value")).to_be_focused()
    desk.keyboard.type("Sam")
    expect(desk.get_by_role("option", name="Sam Wu")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.locator("#bulk-edit .chip")).to_contain_text("Sam Wu")
    desk.get_by_role("button", name="Change", exact=True).press("Enter")
    expect(desk.locator("#toasts")).to_contain_text("2 records were changed.")
    assert {stored(live, each)["owner"] for each in (one, two)} == {live.sam.id}
    desk.get_by_role("button", name="Undo").click()
    expect(desk.locator("#toasts")).to_contain_text("2 records are as they were before.")
    assert {stored(live, each)["owner"] for each in (one, two)} == {live.ann.id}
    desk.get_by_label("Select all rows").check()
    desk.get_by_role("button", name="Remove tag").press("Enter")
    expect(desk.locator("#bulk-edit #in-tags")).to_be_focused()
    desk.keyboard.type("old")
    desk.keyboard.press("Escape")
    expect(desk.locator("#bulk-edit")).to_be_hidden()
    expect(desk.locator("#bulk-bar")).to_contain_text("2 selected")
    desk.get_by_role("button", name="Remove tag").press("Enter")
    desk.locator("#bulk-edit #in-tags").fill("old")
    desk.get_by_role("button", name="Change", exact=True).click()
    expect(desk.locator("#toasts")).to_contain_text("2 records were changed.")
    assert {stored(live, each)["tags"] for each in (one, two)} == {("kept",)}
    cell(desk, one, "arr").focus()
    desk.keyboard.press("Space")
    expect(desk.locator("#bulk-bar")).to_contain_text("1 selected")
    desk.keyboard.press("Escape")
    expect(desk.locator("#bulk-bar")).to_be_hidden()
    expect(cell(desk, one, "arr")).to_be_focused()
    assert objections(desk) == []


def test_rows_are_deleted_and_come_back(desk: Page, live: Live) -> None:
    make(live, "Leaving A", "Leaving B")
    desk.goto("/records/customer?q=leaving&sort=name")
    desk.get_by_label("Select all rows").check()
    desk.get_by_role("button", name="Delete", exact=True).click()
    desk.locator("#bulk-dialog").get_by_role("button", name="Delete").click()
    expect(desk.locator("#toasts")).to_contain_text("2 records were moved to the trash.")
    expect(desk.get_by_text("No record fits these conditions")).to_be_visible()
    desk.get_by_role("button", name="Undo").click()
    expect(desk.locator("tbody .title")).to_have_count(2)


def test_more_rows_come_when_the_end_comes_into_view(desk: Page) -> None:
    desk.goto("/records/customer?limit=25&sort=name")
    expect(desk.locator("tr[data-id]")).to_have_count(25)
    desk.locator(".gridwrap").evaluate("(box) => box.scrollTo(0, box.scrollHeight)")
    expect(desk.locator("tr[data-id]").nth(40)).to_be_attached()
    desk.get_by_role("link", name="Load more").press("Enter")
    expect(desk.locator("tr[data-id]").nth(70)).to_be_attached()
    titles = desk.locator("tbody .title").all_inner_texts()
    assert len(titles) == len(set(titles))


def test_a_record_at_a_glance(desk: Page, live: Live) -> None:
    make(live, "Peek A", "Peek B")
    desk.goto("/records/customer?q=peek&sort=name")
    desk.get_by_role("link", name="Peek A").click()
    expect(desk.locator("#peek-title")).to_have_text("Peek A")
    assert objections(desk) == []
    desk.keyboard.press("ArrowDown")
    expect(desk.locator("#peek-title")).to_have_text("Peek B")
    desk.keyboard.press("Escape")
    expect(desk.locator("#glance")).to_be_hidden()
    with desk.context.expect_page() as opened:
        desk.get_by_role("link", name="Peek A").click(modifiers=["Control"])
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Peek A")
    opened.value.close()


def test_a_tap_on_a_card_opens_the_record(phone: Page, live: Live) -> None:
    make(live, "Card Ltd", arr="12")
    phone.goto("/records/customer?q=card")
    phone.locator("tbody [data-tick]").first.tap()
    expect(phone.locator("#bulk-bar")).to_contain_text("1 selected")
    phone.get_by_role("button", name="Clear the selection").tap()
    phone.locator('tbody [data-field="arr"]').first.tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Card Ltd")

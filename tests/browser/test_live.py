"""The pages over a real workspace: lists, forms, records, scores, imports, apps; in both languages and on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tenon.engine.context import Context
from tenon.engine.records import writing
from tests.browser.conftest import Live, assert_clean, open_live
from tests.browser.designing import say_expression
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser


def make_customer(live: Live, **values: object) -> str:
    """Write a customer of Ann's and return its id."""
    with live.platform.write() as uow:
        return writing.create(uow, Context(live.ann), uow.model.get_entity("customer"), values)


def test_a_list_is_sorted_and_paged_both_ways(desk: Page, live: Live) -> None:
    desk.goto("/records/customer?is.industry=energy&limit=25&sort=name")
    first = desk.locator("tbody .title").all_inner_texts()[:25]
    onward = desk.locator("#more").get_attribute("href")
    assert onward
    desk.goto(onward)
    expect(desk.locator(".foot")).to_contain_text("26–43 / 43")
    second = desk.locator("tbody .title").all_inner_texts()
    assert not set(first) & set(second)
    desk.get_by_role("link", name="Previous").click()
    expect(desk.locator(".foot")).to_contain_text("1–")
    assert desk.locator("tbody .title").all_inner_texts()[:25] == first
    desk.get_by_role("link", name="Contract value").click()
    expect(desk.get_by_role("columnheader", name="Contract value")).to_have_attribute("aria-sort", "ascending")


def test_a_list_is_searched_by_pinyin_and_filtered_by_an_expression(desk: Page) -> None:
    desk.goto("/records/customer")
    desk.get_by_role("searchbox").fill("ckkj")
    expect(desk.locator(".foot")).to_contain_text("26 records")
    expect(desk.locator("tbody .title").first).to_contain_text("创科科技")
    desk.get_by_text("Filter", exact=True).click()
    desk.locator(".conditions .expression summary").click()
    say_expression(desk, "arr > 200000 and exists(orders)")
    expect(desk.get_by_role("link", name="Remove Filter: has Orders")).to_be_visible()
    desk.goto("/records/customer?filter=arrr+%3E+3")
    expect(desk.get_by_role("alert")).to_contain_text("arrr")


def test_a_view_has_its_own_columns_order_and_filter(desk: Page) -> None:
    desk.goto("/records/customer")
    desk.get_by_role("link", name="Large contracts").click()
    expect(desk.get_by_role("columnheader")).to_have_text(["", "Name", "Health", "Contract value", "Looked after by"])
    values = desk.locator("tbody td:nth-child(4)").all_inner_texts()
    numbers = [int(v.replace("¥", "").replace(",", "")) for v in values]
    assert numbers == sorted(numbers, reverse=True)
    assert min(numbers) >= 100_000


def test_a_form_shows_what_was_entered_last_when_answers_are_slow(desk: Page) -> None:
    desk.goto("/records/customer/new")
    waiting: list[Route] = []
    desk.route("**/forms/customer", lambda route: waiting.append(route))
    desk.get_by_label("Name").fill("Slow Ltd")
    desk.get_by_label("Contract value").fill("12,000.50")
    desk.get_by_label("Discount").fill("30")
    desk.get_by_label("Stage").select_option("lost")
    while waiting:
        waiting.pop(0).continue_()
        desk.wait_for_timeout(100)  # what waits its turn is sent now
    expect(desk.get_by_label("Why lost")).to_be_visible()
    for label, value in (("Name", "Slow Ltd"), ("Contract value", "12,000.50"), ("Discount", "30"), ("Stage", "lost")):
        expect(desk.get_by_label(label)).to_have_value(value)


def test_a_record_is_made_and_changed_by_its_form(desk: Page) -> None:
    desk.goto("/records/customer/new")
    expect(desk.get_by_label("Stage")).to_have_value("trial")
    expect(desk.locator("#field-owner .chip")).to_contain_text("Ann Lee")
    expect(desk.get_by_label("Why lost")).to_have_count(0)
    desk.get_by_label("Name").fill("Form Ltd")
    desk.get_by_label("Contract value").fill("12,000.50")
    desk.get_by_label("Discount").fill("30")
    desk.get_by_label("Stage").select_option("lost")
    expect(desk.get_by_label("Why lost")).to_be_visible()
    desk.get_by_role("button", name="Create", exact=True).click()
    expect(desk.locator("#error-lost_reason")).to_contain_text("missing")
    vars(desk)["wrongs"].clear()  # the browser notes the 422 itself
    desk.get_by_label("Why lost").fill("Price")
    desk.get_by_role("button", name="Create", exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Form Ltd")
    expect(desk.locator(".key-facts")).to_contain_text("¥12,000.50")
    desk.keyboard.press("e")
    expect(desk.get_by_label("Discount")).to_have_value("30")
    desk.get_by_label("Stage").select_option("active")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".key-facts")).to_contain_text("Active")
    desk.get_by_role("link", name="History").click()
    expect(desk.locator(".events")).to_contain_text("Ann Lee")
    expect(desk.locator(".events .was-now")).to_contain_text("Active")
    desk.get_by_role("link", name="Details").click()
    expect(desk.locator(".blocks")).to_contain_text("30%")


def test_a_file_is_kept_with_its_record(desk: Page, live: Live) -> None:
    made = make_customer(live, name="File Ltd")
    desk.goto(f"/records/customer/{made}/edit")
    desk.get_by_label("Contract", exact=True).set_input_files({"name": "合同.txt", "mimeType": "text/plain", "buffer": b"signed"})
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_role("link", name="Details").click()
    with desk.expect_download() as fetched:
        desk.get_by_role("link", name="合同.txt").click()
    assert Path(fetched.value.path()).read_bytes() == b"signed"


def test_two_people_change_different_fields_without_a_clash(desk: Page, live: Live) -> None:
    made = make_customer(live, name="Twice Ltd", arr="100")
    desk.goto(f"/records/customer/{made}/edit")
    with live.platform.write() as uow:
        writing.change(uow, Context(live.sam, is_system=True), uow.model.get_entity("customer"), made, {"arr": "777"})
    desk.get_by_label("Name").fill("Twice and more Ltd")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Twice and more Ltd")
    expect(desk.locator(".key-facts")).to_contain_text("¥777")


def test_a_clash_shows_both_values(desk: Page, live: Live) -> None:
    made = make_customer(live, name="Clash Ltd", arr="100")
    desk.goto(f"/records/customer/{made}/edit")
    with live.platform.write() as uow:
        writing.change(uow, Context(live.sam, is_system=True), uow.model.get_entity("customer"), made, {"name": "Theirs", "arr": "777"})
    desk.get_by_label("Name").fill("Mine")
    desk.get_by_label("Contract value").fill("5")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".clash-table")).to_contain_text("Theirs")
    desk.get_by_role("checkbox", name="Keep theirs Contract value").click()  # it goes with its row
    expect(desk.get_by_label("Contract value", exact=True)).to_have_value("777")
    expect(desk.locator(".clash-table tbody tr")).to_have_count(1)
    vars(desk)["wrongs"].clear()  # the browser notes the 409 itself
    expect(desk.get_by_text("Sam Wu changed this record")).to_be_visible()
    desk.get_by_role("button", name="Save anyway").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Mine")
    expect(desk.locator(".key-facts")).to_contain_text("¥777")


def test_delete_says_why_not_and_restores(desk: Page, live: Live) -> None:
    desk.goto(f"/records/customer/{live.ids[0]}")
    desk.get_by_label("More actions").click()
    desk.get_by_role("button", name="Delete").click()
    desk.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(desk.locator("#main")).to_contain_text("still refer to this")
    vars(desk)["wrongs"].clear()  # the browser notes the 409 itself
    made = make_customer(live, name="Gone Ltd")
    desk.goto(f"/records/customer/{made}")
    desk.get_by_label("More actions").click()
    desk.get_by_role("button", name="Delete").click()
    desk.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(desk).to_have_url(re.compile(r"/records/customer$"))
    desk.goto(f"/records/customer/{made}")
    expect(desk.locator("#main")).to_contain_text("in the trash")
    desk.get_by_role("button", name="Restore").click()
    expect(desk.get_by_role("link", name="Edit")).to_be_visible()


def test_a_score_is_explained(desk: Page, live: Live) -> None:
    desk.goto(f"/records/customer/{live.ids[20]}")
    card = desk.locator(".score-card")
    expect(card).to_contain_text("Contract above 100,000")
    card.get_by_text("Buys regularly").first.click()
    card.get_by_role("link", name=re.compile("records behind this")).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Orders")
    expect(desk.locator(".foot")).to_contain_text("records")
    desk.go_back()
    desk.get_by_label("Compare with").fill("2026-02-20")
    desk.get_by_label("Compare with").blur()
    expect(desk.locator(".score-card .changes")).to_contain_text("2026-02-20")


def test_a_file_is_imported_and_taken_back(desk: Page) -> None:
    desk.goto("/records/contact")
    desk.get_by_role("link", name="Import").click()
    content = "姓名,邮箱,Nothing\n王小明,wang@example.com,1\n李雷,not an address,2\n韩梅梅,han@example.com,3\n".encode("gb18030")
    desk.locator("input[type=file]").set_input_files({"name": "联系人.csv", "mimeType": "text/csv", "buffer": content})
    desk.get_by_role("button", name=re.compile("Go on|Upload|Continue|Read")).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("联系人.csv")
    expect(desk.locator("#main")).to_contain_text("gb18030")
    desk.get_by_role("button", name="Try it without writing").click()
    expect(desk.get_by_role("article").filter(has_text="Would be created")).to_contain_text("2")
    expect(desk.locator("#main")).to_contain_text("not an address")
    desk.get_by_role("button", name="Import now").click()
    expect(desk.get_by_role("article").filter(has_text="Created")).to_contain_text("2", timeout=10_000)
    with desk.expect_download() as fetched:
        desk.get_by_role("link", name="All as a file").click()
    assert "not an address" in Path(fetched.value.path()).read_text("utf-8-sig")
    desk.goto("/records/contact?q=hmm")
    expect(desk.locator("tbody .title")).to_contain_text("韩梅梅")
    desk.goto("/jobs")
    desk.get_by_role("link", name="Import 联系人.csv").first.click()
    desk.locator("a[href^='/imports/']").click()
    desk.get_by_role("button", name="Take this import back").click()
    desk.get_by_role("dialog").get_by_role("button", name="Take back").click()
    expect(desk.locator("#main")).to_contain_text("was taken back")
    desk.goto("/records/contact?q=hmm")
    expect(desk.get_by_text("No record fits these conditions")).to_be_visible()


def test_an_app_is_installed_with_its_sample(desk: Page) -> None:
    desk.goto("/apps")
    desk.get_by_role("button", name="Install Fleet").click()
    expect(desk.get_by_role("heading", name="Fleet is installed.")).to_be_visible()
    expect(desk.get_by_role("link", name="Open Fleet").first).to_be_visible()
    desk.get_by_role("navigation", name="Main").get_by_role("link", name="Vehicles").click()
    expect(desk.locator(".foot")).to_contain_text("2 records")
    expect(desk.get_by_role("navigation", name="Main").locator("[aria-current]")).to_have_text("Vehicles")
    desk.get_by_role("link", name="A 100").click()
    desk.locator("#glance").get_by_role("link", name="Open", exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("A 100")


def test_a_seller_sees_only_what_is_hers(chromium: Browser, live: Live) -> None:
    with live.platform.write() as uow:
        values = {"name": "Sam's own", "owner": live.sam.id, "phone": "13912345678"}
        made = writing.create(uow, Context(live.ann), uow.model.get_entity("customer"), values)
    context = chromium.new_context(base_url=live.url)
    page = open_live(context, live, live.sam)
    page.goto("/records/customer")
    expect(page.locator("tbody .title")).to_have_text(["SSam's own"])
    expect(page.get_by_role("link", name="Import")).to_have_count(0)
    page.goto(f"/records/customer/{made}?tab=tab2")
    expect(page.locator(".blocks")).not_to_contain_text("13912345678")
    expect(page.locator(".blocks")).not_to_contain_text("Discount")
    page.goto(f"/records/customer/{made}/edit")
    expect(page.get_by_label("Discount")).to_have_count(0)
    page.get_by_label("Contract value").fill("5")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".key-facts")).to_contain_text("¥5")
    assert_clean(page)
    assert page.goto(f"/records/customer/{live.ids[3]}").status == 404  # type: ignore[union-attr]
    assert page.goto("/records/contact").status == 404  # type: ignore[union-attr]
    context.close()


def test_language_and_theme_are_kept_with_the_account(desk: Page, live: Live) -> None:
    desk.goto(f"/records/customer/{live.ids[1]}")
    desk.get_by_role("button", name="中文").click()
    expect(desk.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(desk.locator("#main")).to_contain_text("合同额超过10万")
    desk.get_by_label("主题").click()
    desk.get_by_role("button", name="深色").click()
    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
    desk.get_by_role("button", name="English").click()
    expect(desk.locator("html")).to_have_attribute("lang", "en")


def test_rows_are_ticked_and_deleted_together_and_come_back(desk: Page, live: Live) -> None:
    for n in range(3):
        make_customer(live, name=f"Crossed {n}")
    desk.goto("/records/customer?q=crossed")
    expect(desk.locator("#bulk-bar")).to_be_hidden()
    desk.get_by_label("Select Crossed 0").check()
    desk.get_by_label("Select Crossed 2").check()
    expect(desk.locator("#bulk-bar")).to_contain_text("2 selected")
    assert objections(desk) == []
    desk.locator("#bulk-bar").get_by_role("button", name="Delete").click()
    desk.locator("#bulk-dialog").get_by_role("button", name="Delete").click()
    expect(desk.locator("#toasts")).to_contain_text("2 records were moved to the trash.")
    desk.goto("/records/customer?q=crossed")
    expect(desk.locator("tbody tr")).to_have_count(1)
    desk.get_by_label("More actions").click()
    desk.get_by_role("link", name="Trash").click()
    expect(desk.locator("tbody")).to_contain_text("Crossed 0")
    assert objections(desk) == []
    desk.get_by_role("button", name="Restore Crossed 2").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Crossed 2")


def test_a_list_is_exported_as_it_is_shown(desk: Page) -> None:
    desk.goto("/records/customer?view=big_ones&is.industry=saas")
    desk.get_by_label("More actions").click()
    with desk.expect_download() as fetched:
        desk.get_by_role("link", name="Export as CSV").click()
    head, *lines = Path(fetched.value.path()).read_text("utf-8-sig").splitlines()
    assert head == "Name,Health,Contract value,Looked after by"
    count = int(re.findall(r"/ (\d+)", desk.locator(".foot").inner_text())[0])
    assert len(lines) == count > 5
    assert all(line.endswith(",Ann Lee") for line in lines)

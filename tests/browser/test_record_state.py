"""What somebody has open on the page of a record while parts of it are shown again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from tenon.engine.context import Context
from tenon.engine.records import deleting, writing
from tests.browser.conftest import Live
from tests.browser.test_live import make_customer

pytestmark = pytest.mark.browser


def test_a_measure_stays_unfolded_when_its_score_is_shown_again(desk: Page, live: Live) -> None:
    desk.goto(f"/records/customer/{live.ids[21]}")
    measure = desk.locator(".measure").first
    measure.locator("summary").click()
    expect(measure).to_have_attribute("open", "")
    desk.get_by_label("Compare with").fill("2026-02-20")
    desk.get_by_label("Compare with").blur()
    expect(desk.locator(".score-card .changes")).to_contain_text("2026-02-20")
    expect(measure).to_have_attribute("open", "")
    measure.locator("summary").focus()
    desk.keyboard.press("Enter")
    expect(measure).not_to_have_attribute("open", "")


def test_what_is_open_stays_open_when_the_score_is_there(desk: Page, live: Live) -> None:
    made = make_customer(live, name="Awaited Ltd", arr="5")
    with live.platform.write() as uow:  # as it is while many records wait for their scores
        table = uow.tables.score(uow.model.get("score", "health").id)
        uow.connection.execute(delete(table).where(table.c.record == made))
    desk.clock.install()
    desk.goto(f"/records/customer/{made}")
    expect(desk.locator(".computing")).to_be_visible()
    desk.locator(".history-more > summary").click()
    desk.get_by_role("button", name="Override").click()
    dialog = desk.locator(".override-dialog")
    dialog.get_by_label("Value").fill("72")
    dialog.get_by_label("Reason").press_sequentially("They sig")
    with live.platform.write() as uow:
        writing.change(uow, Context(live.ann), uow.model.get_entity("customer"), made, {"arr": "150000"})
    desk.clock.fast_forward(3100)
    expect(desk.locator(".computing")).to_have_count(0)
    expect(desk.locator(".score-badge")).to_contain_text("60")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    dialog.get_by_label("Reason").press_sequentially("ned again")
    dialog.get_by_label("Value").fill("720")
    dialog.locator("form").evaluate("form => { form.noValidate = true; }")
    dialog.get_by_role("button", name="Set the score").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    vars(desk)["wrongs"].clear()  # the browser notes the 422 itself
    dialog.get_by_label("Value").fill("72")
    measure = desk.locator(".measure").filter(has_text="Trust")
    measure.evaluate("measure => { measure.open = true; }")
    measure.get_by_label("Note").evaluate("box => { box.value = 'Half a note'; }")
    dialog.get_by_role("button", name="Set the score").click()
    expect(desk.locator("p.override")).to_contain_text("They signed again")
    expect(dialog).to_be_hidden()
    expect(measure.get_by_label("Note")).to_have_value("Half a note")
    expect(desk.locator(".history-more")).to_have_attribute("open", "")
    desk.get_by_role("button", name="Change the override").click()
    expect(dialog.get_by_label("Reason")).to_have_value("")
    dialog.get_by_label("Reason").fill("Too late")
    dialog.get_by_label("Value").fill("80")
    with live.platform.write() as uow:
        deleting.delete(uow, Context(live.ann), uow.model.get_entity("customer"), [made])
    dialog.get_by_role("button", name="Set the score").click()
    expect(desk.locator("#toasts")).to_contain_text("There is nothing here")  # what was refused leaves the page as it is
    expect(dialog.get_by_label("Reason")).to_have_value("Too late")
    vars(desk)["wrongs"].clear()  # the browser notes the 404 itself


def test_the_open_part_is_in_sight_and_the_row_says_that_it_goes_on(desk: Page, live: Live) -> None:
    desk.set_viewport_size({"width": 210, "height": 640})
    desk.goto(f"/records/customer/{live.ids[0]}")
    tabs = desk.locator(".record > .tabs")
    expect(tabs).to_have_class("tabs goes-on")
    last = tabs.locator(".tab").last
    desk.goto(str(last.get_attribute("href")))
    expect(last).to_be_in_viewport(ratio=0.9)
    expect(tabs).to_have_class("tabs")
    tabs.locator(".tab").first.press("Enter")
    expect(tabs.locator(".tab").first).to_have_attribute("aria-current", "page")
    expect(tabs).to_have_class("tabs goes-on")

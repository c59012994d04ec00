"""Views in the menu, boards whose cards move, and what people say about scores, over a whole workspace."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live
from tests.browser.test_live import make_customer

pytestmark = pytest.mark.browser


def test_a_card_moves_with_its_select_and_says_why_not(desk: Page, live: Live) -> None:
    made = make_customer(live, name="Board Ltd", arr="299999", stage="trial")
    desk.goto("/records/customer?view=by_stage")
    expect(desk.get_by_role("link", name="By stage").and_(desk.locator("[aria-current]"))).to_have_count(1)
    card = desk.locator(f"#card-{made}")
    expect(desk.locator("#lane-trial")).to_contain_text("Board Ltd")
    card.get_by_role("combobox").select_option("active")
    expect(desk.locator("#lane-active")).to_contain_text("Board Ltd")
    card.get_by_role("combobox").select_option("trial")
    expect(desk.get_by_role("alert")).to_contain_text("This record was not moved")
    expect(desk.locator("#lane-active")).to_contain_text("Board Ltd")
    expect(card.get_by_role("combobox")).to_have_value("active")
    expect(desk.locator(".toast")).to_have_count(0)
    vars(desk)["wrongs"].clear()  # the browser notes the 422 itself
    desk.get_by_role("searchbox").fill("board")
    expect(desk.locator(".board-card")).to_have_count(1)
    card.get_by_role("link", name="Board Ltd").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Board Ltd")


def test_a_score_is_overridden_and_the_override_ended(desk: Page, live: Live) -> None:
    made = make_customer(live, name="Override Ltd", arr="5")
    desk.goto(f"/records/customer/{made}")
    desk.get_by_text("Override", exact=True).click()
    desk.get_by_label("Value").fill("72")
    desk.get_by_label("Reason").fill(" ")
    desk.get_by_role("button", name="Set the score").click()
    expect(desk.get_by_role("alert")).to_contain_text("needs a reason")
    vars(desk)["wrongs"].clear()  # the browser notes the 422 itself
    expect(desk.get_by_label("Value")).to_have_value("72")
    desk.get_by_label("Reason").fill("They signed again")
    desk.get_by_role("button", name="Set the score").click()
    expect(desk.locator(".override")).to_contain_text(re.compile(r"Set by Ann Lee until 20\d\d-\d\d-\d\d: They signed again"))
    expect(desk.locator(".score-badge")).to_contain_text("72")
    desk.get_by_role("button", name="End the override").click()
    expect(desk.locator("#toasts")).to_contain_text("computed score is shown again")
    expect(desk.locator(".override")).to_have_count(0)


def test_a_measure_is_rated_by_hand(desk: Page, live: Live) -> None:
    made = make_customer(live, name="Rated Ltd", arr="5")
    desk.goto(f"/records/customer/{made}")
    expect(desk.locator(".measure-group h3")).to_have_text(["Value", "Usage"])
    measure = desk.locator(".measure").filter(has_text="Trust")
    measure.locator("summary").click()
    measure.get_by_label("Percent of the points").fill("80")
    measure.get_by_label("Note").fill("A good talk")
    measure.get_by_role("button", name="Rate", exact=True).click()
    expect(desk.locator("#toasts")).to_contain_text("The rating was saved.")
    expect(measure).to_contain_text("80%")
    measure.locator("summary").click()
    expect(measure).to_contain_text("Rated 80% by Ann Lee")
    measure.get_by_role("button", name="Remove the rating").click()
    expect(measure).to_contain_text("no data")

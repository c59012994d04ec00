"""What somebody has open on the page of a record while parts of it are shown again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live

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

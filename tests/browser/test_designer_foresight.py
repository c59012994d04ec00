"""Does a score foresee? From its designer to a back-test and to advice that is taken, by keys alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AXE, Live
from tests.browser.designing import discard, drafted

pytestmark = pytest.mark.browser
URL = "/design/score/health"


@pytest.fixture
def score(live: Live) -> Iterator[str]:
    discard(live)
    yield URL
    discard(live)


def test_a_back_test_and_advice_by_keys(desk: Page, live: Live, score: str) -> None:
    with live.platform.read() as uow:
        today = uow.today.isoformat()
    desk.goto(score)
    link = desk.get_by_role("link", name="Does it predict?")
    link.focus()
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**{URL}/backtest")
    asked = desk.get_by_role("textbox", name="What should have been foreseen")
    desk.get_by_label("Values of the day").fill(today)
    desk.get_by_label("Days later").fill("0")
    asked.fill("health_score < 50")
    asked.press("Enter")
    expect(desk.get_by_role("heading", name="By band")).to_be_visible()
    expect(desk.locator(".calibration-chart .dot-mark").first).to_be_attached()
    expect(desk.locator(".trial-numbers")).to_contain_text("AUC")
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.evaluate(AXE.read_text())
    found = desk.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []
    before = drafted(live, "score", "health")
    desk.get_by_role("link", name="Adviser").press("Enter")
    desk.wait_for_url(f"**{URL}/advice")
    asked = desk.get_by_role("textbox", name="What should have been foreseen")
    desk.get_by_label("Values of the day").fill(today)
    desk.get_by_label("Days later").fill("0")
    asked.fill("arr < 100000")
    asked.press("Enter")
    expect(desk.locator(".foresight")).to_contain_text("Records")
    assert drafted(live, "score", "health") == before  # nothing is taken without a click
    take = desk.get_by_role("button", name="Take into the draft")
    if take.count():
        take.press("Enter")
        desk.wait_for_url(f"**{URL}")
        assert sum(m["points"] for m in drafted(live, "score", "health")["variants"][-1]["measures"]) == 100

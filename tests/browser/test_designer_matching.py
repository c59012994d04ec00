"""The designer of matchings: what is compared is carried in by mouse, put in order by keys, given a weight, and published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tenon.engine.context import Context
from tenon.engine.releases import draft
from tests.browser.conftest import Live
from tests.browser.designing import carry, discard, drafted, wait_for
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser
URL = "/design/matching/same_one"
SAME = {
    "kind": "matching", "name": "same_one", "label": {"en": "Same one", "zh": "同一个"}, "entity": "customer", "propose_from": 0.9,
    "compare": [{"field": "name", "by": "company_name", "weight": 3}],
}


@pytest.fixture
def same(live: Live) -> Iterator[None]:
    with live.platform.write() as uow:
        draft.put(uow.connection, Context(live.ann), uow.model, "matching", "same_one", SAME, now=uow.now)
    yield
    discard(live)


@pytest.mark.usefixtures("same")
def test_comparisons_are_carried_ordered_and_weighed(desk: Page, live: Live) -> None:
    def compared(key: str = "field") -> list[Any]:
        return [part.get(key) for part in drafted(live, "matching", "same_one")["compare"]]

    desk.goto(URL)
    canvas = desk.locator("#design-canvas")
    carry(desk, desk.locator("#design-palette [data-value]", has_text="Phone").first, canvas.locator("[data-item]").first)
    wait_for(desk, lambda: sorted(compared()), ["name", "phone"])
    canvas.locator("[data-item]").last.focus()
    before = compared()
    desk.keyboard.press("Alt+ArrowUp")
    wait_for(desk, compared, before[::-1])
    canvas.locator("[data-item]", has_text="Phone").click()
    weight = desk.locator("#design-panel").get_by_label("Weight")
    weight.fill("2")
    weight.press("Tab")
    wait_for(desk, lambda: sorted(compared("weight")), [2, 3])
    desk.locator("#design-panel").get_by_role("switch", name="Decides alone").press("Space")
    wait_for(desk, lambda: compared("decides").count(True), 1)
    expect(canvas).to_contain_text("Decides alone")
    assert objections(desk) == []

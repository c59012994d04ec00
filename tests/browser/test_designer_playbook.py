"""The designer of playbooks: steps are carried in and ordered by mouse and keys, with owner and due time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tenon.engine.context import Context
from tenon.engine.releases import draft
from tests.browser.conftest import AXE, Live
from tests.browser.designing import carry, discard, drafted, wait_for

pytestmark = pytest.mark.browser
RESCUE = {
    "kind": "playbook", "name": "rescue", "label": {"en": "Rescue", "zh": "挽回"}, "entity": "customer",
    "steps": [{"title": {"en": "Call", "zh": "电话"}}, {"title": {"en": "Train", "zh": "培训"}}],
}  # fmt: skip


@pytest.fixture
def rescue(live: Live) -> Iterator[None]:
    with live.platform.write() as uow:
        draft.put(uow.connection, Context(live.ann), uow.model, "playbook", "rescue", RESCUE, now=uow.now)
    yield
    discard(live)


@pytest.mark.usefixtures("rescue")
def test_steps_are_carried_ordered_and_described(desk: Page, live: Live) -> None:
    def titles() -> list[str]:
        return [step["title"]["en"] for step in drafted(live, "playbook", "rescue")["steps"]]

    desk.goto("/design/playbook/rescue")
    steps = desk.locator(".rule-actions [data-item]")
    carry(desk, desk.locator("#design-palette").get_by_role("button", name="Meeting"), steps.filter(has_text="Train"), dy=8)
    wait_for(desk, lambda: sorted(titles()), ["Call", "Meet the customer", "Train"])
    steps.filter(has_text="Call").focus()
    desk.keyboard.press("Alt+ArrowDown")
    wait_for(desk, lambda: titles().index("Call"), 1)
    expect(steps.filter(has_text="Call")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.locator("#design-panel input[value='Call']").wait_for()
    due = desk.locator("#design-panel").get_by_label("Due after hours")
    due.fill("24")
    due.press("Tab")
    wait_for(desk, lambda: drafted(live, "playbook", "rescue")["steps"][1].get("due_hours"), 24)
    expect(steps.filter(has_text="Call")).to_contain_text("within 24 hours")
    desk.evaluate(AXE.read_text())
    found = desk.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []

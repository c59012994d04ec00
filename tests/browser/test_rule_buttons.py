"""The buttons of rules by keys and mouse: the menu of a record, the question before, what is said after, and ticked rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tenon.engine.context import Context
from tenon.engine.records import writing
from tenon.engine.records.deleting import delete
from tenon.engine.records.stored import load
from tests.browser.conftest import Live
from tests.browser.designing import publish

pytestmark = pytest.mark.browser
RULE: dict[str, Any] = {
    "kind": "rule", "name": "press_raise", "label": {"en": "Raise"}, "entity": "customer",
    "trigger": {"type": "button", "label": {"en": "Raise by ten", "zh": "增加十"}, "when": "arr < 100", "confirm": {"en": "Really raise it?", "zh": "确定要增加吗？"}},
    "actions": [{"type": "set_fields", "fields": {"arr": "arr + 10"}}],
}  # fmt: skip


@pytest.fixture
def pressable(live: Live) -> Iterator[list[str]]:
    publish(live, RULE)
    with live.platform.write() as uow:
        entity = uow.model.get_entity("customer")
        made = [writing.create(uow, Context(live.ann), entity, {"name": f"Pressable {n}", "arr": n}) for n in (1, 2, 500)]
    yield made
    with live.platform.write() as uow:
        delete(uow, Context(live.ann, is_system=True), uow.model.get_entity("customer"), made)
    publish(live, {**RULE, "state": "paused"})


def arr(live: Live, ids: list[str]) -> list[Any]:
    with live.platform.read() as uow:
        found = load(uow, uow.model.get_entity("customer"), ids)
        return [int(found[id]["arr"]) for id in ids]


def test_a_button_is_pressed_by_keys_on_a_record_and_by_mouse_over_ticked_rows(desk: Page, live: Live, pressable: list[str]) -> None:
    desk.goto(f"/records/customer/{pressable[0]}")
    desk.get_by_label("More actions").focus()
    desk.keyboard.press("Enter")
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("button", name="Raise by ten")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Really raise it?")).to_be_visible()
    desk.get_by_role("dialog").get_by_role("button", name="Raise by ten").press("Enter")
    expect(desk.get_by_text("is done: Set fields")).to_be_visible()
    assert arr(live, pressable) == [11, 2, 500]
    desk.goto("/records/customer?q=Pressable")
    desk.locator("[data-tick-all]").check()
    desk.locator("#bulk-bar").get_by_role("button", name="Raise by ten").click()
    desk.get_by_role("dialog").get_by_role("button", name="Raise by ten").click()
    expect(desk.get_by_text("is done for 2 records, not for 1.")).to_be_visible()
    assert arr(live, pressable) == [21, 12, 500]

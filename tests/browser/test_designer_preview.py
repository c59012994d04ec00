"""The preview of a form, and its steps: conditions while typing, role, device and language, with what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AXE, Live
from tests.browser.designing import discard, drafted, partner, publish, slide, wait_for

pytestmark = pytest.mark.browser
FORM: dict[str, Any] = {
    "kind": "form", "name": "mate_form", "label": {"en": "Mate", "zh": "伙伴"}, "entity": "mate", "sections": [
        {"label": {"en": "Basics", "zh": "基本"}, "columns": 2, "items": [{"field": "name"}, {"field": "level"}, {"field": "city", "visible": "name == 'Ada'"}]},
        {"label": {"en": "Money", "zh": "金额"}, "columns": 2, "visible": "level == 'gold'", "items": [{"field": "worth"}]},
    ],
}  # fmt: skip


@pytest.fixture
def form(live: Live) -> Iterator[str]:
    publish(live, partner("mate"), FORM)
    yield "/design/form/mate_form"
    discard(live)


def steps(live: Live) -> list[tuple[str, list[int]]]:
    return [(s["label"]["en"], s["sections"]) for s in drafted(live, "form", "mate_form").get("steps") or ()]


def test_conditions_work_while_typing(desk: Page, live: Live, form: str) -> None:
    desk.goto(form)
    desk.get_by_role("link", name="Preview").click()
    preview = desk.locator("#preview-form")
    expect(preview.get_by_label("Name")).to_be_visible()
    expect(preview.get_by_label("City")).to_have_count(0)
    preview.get_by_label("Name").press_sequentially("Ada", delay=60)
    expect(preview.get_by_label("City")).to_be_visible()
    expect(preview.get_by_label("Name")).to_be_focused()
    expect(preview.get_by_label("Name")).to_have_value("Ada")
    desk.keyboard.type(" Love")
    expect(preview.get_by_label("City")).to_have_count(0)
    expect(preview.get_by_label("Name")).to_have_value("Ada Love")
    preview.get_by_label("Level").select_option("gold")
    expect(preview.get_by_label("Worth")).to_be_visible()
    preview.get_by_role("button", name="Check").last.click()
    expect(preview).to_contain_text("This could be saved as it is.")


def test_it_is_shown_as_a_role_on_a_device_in_a_language(desk: Page, live: Live, form: str) -> None:
    desk.goto(f"{form}/preview")
    preview = desk.locator("#preview-form")
    preview.get_by_label("Name").fill("Ada")
    expect(preview.get_by_label("City")).to_be_visible()
    desk.get_by_role("radio", name="Phone").focus()
    desk.keyboard.press("Space")
    assert desk.locator(".preview-frame").bounding_box()["width"] == 390  # type: ignore[index]
    desk.get_by_role("radio", name="中文").check(force=True)
    expect(preview).to_contain_text("基本")
    expect(preview.get_by_label("名称")).to_have_value("Ada")
    desk.get_by_label("As the role").select_option("seller")
    expect(preview).to_contain_text("该角色无权新建")
    desk.get_by_label("As the role").select_option("")
    expect(preview.get_by_label("名称")).to_be_visible()
    desk.evaluate(AXE.read_text())
    found = desk.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []


def test_steps_are_made_and_carried(desk: Page, live: Live, form: str) -> None:
    desk.goto(form)
    step = desk.locator("#design-palette").get_by_role("button", name="Step", exact=True)
    step.click()
    wait_for(desk, lambda: steps(live), [("Step 1", [0])])
    desk.locator("#design-panel").get_by_label("Label (English)").fill("Who")
    wait_for(desk, lambda: steps(live), [("Who", [0])])
    step.focus()
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: steps(live), [("Who", [0]), ("Step 2", [1])])
    second = desk.locator("#design-canvas [data-group='step']", has_text="Step 2")
    second.focus()
    desk.keyboard.press("Alt+ArrowLeft")
    wait_for(desk, lambda: steps(live), [("Step 2", [1]), ("Who", [0])])
    slide(desk, desk.locator("#design-canvas [data-group='step']", has_text="Who"), second)
    wait_for(desk, lambda: steps(live)[0], ("Who", [0]))
    desk.locator("#design-canvas [data-group='step']", has_text="Who").click()
    desk.locator("#design-panel").get_by_role("button", name="Money").click()
    wait_for(desk, lambda: steps(live)[0], ("Who", [0, 1]))
    desk.locator("#design-canvas [data-group='section']", has_text="Money").focus()
    desk.keyboard.press("Alt+ArrowUp")
    wait_for(desk, lambda: steps(live), [("Who", [0, 1]), ("Step 2", [0])])
    second.focus()
    desk.keyboard.press("Delete")
    wait_for(desk, lambda: steps(live), [("Who", [0, 1])])


def test_a_phone_shows_the_preview(phone: Page, live: Live, form: str) -> None:
    phone.goto(f"{form}/preview")
    expect(phone.locator("#preview-form").get_by_label("Name")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

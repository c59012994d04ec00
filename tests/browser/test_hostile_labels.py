"""Labels that would be scripts, quotes or turned around are text in the editor of expressions and in the dialog of conditions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live
from tests.browser.designing import discard, publish
from tests.browser.test_designer import write

pytestmark = pytest.mark.browser
LABELS = ("<script>window.taken = 1</script>", '"><img src=x onerror="window.taken = 1">', "\u202egnp.exe")
NAMES = ("odd_script", "odd_quote", "odd_turned")
ENTITY: dict[str, Any] = {
    "kind": "entity", "name": "oddity", "label": {"en": LABELS[1], "zh": LABELS[1]}, "title": "name", "fields": [
        {"name": "name", "type": "text", "required": True, "label": {"en": "Name"}},
        *({"name": name, "type": "boolean", "label": {"en": label, "zh": label}} for name, label in zip(NAMES, LABELS, strict=True)),
    ],
}  # fmt: skip
FORM: dict[str, Any] = {"kind": "form", "name": "oddity_form", "label": {"en": "Odd"}, "entity": "oddity", "sections": [{"label": {"en": "One"}, "items": [{"field": "name"}]}]}


@pytest.fixture
def form(live: Live) -> Iterator[str]:
    discard(live)
    publish(live, ENTITY, FORM)
    yield "/design/form/oddity_form"
    discard(live)


def _open(desk: Page, form: str) -> None:
    desk.goto(form)
    desk.locator("#design-canvas [data-group='field']", has_text="Name").click()
    desk.locator("#design-panel").get_by_label("Shown when").wait_for()


@pytest.mark.parametrize(("name", "label"), list(zip(NAMES, LABELS, strict=True)))
def test_completions_of_an_expression_are_text(desk: Page, form: str, name: str, label: str) -> None:
    _open(desk, form)
    panel = desk.locator("#design-panel")
    panel.get_by_label("Shown when").focus()
    expect(panel.locator(".cm-content").first).to_be_focused(timeout=15_000)
    write(desk, panel.get_by_role("textbox", name="Shown when"), name[:6])
    desk.keyboard.press("Control+Space")
    expect(desk.locator(".cm-tooltip-autocomplete")).to_contain_text(label, timeout=15_000)
    assert desk.evaluate("window.taken") is None
    assert desk.locator(".cm-tooltip-autocomplete :is(img, script)").count() == 0


def test_fields_and_sentences_of_conditions_are_text(desk: Page, form: str) -> None:
    _open(desk, form)
    dialog = desk.locator("#condition-dialog")
    for label in LABELS:
        desk.locator("#design-panel .condition-control", has=desk.get_by_label("Shown when")).get_by_role("button", name="Build").click()
        dialog.get_by_role("button", name="Add condition").last.click()
        desk.locator(".picker:visible [role=option]", has_text=label).first.click()
        expect(dialog.locator("[data-result]")).to_contain_text(label)
        assert dialog.locator("[data-result] :is(img, script)").count() == 0
        desk.keyboard.press("Escape")
    assert desk.evaluate("window.taken") is None

"""The designers of forms and entities: by mouse, by keys, with what they say and how it is undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tenon.engine.context import Context
from tenon.engine.records.writing import create
from tests.browser.conftest import AXE, Live
from tests.browser.designing import carry, discard, drafted, partner, publish, wait_for

pytestmark = pytest.mark.browser
FORM: dict[str, Any] = {
    "kind": "form", "name": "ally_form", "label": {"en": "Ally", "zh": "盟友"}, "entity": "ally", "sections": [
        {"label": {"en": "Basics", "zh": "基本"}, "columns": 2, "items": [{"field": "name", "width": 2}, {"field": "city"}]},
        {"label": {"en": "More", "zh": "更多"}, "columns": 2, "items": [{"field": "level"}]},
    ],
}  # fmt: skip


@pytest.fixture
def form(live: Live) -> Iterator[str]:
    publish(live, partner("ally"), FORM)
    yield "/design/form/ally_form"
    discard(live)


def laid(live: Live) -> list[list[str]]:
    """The fields of the sections of the form."""
    return [[i.get("field", "text") for i in s["items"]] for s in drafted(live, "form", "ally_form")["sections"]]


def flat(live: Live) -> list[str]:
    """The fields of the form, whatever their section."""
    return [name for section in laid(live) for name in section]


def write(page: Page, editor: Locator, text: str) -> None:
    """Type into an editor of expressions instead of what is there."""
    editor.focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type(text)


def leave(page: Page) -> None:
    """Go from an editor of expressions to what stands before it."""
    page.keyboard.press("Escape")
    page.locator("#design-panel h2").click()


def test_fields_are_carried_by_mouse(desk: Page, live: Live, form: str) -> None:
    desk.goto(form)
    level = desk.locator("#design-canvas [data-group='field']", has_text="Level")
    name = desk.locator("#design-canvas [data-group='field']", has_text="Name")
    carry(desk, desk.locator("#design-palette").get_by_role("button", name="Worth"), level, dy=-6)
    wait_for(desk, lambda: sorted(flat(live)), ["city", "level", "name", "worth"])
    assert "worth" in laid(live)[1]
    carry(desk, desk.locator("#design-canvas [data-group='field']", has_text="City"), desk.locator("#design-canvas [data-group='field']", has_text="Level"))
    wait_for(desk, lambda: laid(live)[0], ["name"])
    assert sorted(laid(live)[1]) == ["city", "level", "worth"]
    expect(name).to_be_visible()
    desk.keyboard.press("Control+z")
    wait_for(desk, lambda: laid(live)[0], ["name", "city"])
    desk.keyboard.press("Control+Shift+Z")
    wait_for(desk, lambda: laid(live)[0], ["name"])
    desk.reload()
    desk.get_by_role("button", name="Undo").click()
    wait_for(desk, lambda: laid(live)[0], ["name", "city"])


def test_fields_are_carried_by_keys(desk: Page, live: Live, form: str) -> None:
    desk.goto(form)
    desk.locator("#design-canvas [data-group='field']", has_text="City").focus()
    desk.keyboard.press("Alt+ArrowUp")
    wait_for(desk, lambda: laid(live), [["city", "name"], ["level"]])
    expect(desk.locator("#design-canvas [data-group='field']", has_text="City")).to_be_focused()
    desk.keyboard.press("Alt+ArrowDown")
    wait_for(desk, lambda: laid(live), [["name", "city"], ["level"]])
    expect(desk.locator("#design-canvas [data-group='field']", has_text="City")).to_be_focused()
    desk.keyboard.press("Alt+ArrowDown")
    wait_for(desk, lambda: laid(live), [["name"], ["city", "level"]])
    expect(desk.locator("#design-canvas [data-group='field']", has_text="City")).to_be_focused()
    desk.keyboard.press("Delete")
    wait_for(desk, lambda: laid(live), [["name"], ["level"]])
    desk.locator("#design-palette").get_by_role("button", name="Worth").focus()
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: "worth" in flat(live), True)


def test_properties_are_kept_as_they_are_typed(desk: Page, live: Live, form: str) -> None:
    desk.goto(form)
    desk.locator("#design-canvas [data-group='field']", has_text="City").click()
    desk.locator("#design-panel").get_by_label("Label (English)").fill("Where <b>they</b> are")
    wait_for(desk, lambda: drafted(live, "form", "ally_form")["sections"][0]["items"][1].get("label"), {"en": "Where <b>they</b> are"})
    expect(desk.locator("#design-canvas")).to_contain_text("Where <b>they</b> are")
    expect(desk.locator("#design-panel").get_by_label("Label (English)")).to_be_focused()
    desk.locator("#design-panel").get_by_role("switch", name="Required").click()
    wait_for(desk, lambda: drafted(live, "form", "ally_form")["sections"][0]["items"][1].get("required"), True)
    desk.locator("#design-panel").get_by_role("radio", name="Whole").check()
    wait_for(desk, lambda: drafted(live, "form", "ally_form")["sections"][0]["items"][1].get("width"), 2)
    desk.locator("#design-panel").get_by_label("Shown when").focus()
    condition = desk.locator("#design-panel").get_by_role("textbox", name="Shown when")
    expect(desk.locator("#design-panel .cm-content").first).to_be_focused()
    write(desk, condition, "levle == 'gold'")
    leave(desk)
    expect(desk.locator("#design-troubles")).to_contain_text("levle")
    write(desk, condition, "level ==")
    leave(desk)
    expect(desk.locator("#design-refused")).to_contain_text("This cannot be done")
    expect(condition).to_have_text("level ==")
    vars(desk)["wrongs"].clear()  # the browser notes an answer that refuses as an error of its own
    write(desk, condition, "level == 'gold'")
    wait_for(desk, lambda: drafted(live, "form", "ally_form")["sections"][0]["items"][1].get("visible"), "level == 'gold'")
    expect(desk.locator("#design-refused")).to_be_empty()
    expect(desk.locator("#design-troubles")).to_be_hidden()


def test_a_condition_is_built_without_typing(desk: Page, live: Live, form: str) -> None:
    desk.goto(form)
    desk.locator("#design-canvas [data-group='field']", has_text="City").click()
    desk.locator("#design-panel .condition-control", has=desk.get_by_label("Shown when")).get_by_role("button", name="Build").click()
    dialog = desk.locator("#condition-dialog")
    dialog.get_by_role("button", name="Add condition").click()
    desk.locator(".picker").get_by_text("Level", exact=True).click()
    dialog.get_by_text("gold").click()
    expect(dialog.locator("[data-result]")).to_contain_text("gold")
    dialog.get_by_role("button", name="Use it").click()
    wait_for(desk, lambda: drafted(live, "form", "ally_form")["sections"][0]["items"][1].get("visible"), "level in ['gold']")


def test_an_expression_is_completed_checked_and_tried(desk: Page, live: Live, form: str) -> None:
    with live.platform.write() as uow:
        create(uow, Context(live.ann), uow.model.get_entity("ally"), {"name": "Bo", "level": "gold"})
    desk.context.add_cookies([{"name": "tenon_language", "value": "zh", "url": live.url}])
    desk.goto(form)
    desk.locator("#design-canvas [data-group='field']", has_text="城市").click()
    panel = desk.locator("#design-panel")
    panel.get_by_label("显示条件").focus()
    expect(panel.locator(".cm-content").first).to_be_focused(timeout=15_000)
    editor = panel.get_by_role("textbox", name="显示条件")
    write(desk, editor, "级")
    desk.keyboard.press("Control+Space")
    expect(desk.locator(".cm-tooltip-autocomplete").get_by_text("级别")).to_be_visible(timeout=15_000)
    desk.wait_for_timeout(120)  # what is chosen too soon after it has opened is taken for a slip
    desk.keyboard.press("Enter")
    expect(editor).to_have_text("level")
    desk.keyboard.type(" == 'go")
    expect(desk.locator(".cm-tooltip-autocomplete").get_by_text("gold").first).to_be_visible(timeout=15_000)
    desk.wait_for_timeout(120)
    desk.keyboard.press("Enter")
    expect(editor).to_have_text("level == 'gold'")
    expect(panel.locator(".expression-result").first).to_contain_text("true", timeout=15_000)
    write(desk, editor, "levle == 'gold'")
    leave(desk)
    expect(panel.locator(".cm-lintRange-error").first).to_have_text("levle")
    wait_for(desk, lambda: drafted(live, "form", "ally_form")["sections"][0]["items"][1].get("visible"), "levle == 'gold'")


def test_an_entity_is_made_and_filled(desk: Page, live: Live) -> None:
    try:
        desk.goto("/design")
        looked_for = desk.get_by_role("searchbox", name="Find a design")
        looked_for.fill("no such thing")
        expect(desk.get_by_role("status").filter(has_text="Nothing found")).to_be_visible()
        looked_for.fill("")
        expect(desk.locator(".bench-entry").first).to_be_visible()
        desk.get_by_role("button", name="New").click()
        desk.locator("#new-document").get_by_role("radio", name="Entity", exact=True).check()
        desk.locator("#new-document").get_by_label("Name").fill("合作伙伴")
        desk.get_by_role("button", name="Make it").click()
        expect(desk).to_have_url(f"{live.url}/design/entity/he_zuo_huo_ban")
        desk.locator("#design-palette").get_by_role("button", name="Choice", exact=True).click()
        wait_for(desk, lambda: [f["type"] for f in drafted(live, "entity", "he_zuo_huo_ban")["fields"]], ["text", "choice"])
        desk.get_by_role("button", name="Option", exact=True).click()
        wait_for(desk, lambda: len(drafted(live, "entity", "he_zuo_huo_ban")["fields"][1]["options"]), 3)
        desk.evaluate(AXE.read_text())
        found = desk.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
        assert [v["id"] for v in found["violations"] if v["impact"] in ("serious", "critical")] == []
    finally:
        discard(live)


def test_a_phone_shows_one_part_at_a_time(phone: Page, live: Live, form: str) -> None:
    phone.goto(form)
    expect(phone.locator("#design-canvas")).to_be_visible()
    phone.get_by_role("button", name="Add", exact=True).click()
    expect(phone.locator("#design-palette")).to_be_visible()
    phone.locator("#design-palette").get_by_role("button", name="Worth").click()
    wait_for(phone, lambda: "worth" in flat(live), True)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

"""The entity designer in the browser: looking for types and icons, names that follow labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AXE, Live
from tests.browser.designing import discard, drafted, partner, publish, wait_for

pytestmark = pytest.mark.browser
URL = "/design/entity/crewing"


@pytest.fixture
def entity(live: Live) -> Iterator[str]:
    publish(live, partner("crewing"))
    yield URL
    discard(live)


def fields(live: Live) -> list[dict[str, Any]]:
    return list(drafted(live, "entity", "crewing")["fields"])


def test_a_type_is_looked_for_and_its_field_named(desk: Page, live: Live, entity: str) -> None:
    desk.goto(entity)
    palette = desk.locator("#design-palette")
    palette.get_by_label("Search the palette").fill("postal")
    desk.get_by_label("Search the palette").fill("percent")
    expect(palette.get_by_role("button", name="Percent", exact=True)).to_be_visible()
    expect(palette.get_by_role("button", name="Address", exact=True)).to_be_hidden()
    desk.keyboard.press("ArrowDown")
    expect(palette.get_by_role("button", name="Percent", exact=True)).to_be_focused()
    expect(desk.locator("#palette-help")).to_be_visible()
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: [f["type"] for f in fields(live)], ["text", "text", "choice", "money", "percent"])
    expect(palette.get_by_label("Search the palette")).to_have_value("percent")
    panel = desk.locator("#design-panel")
    panel.get_by_label("Label (English)").fill("Share of wallet")
    wait_for(desk, lambda: (fields(live)[-1]["name"], fields(live)[-1]["label"]), ("share_of_wallet", {"en": "Share of wallet"}))
    expect(panel.locator(".panel-head")).to_contain_text("share_of_wallet")
    expect(panel.get_by_label("Label (中文)")).to_have_value("")


def test_an_icon_is_chosen_by_keys_and_by_mouse(desk: Page, live: Live, entity: str) -> None:
    desk.goto(entity)
    desk.locator("#design-panel .icon-control").get_by_role("button", name="Choose").click()
    dialog = desk.locator("#icon-dialog")
    dialog.get_by_label("Search icons").fill("ship")
    desk.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("button", name="ship", exact=True)).to_be_focused()
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: drafted(live, "entity", "crewing").get("icon"), "ship")
    desk.locator("#design-panel .icon-control").get_by_role("button", name="Choose").click()
    dialog.get_by_label("Search icons").fill("anchor")
    dialog.get_by_role("button", name="anchor", exact=True).click()
    wait_for(desk, lambda: drafted(live, "entity", "crewing").get("icon"), "anchor")


STAGED: dict[str, Any] = {
    "kind": "entity", "name": "voyage", "label": {"en": "Voyage", "zh": "航程"}, "title": "name", "search": ["name"], "fields": [
        {"name": "name", "type": "text", "label": {"en": "Name", "zh": "名称"}},
        {"name": "year", "type": "integer", "label": {"en": "Year", "zh": "年份"}},
        {"name": "stage", "type": "stage", "label": {"en": "Stage", "zh": "阶段"}, "options": [{"name": n, "label": {"en": n.title()}} for n in ("planned", "sailing", "home")]},
    ],
}  # fmt: skip


@pytest.fixture
def staged(live: Live) -> Iterator[str]:
    publish(live, STAGED)
    yield "/design/entity/voyage"
    discard(live)


def moves(live: Live) -> list[tuple[Any, Any]]:
    return [(m["from"], m["to"]) for m in drafted(live, "entity", "voyage")["fields"][2].get("moves", [])]


def test_moves_are_drawn_by_mouse_and_written_by_keys(desk: Page, live: Live, staged: str) -> None:
    desk.goto(staged)
    desk.locator("[data-stages] summary").first.click()
    desk.locator("[data-stage='planned']").click()
    desk.locator("[data-stage='home']").click()
    wait_for(desk, lambda: moves(live), [("planned", "home")])
    expect(desk.locator("#design-panel h2")).to_have_text("Move")
    group = desk.get_by_role("group", name="Add a move")
    group.get_by_label("From").select_option("sailing")
    group.get_by_label("To").select_option("home")
    group.get_by_role("button", name="Add a move").focus()
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: moves(live), [("planned", "home"), ("sailing", "home")])
    desk.locator("#design-panel").get_by_role("group", name="Has to be filled in").get_by_label("Year").check()
    wait_for(desk, lambda: drafted(live, "entity", "voyage")["fields"][2]["moves"][1].get("requires"), ["year"])
    desk.get_by_role("listitem", name="Planned → Home").focus()
    desk.keyboard.press("Delete")
    wait_for(desk, lambda: moves(live), [("sailing", "home")])


def test_a_key_of_two_fields_is_added(desk: Page, live: Live, staged: str) -> None:
    desk.goto(staged)
    desk.get_by_text("Add a unique key").click()
    group = desk.locator("[data-new-key]")
    group.get_by_label("Name").check()
    group.get_by_label("Year").check()
    group.get_by_role("button", name="Add the key").click()
    wait_for(desk, lambda: drafted(live, "entity", "voyage").get("keys"), [["name", "year"]])
    desk.get_by_label("Change the key Name + Year").click()
    desk.locator("[data-many='/keys/0']").get_by_label("Year").uncheck()
    wait_for(desk, lambda: drafted(live, "entity", "voyage").get("keys"), [["name"]])
    desk.get_by_role("button", name="Remove the key Name").click()
    wait_for(desk, lambda: drafted(live, "entity", "voyage").get("keys") or [], [])


def test_another_type_says_what_it_would_do_and_the_preview_follows(desk: Page, live: Live, staged: str) -> None:
    desk.goto(staged)
    desk.locator(".design-preview summary").click()
    desk.get_by_role("listitem", name="Year, Whole number").focus()
    desk.keyboard.press("Enter")
    panel = desk.locator("#design-panel")
    panel.get_by_text("More", exact=True).click()
    panel.get_by_label("Type").select_option("boolean")
    wait_for(desk, lambda: drafted(live, "entity", "voyage")["fields"][1]["type"], "boolean")
    expect(panel.get_by_label("What publishing would do")).to_contain_text("Yes or no")
    expect(desk.locator(".design-preview input[type=checkbox]")).to_be_attached()
    desk.keyboard.press("Control+z")
    wait_for(desk, lambda: drafted(live, "entity", "voyage")["fields"][1]["type"], "integer")
    expect(panel.get_by_label("What publishing would do")).to_have_count(0)


def test_an_entity_is_made_of_a_spreadsheet(desk: Page, live: Live) -> None:
    rows = "Harbour,Depth,Since\n" + "".join(f"Port {at},{at}.5,2024-01-{at + 1:02d}\n" for at in range(9))
    try:
        desk.goto("/design")
        desk.get_by_role("link", name="From a spreadsheet").click()
        desk.locator("input[type=file]").set_input_files([{"name": "harbours.csv", "mimeType": "text/csv", "buffer": rows.encode()}])
        desk.get_by_role("button", name="Go on").click()
        desk.get_by_label("What one row is").fill("Harbour")
        desk.get_by_label("API name", exact=True).fill("harbour")
        desk.get_by_label("Type of Depth").select_option("integer")
        desk.get_by_label("Take Since").uncheck()
        desk.get_by_role("button", name="Make it").click()
        expect(desk).to_have_url(f"{live.url}/design/entity/harbour")
        wait_for(desk, lambda: [(f["name"], f["type"]) for f in drafted(live, "entity", "harbour")["fields"]], [("harbour", "text"), ("depth", "integer")])
        expect(desk.locator("#design-canvas")).to_contain_text("The rows of harbours.csv wait to be imported")
    finally:
        discard(live)


def test_the_map_leads_to_the_designer(desk: Page, live: Live, entity: str) -> None:
    desk.goto("/design/map")
    box = desk.locator("[data-entity='crewing']")
    box.focus()
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(f"{live.url}{entity}")
    desk.goto("/design/map")
    desk.get_by_role("link", name="Crewing").last.click()
    expect(desk).to_have_url(f"{live.url}{entity}")


def test_an_extension_adds_a_field_by_keys(desk: Page, live: Live, entity: str) -> None:
    desk.goto("/design")
    desk.get_by_role("button", name="New").click()
    dialog = desk.locator("#new-document")
    dialog.get_by_role("radio", name="Extension", exact=True).check()
    dialog.get_by_label("Name").fill("Crew extras")
    dialog.get_by_label("About").select_option("crewing")
    dialog.get_by_role("button", name="Make it").click()
    expect(desk).to_have_url(f"{live.url}/design/extension/crew_extras")
    desk.locator("#design-palette").get_by_role("button", name="Rating", exact=True).focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(".design-preview .count")).to_have_text("5")
    desk.locator("#design-panel").get_by_label("Label (English)").fill("Seamanship")
    wait_for(desk, lambda: [(f["name"], f["type"]) for f in drafted(live, "extension", "crew_extras")["fields"]], [("seamanship", "rating")])
    assert [f["name"] for f in fields(live)] == ["name", "city", "level", "worth"]


def test_everything_has_a_name_and_enough_contrast(desk: Page, phone: Page, live: Live, staged: str) -> None:
    desk.goto(staged)
    desk.locator("[data-stages] summary").first.click()
    desk.locator(".design-preview summary").click()
    for page, url in ((desk, staged), (desk, "/design/map"), (desk, "/design/spreadsheet"), (phone, staged), (phone, "/design/map")):
        if url != staged or page is phone:
            page.goto(url)
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
        assert [(url, v["id"], v["nodes"][0]["html"]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

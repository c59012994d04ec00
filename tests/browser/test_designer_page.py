"""The designer of pages: blocks within and between tabs by mouse and keys, facts, conditions, with what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import AXE, Live
from tests.browser.designing import carry, discard, drafted, express, wait_for

pytestmark = pytest.mark.browser
URL = "/design/page/customer_360"


@pytest.fixture
def page_url(live: Live) -> Iterator[str]:
    yield URL
    discard(live)


def stored(live: Live) -> dict[str, Any]:
    return drafted(live, "page", "customer_360")


def laid(live: Live) -> list[list[str]]:
    return [[b.get("relation") or b["type"] for b in t["blocks"]] for t in stored(live)["tabs"]]


def actions(live: Live) -> list[tuple[str, str | None, str]]:
    found = [a for t in stored(live)["tabs"] for b in t["blocks"] for a in b.get("actions", ())]
    return [(a["label"]["en"], a.get("relation"), a["when"]) for a in found]


def settings(live: Live) -> list[tuple[str, str, str]]:
    buttons = [a.get("button") or {} for t in stored(live)["tabs"] for b in t["blocks"] for a in b.get("actions", ())]
    return [(button["label"]["en"], s["field"], s["value"]) for button in buttons for s in button.get("set", ())]


def block(page: Page, name: str) -> Locator:
    return page.locator("#design-canvas [data-group='block']", has=page.locator(".page-block-head", has_text=name))


def test_blocks_are_carried_by_mouse(desk: Page, live: Live, page_url: str) -> None:
    desk.set_viewport_size({"width": 1440, "height": 1500})
    desk.goto(page_url)
    carry(desk, block(desk, "Contacts").locator(".page-block-head"), block(desk, "All fields"), dy=40)
    wait_for(desk, lambda: sorted(laid(live)[1]), ["contacts", "fields"])
    assert laid(live)[0] == ["score", "orders"]
    carry(desk, desk.locator("#design-palette").get_by_role("button", name="Tasks", exact=True), block(desk, "Orders"), dy=30)
    wait_for(desk, lambda: sorted(laid(live)[0]), ["orders", "score", "tasks"])
    desk.keyboard.press("Control+z")
    wait_for(desk, lambda: laid(live)[0], ["score", "orders"])


def test_blocks_are_carried_by_keys(desk: Page, live: Live, page_url: str) -> None:
    desk.goto(page_url)
    block(desk, "Contacts").focus()
    desk.keyboard.press("Alt+ArrowUp")
    wait_for(desk, lambda: laid(live)[0], ["score", "contacts", "orders"])
    expect(block(desk, "Contacts")).to_be_focused()
    block(desk, "Orders").focus()
    desk.keyboard.press("Alt+ArrowDown")
    wait_for(desk, lambda: laid(live)[:2], [["score", "contacts"], ["orders", "fields"]])
    expect(block(desk, "Orders")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.locator("#design-panel").get_by_label("Heading (English)").fill("What they bought")
    wait_for(desk, lambda: stored(live)["tabs"][1]["blocks"][0].get("label"), {"en": "What they bought"})
    express(desk, "visible", "stage == 'active'")
    wait_for(desk, lambda: stored(live)["tabs"][1]["blocks"][0].get("visible"), "stage == 'active'")
    block(desk, "What they bought").focus()
    desk.keyboard.press("Delete")
    wait_for(desk, lambda: laid(live)[1], ["fields"])
    desk.locator("#design-palette").get_by_role("button", name="Tab", exact=True).focus()
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: len(laid(live)), 4)


def test_facts_of_the_head_are_arranged(desk: Page, live: Live, page_url: str) -> None:
    desk.goto(page_url)
    block(desk, "Orders").click()
    desk.get_by_role("button", name="Facts and scores").click()
    panel = desk.locator("#design-panel")
    panel.get_by_role("button", name="Move Renewal up").click()
    wait_for(desk, lambda: stored(live)["header"]["facts"], ["arr", "owner", "renewal", "stage"])
    panel.get_by_label("Add to Facts").click()
    panel.get_by_role("button", name="Phone", exact=True).click()
    wait_for(desk, lambda: stored(live)["header"]["facts"], ["arr", "owner", "renewal", "stage", "phone"])
    expect(desk.locator("#design-canvas .key-facts")).to_contain_text("Phone")
    panel.get_by_role("button", name="Take out Health").click()
    wait_for(desk, lambda: stored(live)["header"].get("scores"), None)
    desk.evaluate(AXE.read_text())
    found = desk.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []


def test_a_next_step_has_things_to_do(desk: Page, live: Live, page_url: str) -> None:
    desk.goto(page_url)
    desk.locator("#design-palette").get_by_role("button", name="Next step", exact=True).click()
    wait_for(desk, lambda: any("next_action" in t for t in laid(live)), True)
    action = desk.locator("#design-canvas [data-group='action']")
    action.click()
    panel = desk.locator("#design-panel")
    panel.get_by_label("What to do (English)").fill("Call them")
    panel.locator("textarea[data-at$='/when']").focus()
    editor = panel.locator(".cm-content")
    expect(editor).to_be_focused(timeout=15_000)
    held: list[Route] = []
    desk.route(f"**{page_url}", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    panel.get_by_label("About").evaluate("(select) => { select.value = 'orders'; select.dispatchEvent(new Event('change', { bubbles: true })); }")
    editor.press("Control+a")
    desk.keyboard.type("amount >")
    for _ in range(120):  # it is busy until the answer comes
        if held:
            break
        desk.wait_for_timeout(50)
    assert len(held) == 1
    held[0].continue_()
    desk.unroute(f"**{page_url}")
    desk.locator("#designer:not(.busy)").wait_for()
    expect(editor).to_be_focused()  # the properties were put in anew around what is being written
    desk.keyboard.type(" 100")
    wait_for(desk, lambda: actions(live), [("Call them", "orders", "amount > 100")])
    panel.get_by_label("What it says (English)").fill("Ask them")
    desk.get_by_role("button", name="Sets a field").click()
    setting = desk.locator("#design-canvas [data-group='setting']")
    expect(setting).to_be_focused()
    expect(panel.get_by_label("Field")).to_have_value("ordered_at")
    wait_for(desk, lambda: settings(live), [("Ask them", "ordered_at", "today()")])
    expect(desk.locator("#design-troubles")).to_be_hidden()
    setting.focus()
    desk.keyboard.press("Delete")
    wait_for(desk, lambda: settings(live), [])


def test_a_button_of_a_next_step_makes_a_record(desk: Page, live: Live, page_url: str) -> None:
    desk.goto(page_url)
    desk.locator("#design-palette").get_by_role("button", name="Next step", exact=True).click()
    wait_for(desk, lambda: any("next_action" in t for t in laid(live)), True)
    desk.locator("#design-canvas [data-group='action']").click()
    panel = desk.locator("#design-panel")
    panel.get_by_label("What it says (English)").fill("Note a contact")
    panel.get_by_label("Makes a record of").select_option(label="Contact")
    wait_for(desk, lambda: made(live), ("contact", []))
    panel.get_by_label("Add to Its fields").click()
    panel.get_by_role("group", name="Its fields").get_by_role("button", name="Name", exact=True).press("Enter")
    wait_for(desk, lambda: made(live), ("contact", [("name", "''")]))
    expect(desk.locator("#design-troubles")).to_be_hidden()
    express(desk, "value", "name")
    wait_for(desk, lambda: made(live), ("contact", [("name", "name")]))
    panel.get_by_role("button", name="Take out Name").click()
    wait_for(desk, lambda: made(live), ("contact", []))
    panel.get_by_label("Makes a record of").select_option(label="No record")
    wait_for(desk, lambda: made(live), None)


def made(live: Live) -> tuple[str, list[tuple[str, str]]] | None:
    """What the button of the first thing to do makes: the entity, and the values of its fields."""
    actions = [a for t in stored(live)["tabs"] for b in t["blocks"] for a in b.get("actions", ())]
    create = (actions[0].get("button") or {}).get("create") if actions else None
    return (create["entity"], [(v["field"], v["value"]) for v in create.get("values", ())]) if create else None


def test_a_phone_designs_pages(phone: Page, live: Live, page_url: str) -> None:
    phone.goto(page_url)
    expect(block(phone, "Orders")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

"""The designer of workflows: steps are carried to a plus, moved and set by mouse, and all of it by the keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from tenon.engine.context import Context
from tenon.engine.records.writing import create
from tenon.engine.releases import draft
from tenon.engine.workflows.by_hand import start
from tenon.engine.workflows.tables import tokens
from tests.browser.conftest import AXE, Live
from tests.browser.designing import discard, drafted, publish, wait_for

pytestmark = pytest.mark.browser
ENTITY: dict[str, Any] = {
    "kind": "entity", "name": "crate", "label": {"en": "Crate", "zh": "箱"}, "title": "name", "fields": [
        {"name": "name", "type": "text", "required": True, "label": {"en": "Name", "zh": "名称"}}, {"name": "weight", "type": "integer", "label": {"en": "Weight", "zh": "重量"}},
    ],
}  # fmt: skip
FLOW: dict[str, Any] = {
    "kind": "workflow", "name": "crating", "label": {"en": "Crating", "zh": "装箱"}, "entity": "crate", "steps": [
        {"id": "weigh", "type": "branch", "label": {"en": "Heavy?"}, "paths": [
            {"id": "heavy", "label": {"en": "Heavy"}, "when": "weight > 10", "steps": [{"id": "lift", "type": "task", "title": {"en": "Lift it"}, "assign_to": {"field": "owner"}}]},
            {"id": "light", "label": {"en": "Light"}, "steps": []}]},
        {"id": "rest", "type": "wait", "for": "2 days"},
    ],
}  # fmt: skip
URL = "/design/workflow/crating"


@pytest.fixture
def flow(live: Live) -> Iterator[str]:
    publish(live, ENTITY)
    with live.platform.write() as uow:
        draft.put(uow.connection, Context(live.ann), uow.model, "workflow", "crating", FLOW, now=uow.now)
    yield URL
    discard(live)


def shape(live: Live) -> list[Any]:
    """Return the sorts of the steps of the draft, those of paths in lists behind them."""
    return _shape(drafted(live, "workflow", "crating")["steps"])


def _shape(steps: list[dict[str, Any]]) -> list[Any]:
    return [[s["type"], *(_shape(p["steps"]) for p in s["paths"])] if "paths" in s else s["type"] for s in steps]


def node(page: Page, name: str) -> Locator:
    return page.locator(f"[id='node-{name}']")


def take(page: Page, what: Locator, place: str, at: int, *, off: int = 20) -> None:
    """Carry something with the mouse to somewhere near a plus."""
    what.hover()
    box, aim = what.bounding_box(), page.locator(f".flow-plus[data-plus='{place}'][data-at='{at}']").bounding_box()
    assert box is not None
    assert aim is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(aim["x"] + 12 + off, aim["y"] + 12 + off, steps=8)
    expect(page.locator(".flow-plus.near")).to_have_count(1)
    page.mouse.up()


def has_no_barriers(page: Page) -> None:
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], [n["html"][:160] for n in v["nodes"]]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []


def test_steps_are_carried_to_a_plus_and_set_by_mouse(desk: Page, live: Live, flow: str) -> None:
    desk.goto(flow)
    take(desk, desk.locator("#design-palette").get_by_role("button", name="Approval"), "/steps/weigh/paths/light/steps", 0)
    wait_for(desk, lambda: shape(live), [["branch", ["task"], ["approval"]], "wait"])
    panel = desk.locator("#design-panel")
    expect(panel.get_by_role("heading", name="Approval")).to_be_visible()
    desk.get_by_role("button", name="Fit the canvas").click()
    take(desk, node(desk, "rest"), "/steps", 0)
    wait_for(desk, lambda: shape(live), ["wait", ["branch", ["task"], ["approval"]]])
    node(desk, "rest").click()
    panel.get_by_label("How long", exact=True).fill("4 hours")
    wait_for(desk, lambda: drafted(live, "workflow", "crating")["steps"][0]["for"], "4 hours")
    expect(node(desk, "rest")).to_contain_text("4 hours")
    desk.locator(".flow-plus[data-plus='/steps'][data-at='2']").click()
    desk.get_by_role("dialog", name="Add a step").get_by_role("button", name="End", exact=True).click()
    wait_for(desk, lambda: shape(live), ["wait", ["branch", ["task"], ["approval"]], "end"])
    node(desk, "weigh").click()
    panel.get_by_role("button", name="Move Light up").click()
    wait_for(desk, lambda: shape(live), ["wait", ["branch", ["approval"], ["task"]], "end"])
    panel.locator("summary").filter(has_text="Add").click()
    panel.get_by_role("button", name="A path").click()
    wait_for(desk, lambda: len(drafted(live, "workflow", "crating")["steps"][1]["paths"]), 3)
    expect(panel.get_by_role("heading", name="Path")).to_be_visible()
    desk.get_by_role("button", name="Undo").click()
    wait_for(desk, lambda: len(drafted(live, "workflow", "crating")["steps"][1]["paths"]), 2)
    desk.get_by_role("button", name="Outline").click()
    expect(desk.get_by_role("button", name="Add a step for when it is rejected")).to_be_visible()
    has_no_barriers(desk)
    desk.get_by_role("button", name="Outline").click()
    has_no_barriers(desk)
    desk.get_by_role("link", name="Test run").click()
    expect(desk.locator(".flow-world.placed .flow-node")).to_have_count(6)
    has_no_barriers(desk)


def test_a_workflow_is_made_by_the_keys_alone(desk: Page, live: Live, flow: str) -> None:
    desk.goto(flow)
    node(desk, "start").focus()
    for key, at in (("ArrowDown", "weigh"), ("ArrowDown", "heavy"), ("ArrowRight", "light"), ("ArrowLeft", "heavy"), ("ArrowDown", "lift"), ("ArrowDown", "rest"), ("ArrowUp", "weigh")):
        desk.keyboard.press(key)
        expect(node(desk, at)).to_be_focused()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("a")
    desk.keyboard.type("appro")
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: shape(live), [["branch", ["task"], ["approval"]], "wait"])
    made = drafted(live, "workflow", "crating")["steps"][0]["paths"][1]["steps"][0]["id"]
    expect(node(desk, made)).to_be_focused()
    desk.keyboard.press("Alt+ArrowDown")
    wait_for(desk, lambda: shape(live), [["branch", ["task"], []], "approval", "wait"])
    expect(node(desk, made)).to_be_focused()
    desk.keyboard.press("Delete")
    wait_for(desk, lambda: shape(live), [["branch", ["task"], []], "wait"])
    expect(node(desk, "rest")).to_be_focused()
    desk.keyboard.press("Control+z")
    wait_for(desk, lambda: shape(live), [["branch", ["task"], []], "approval", "wait"])
    node(desk, "light").focus()
    desk.keyboard.press("Alt+ArrowLeft")
    wait_for(desk, lambda: [p["id"] for p in drafted(live, "workflow", "crating")["steps"][0]["paths"]], ["light", "heavy"])
    expect(node(desk, "light")).to_be_focused()
    desk.keyboard.press("+")
    desk.keyboard.press("0")
    desk.keyboard.press("Enter")
    expect(desk.locator("#design-panel").get_by_label("Name (English)")).to_be_focused()
    desk.keyboard.press("Control+a")
    desk.keyboard.type("Not heavy")
    wait_for(desk, lambda: drafted(live, "workflow", "crating")["steps"][0]["paths"][0]["label"], {"en": "Not heavy"})
    has_no_barriers(desk)
    node(desk, "rest").focus()
    desk.keyboard.press("a")
    desk.keyboard.type("webhook")
    desk.keyboard.press("Enter")
    wait_for(desk, lambda: shape(live)[-1], "call_webhook")
    desk.get_by_label("Headers, name 1").focus()
    for key in ("X-Way", "\t", "in", "\t"):
        desk.keyboard.press("Tab") if key == "\t" else desk.keyboard.type(key)
    wait_for(desk, lambda: drafted(live, "workflow", "crating")["steps"][-1].get("headers"), {"X-Way": "in"})
    expect(desk.get_by_label("Headers, name 2")).to_be_visible()
    has_no_barriers(desk)
    desk.get_by_role("button", name="Take out X-Way").press("Enter")
    wait_for(desk, lambda: drafted(live, "workflow", "crating")["steps"][-1].get("headers"), None)


def test_a_phone_has_the_outline(phone: Page, live: Live, flow: str) -> None:
    phone.goto(flow)
    expect(phone.locator(".flow-canvas")).to_be_hidden()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.get_by_role("button", name="Add a step at the end of Light").click()
    phone.get_by_role("dialog", name="Add a step").get_by_role("button", name="Wait", exact=True).click()
    wait_for(phone, lambda: shape(live), [["branch", ["task"], ["wait"]], "wait"])
    phone.get_by_role("button", name="Properties").click()
    expect(phone.locator("#design-panel").get_by_label("How long", exact=True)).to_be_visible()
    expect(phone.locator(".design-stage")).to_be_hidden()
    has_no_barriers(phone)


def test_a_publish_takes_what_runs_to_a_step(desk: Page, live: Live, flow: str) -> None:
    waits = [{"id": name, "type": "wait", "label": {"en": label}, "for": "2 days"} for name, label in (("dry", "Dry"), ("look", "Look again"))]
    publish(live, {**FLOW, "name": "drying", "label": {"en": "Drying"}, "steps": waits})
    with live.platform.write() as uow:
        crate = create(uow, Context(live.ann), uow.model.get_entity("crate"), {"name": "Wet one"})
        instance = start(uow, Context(live.ann), "drying", crate)

    def stands() -> list[str]:
        with live.platform.read() as uow:
            return list(uow.connection.execute(select(tokens.c.step).where(tokens.c.instance == instance)).scalars())

    assert stands() == ["dry"]
    desk.goto("/design/workflow/drying")
    node(desk, "dry").focus()
    desk.keyboard.press("Delete")
    wait_for(desk, lambda: [s["id"] for s in drafted(live, "workflow", "drying")["steps"]], ["look"])
    desk.get_by_role("link", name="Review and publish").click()
    ways = desk.get_by_label("What is done with them")
    expect(ways.locator("option")).to_have_text(["They go on as they began", "Take them to “Look again”", "End them"])
    ways.select_option(label="Take them to “Look again”")
    has_no_barriers(desk)
    desk.get_by_role("button", name="Publish", exact=True).click()
    expect(desk.locator("#toasts")).to_contain_text("Published.")
    assert stands() == ["look"]

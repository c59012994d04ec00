"""What the browser tests of the designers share: documents of the draft, and carrying things between lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tenon.engine.context import Context, system_context
from tenon.engine.releases import draft, publish_documents
from tests.browser.carrying import aim_at, settle
from tests.browser.conftest import Live

SYSTEM = system_context("command", "tests")


def partner(name: str) -> dict[str, Any]:
    """Return an entity of a test's own."""
    return {
        "kind": "entity", "name": name, "label": {"en": name.title(), "zh": "伙伴"}, "title": "name", "search": ["name"], "fields": [
            {"name": "name", "type": "text", "required": True, "label": {"en": "Name", "zh": "名称"}},
            {"name": "city", "type": "text", "label": {"en": "City", "zh": "城市"}},
            {"name": "level", "type": "choice", "label": {"en": "Level", "zh": "级别"}, "options": [{"name": "gold"}, {"name": "silver"}]},
            {"name": "worth", "type": "money", "currency": "CNY", "label": {"en": "Worth", "zh": "价值"}},
        ],
    }  # fmt: skip


def publish(live: Live, *documents: dict[str, Any]) -> None:
    """Publish documents of a test."""
    publish_documents(live.platform.publisher, SYSTEM, documents)


def drafted(live: Live, kind: str, name: str) -> dict[str, Any]:
    """Return a document of the draft as it is stored."""
    with live.platform.read() as uow:
        return draft.get(uow.connection, uow.model, kind, name)[0]


def discard(live: Live) -> None:
    """Throw the draft away."""
    with live.platform.write() as uow:
        draft.discard(uow.connection, Context(live.ann), uow.model)


def wait_for(page: Page, found: Callable[[], Any], expected: Any) -> None:
    """Assert what is stored, given a moment: the page sends it meanwhile; and the page shows the answer, as whoever goes on sees it."""
    for _ in range(120):
        if found() == expected:
            page.locator("#designer.busy").wait_for(state="detached")
            return
        page.wait_for_timeout(50)
    kept = found()
    assert kept == expected, kept


def carry(page: Page, what: Locator, to: Locator, *, dy: float = 0) -> None:
    """Carry something with the mouse to an item; the layout shifts on the way, so it is aimed at again, until its place is made."""
    what.hover()
    page.locator("#designer[data-wired]").wait_for()
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    assert box is not None
    for _ in range(4):  # it may just have been drawn anew, and what carries it comes a moment later
        page.mouse.move(box["x"] + min(30, box["width"] / 2), box["y"] + min(14, box["height"] / 2))
        page.mouse.down()
        page.mouse.move(box["x"] + min(30, box["width"] / 2) + 12, box["y"] + min(14, box["height"] / 2) + 12, steps=6)
        if page.locator(".design-ghost").count():
            break
        page.mouse.up()
        page.wait_for_timeout(250)
    ghost = to.locator("xpath=ancestor-or-self::*[@data-list][1]").locator(".design-ghost")
    aim_at(page, to, dy=dy, until=lambda: ghost.count() > 0)
    page.mouse.up()


def slide(page: Page, what: Locator, to: Locator) -> None:
    """Carry something with the mouse to the left edge of an item that stands beside others."""
    what.hover()
    page.locator("#designer[data-wired]").wait_for()
    box, aim = what.bounding_box(), to.bounding_box()
    assert box is not None
    assert aim is not None
    page.mouse.move(box["x"] + 30, box["y"] + 14)
    page.mouse.down()
    page.mouse.move(aim["x"] + 20, aim["y"] + 16, steps=16)
    settle(page)
    page.mouse.move(aim["x"] + 12, aim["y"] + 16, steps=3)
    settle(page)
    page.mouse.up()


def express(page: Page, key: str, text: str) -> None:
    """Set an expression as the dialog that builds one does: whole, so that no half of it is sent."""
    page.locator("#designer:not(.busy)").wait_for()  # an answer on its way may put the properties in anew
    input = page.locator(f"#design-panel textarea[data-at$='/{key}']")
    input.evaluate("(input, text) => { input.value = text; input.dispatchEvent(new Event('change', { bubbles: true })); }", text)


def say_expression(page: Page, text: str) -> None:
    """Write the expression of a builder of conditions and leave it."""
    expect(page.locator("#designer.busy")).to_have_count(0)
    page.locator("[data-expression-text]").evaluate("(input, text) => { input.value = text; input.dispatchEvent(new Event('change', { bubbles: true })); }", text)

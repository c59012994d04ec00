"""What the browser tests of the views share: the deals in the live workspace, and where a drag ends."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

from tenon.engine.records.stored import load
from tests import deals
from tests.browser.carrying import aim_at
from tests.browser.conftest import Live


def make(live: Live, **values: Any) -> str:
    """Write one deal and return its id."""
    with live.platform.read() as uow:
        is_there = "deal" in uow.model.entities
    if not is_there:
        deals.publish(live.platform)
        deals.add(live.platform, live.ann, deals.rows())
    return deals.add(live.platform, live.ann, [values])[0]


def stored(live: Live, id: str) -> dict[str, Any]:
    """Return a deal as it is stored."""
    with live.platform.read() as uow:
        return load(uow, uow.model.get_entity("deal"), [id])[id]


def assert_stored(page: Page, live: Live, id: str, **expected: Any) -> None:
    """Assert what is stored of a deal; a page shows a move at once and sends it meanwhile, so it is given a moment."""
    for _ in range(100):
        if all(stored(live, id)[name] == value for name, value in expected.items()):
            return
        page.wait_for_timeout(50)
    kept = stored(live, id)
    assert {name: kept[name] for name in expected} == expected


def drag(page: Page, what: Locator, to: Locator, *, dx: float = 0, dy: float = 0) -> None:
    """Carry something with the mouse; where it goes may shift on the way, so it is aimed at again."""
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + min(40, box["width"] / 2), box["y"] + min(12, box["height"] / 2))
    page.mouse.down()
    aim_at(page, to, dx=dx, dy=dy, deepest=60, steps=6)
    page.mouse.up()

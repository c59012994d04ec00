"""Something in the hand of the mouse: aiming at a place that makes way for it, until it stands still."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page

TURNS = 14
# What carries looks where the pointer is twenty times a second; a timer set later than its own comes after it, however slow the page is.
# What makes way does so in an animation, and what is moving takes no notice of the pointer.
STILL = """() => new Promise((done) => setTimeout(done, 60))
  .then(() => Promise.all(document.getAnimations().filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
    .map((each) => each.finished.catch(() => null))))
  .then(() => new Promise((done) => requestAnimationFrame(() => done(null))))"""


def settle(page: Page) -> None:
    """Wait until what the last move of the mouse began is done."""
    page.evaluate(STILL)


def aim_at(
    page: Page, to: Locator, *, dx: float = 0, dy: float = 0, deepest: float = 10_000, steps: int = 8, until: Callable[[], Any] = lambda: True
) -> None:
    """Move the mouse to an item, again when it has made way, until it stands where it was aimed at twice in a row and ``until`` holds."""
    before = None
    for turn in range(TURNS):
        aim = to.bounding_box()
        assert aim is not None
        if turn > 1 and aim == before and until():
            return
        page.mouse.move(aim["x"] + aim["width"] / 2 + dx + turn % 2 * 4, aim["y"] + min(aim["height"] / 2, deepest) + dy, steps=steps)
        settle(page)
        before = aim

"""Boards: cards move by mouse, keys and select, and what is stored is what was meant."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tenon.engine.context import Context, system_context
from tenon.engine.query.pages import Ask, page as page_of
from tenon.engine.records import writing
from tests.browser.conftest import AXE, Live, assert_clean, open_live
from tests.browser.deals import assert_stored, drag, make
from tests.browser.designing import publish, wait_for
from tests.ui.test_hand_order import chores

pytestmark = pytest.mark.browser
BOARD = "/records/deal?view=deal_board"


def forget_refusal(page: Page) -> None:
    """The browser notes an answer that refuses as an error of its own."""
    vars(page)["wrongs"].clear()


def test_a_card_is_carried_to_another_lane(desk: Page, live: Live) -> None:
    made = make(live, name="Carried", stage="new", amount="99000")
    desk.goto(BOARD)
    before = int(desk.locator("#lane-talk-total .count").inner_text())
    drag(desk, desk.locator(f"#card-{made}"), desk.locator("#lane-talk [data-cards]"))
    expect(desk.locator("#lane-talk").locator(f"#card-{made}")).to_be_visible()
    expect(desk.locator("#lane-talk-total .count")).to_have_text(str(before + 1))
    expect(desk.locator("#announce")).to_have_text("Carried is now in In talks.")
    assert_stored(desk, live, made, stage="talk")
    assert desk.locator(".board-card[style]").count() == 0


def test_a_card_is_moved_with_keys(desk: Page, live: Live) -> None:
    made = make(live, name="Keyed", stage="new", amount="98000")
    desk.goto(BOARD)
    card = desk.locator(f"#card-{made}")
    card.focus()
    desk.keyboard.press("Space")
    expect(desk.locator("#announce")).to_contain_text("Keyed is lifted, in New")
    desk.keyboard.press("ArrowRight")
    expect(desk.locator("#announce")).to_contain_text("In talks, ")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk.locator("#announce")).to_have_text("Keyed is now in In talks.")
    expect(card).to_be_focused()
    assert_stored(desk, live, made, stage="talk")
    desk.keyboard.press("Space")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Escape")
    expect(desk.locator("#lane-talk").locator(f"#card-{made}")).to_be_visible()
    expect(desk.locator("#announce")).to_have_text("Keyed went back to In talks.")
    assert_stored(desk, live, made, stage="talk")


def test_arrows_walk_the_cards(desk: Page, live: Live) -> None:
    made = make(live, name="First", stage="new", amount="990000")
    other = make(live, name="Second", stage="new", amount="980000")
    desk.goto(BOARD)
    desk.locator(f"#card-{made}").focus()
    desk.keyboard.press("ArrowDown")
    expect(desk.locator(f"#card-{other}")).to_be_focused()
    desk.keyboard.press("ArrowRight")
    expect(desk.locator("#lane-talk .board-card:focus")).to_have_count(1)


def test_a_condition_that_does_not_hold_is_told_in_words(desk: Page, live: Live) -> None:
    made = make(live, name="Too small", stage="talk", amount="7")
    desk.goto(f"{BOARD}&q=too+small")
    card = desk.locator(f"#card-{made}")
    card.focus()
    desk.keyboard.press("Space")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Space")
    expect(desk.get_by_role("alert")).to_contain_text("Amount is at least 1,000")
    expect(desk.locator("#lane-talk").locator(f"#card-{made}")).to_be_visible()
    expect(card).to_be_focused()
    forget_refusal(desk)
    drag(desk, card, desk.locator("#lane-new [data-cards]"))
    expect(desk.get_by_role("alert")).to_contain_text("In talks cannot become New.")
    expect(desk.locator("#lane-talk").locator(f"#card-{made}")).to_be_visible()
    forget_refusal(desk)
    assert_stored(desk, live, made, stage="talk")


def test_a_move_that_needs_a_field_asks_for_it(desk: Page, live: Live) -> None:
    made = make(live, name="To lose", stage="talk", amount="97000")
    desk.goto(f"{BOARD}&q=to+lose")
    drag(desk, desk.locator(f"#card-{made}"), desk.locator("#lane-lost [data-cards]"))
    asked = desk.get_by_role("dialog", name="One thing first")
    asked.get_by_role("button", name="Cancel").click()
    expect(desk.locator("#lane-talk").locator(f"#card-{made}")).to_be_visible()
    assert_stored(desk, live, made, stage="talk")
    desk.locator(f"#card-{made}").get_by_role("combobox").select_option("lost")
    asked.get_by_label("Why lost").fill("No budget")
    desk.keyboard.press("Enter")
    expect(desk.locator("#lane-lost").locator(f"#card-{made}")).to_be_visible()
    forget_refusal(desk)
    assert_stored(desk, live, made, stage="lost", reason="No budget")


def test_a_card_that_somebody_else_changed_goes_back(desk: Page, live: Live) -> None:
    made = make(live, name="Raced", stage="new", amount="96000")
    desk.goto(f"{BOARD}&q=raced")
    desk.request.patch(
        f"/api/v1/records/deal/{made}", data={"amount": "95000"},
        headers={"X-CSRF-Token": desk.locator('input[name="csrf"]').first.input_value()},
    )  # fmt: skip
    desk.locator(f"#card-{made}").get_by_role("combobox").select_option("talk")
    expect(desk.get_by_role("alert")).to_contain_text("Somebody else changed this record.")
    expect(desk.locator("#lane-new").locator(f"#card-{made}")).to_be_visible()
    forget_refusal(desk)
    assert_stored(desk, live, made, stage="new")


def test_a_card_is_added_to_a_lane_and_a_lane_folded(desk: Page, live: Live) -> None:
    make(live, name="Seed", stage="talk")
    desk.goto(BOARD)
    lane = desk.locator("#lane-talk")
    lane.get_by_label("New card in In talks").click()
    lane.get_by_label("Name").fill("Quickly made")
    desk.keyboard.press("Enter")
    card = lane.locator(".board-card").filter(has_text="Quickly made")
    expect(card).to_have_count(1)
    made = card.get_attribute("data-card") or ""
    assert_stored(desk, live, made, stage="talk", name="Quickly made")
    desk.get_by_role("link", name="Fold In talks").click()
    expect(desk).to_have_url(re.compile("closed=talk"))
    expect(desk.locator("#lane-talk .board-card")).to_have_count(0)
    desk.get_by_role("link", name="Unfold In talks").click()
    expect(desk.locator("#lane-talk .board-card").first).to_be_visible()


def test_a_card_goes_into_a_lane_that_is_folded(desk: Page, live: Live) -> None:
    made = make(live, name="Tucked away", stage="new", amount="93000")
    desk.goto(f"{BOARD}&q=tucked&closed=talk")
    desk.locator(f"#card-{made}").focus()
    for key in ("Space", "ArrowRight", "Space"):
        desk.keyboard.press(key)
    expect(desk.locator("#lane-talk-total .count")).to_have_text("1")
    expect(desk.locator(f"#card-{made}")).to_have_count(0)
    expect(desk.get_by_role("link", name="Unfold In talks")).to_be_focused()
    assert_stored(desk, live, made, stage="talk")


def test_more_cards_of_a_lane_load(desk: Page, live: Live) -> None:
    make(live, name="Many 0", stage="won")
    with_many = [make(live, name=f"Many {n}", stage="won", amount="5") for n in range(1, 34)]
    desk.goto(f"{BOARD}&q=many")
    expect(desk.locator("#lane-won .board-card")).to_have_count(20)
    desk.locator("#lane-won").get_by_role("link", name="Show more").click()
    expect(desk.locator("#lane-won .board-card")).to_have_count(len(with_many) + 1)
    expect(desk.locator("#lane-won").get_by_role("link", name="Show more")).to_have_count(0)


def test_a_phone_shows_one_lane_at_a_time(phone: Page, live: Live) -> None:
    make(live, name="On a phone", stage="talk", amount="94000")
    phone.goto(BOARD)
    tabs = phone.get_by_role("navigation", name="Lanes")
    expect(tabs.get_by_role("link", name=re.compile("New"))).to_have_attribute("aria-current", "true")
    tabs.get_by_role("link", name=re.compile("In talks")).click()
    expect(tabs.get_by_role("link", name=re.compile("In talks"))).to_have_attribute("aria-current", "true")
    expect(phone.locator("#lane-talk")).to_be_in_viewport(ratio=0.1)
    expect(phone.locator("#lane-new")).not_to_be_in_viewport()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_type_is_accessible(chromium: object, live: Live, theme: str) -> None:
    make(live, name="Seen", stage="new", begins="2026-03-04", meets="2026-03-04T09:00:00+00:00")
    context = chromium.new_context(base_url=live.url, viewport={"width": 1280, "height": 800})  # type: ignore[attr-defined]
    page = open_live(context, live, live.ann, theme=theme)
    for view in ("board", "calendar", "calendar&span=week", "meetings&span=agenda", "gallery", "plan", "tree"):
        page.goto(f"/records/deal?view=deal_{view}")
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'], preload: false})")
        assert [(v["id"], [n["html"][:160] for n in v["nodes"][:2]]) for v in found["violations"]] == [], view
    assert_clean(page)
    context.close()


def ranks(live: Live) -> list[str]:
    """Return the open chores in the order of their numbers."""
    with live.platform.read() as uow:
        asked = Ask(["state == 'open'"], sort=["rank"], fields=["name"])
        return [str(r["name"]) for r in page_of(uow, system_context(), uow.model.get_entity("chore"), asked).records]


def to_the_top(page: Page, card: Locator, lane: Locator) -> None:
    """Carry a card with the mouse to the top of a lane, until its place is made there."""
    box = card.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + box["height"] - 6)
    page.mouse.down()
    for _ in range(30):
        top = lane.bounding_box()
        assert top is not None
        page.mouse.move(top["x"] + 60, top["y"] + 4, steps=5)
        page.wait_for_timeout(80)
        if lane.locator(".board-card:not(.board-flying)").first.get_attribute("id") == card.first.get_attribute("id"):
            break
    page.mouse.up()


def test_cards_are_ordered_by_hand_with_mouse_and_keys(desk: Page, live: Live) -> None:
    publish(live, *chores({"type": "integer"}))
    with live.platform.write() as uow:
        entity = uow.model.get_entity("chore")
        _, second, third = (writing.create(uow, Context(live.ann), entity, {"name": f"Chore {n}", "state": "open", "rank": n}) for n in (1, 2, 3))
    desk.goto("/records/chore?view=chores")
    to_the_top(desk, desk.locator(f"#card-{third}"), desk.locator("#lane-open [data-cards]"))
    expect(desk.locator("#lane-open .board-card h3")).to_have_text(["Chore 3", "Chore 1", "Chore 2"])
    wait_for(desk, lambda: ranks(live), ["Chore 3", "Chore 1", "Chore 2"])
    expect(desk.locator("#announce")).to_have_text("Chore 3: open, 1 of 3")
    desk.locator(f"#card-{third}").focus()
    for key in ("Space", "ArrowDown", "ArrowDown", "Space"):
        desk.keyboard.press(key)
    wait_for(desk, lambda: ranks(live), ["Chore 1", "Chore 2", "Chore 3"])
    expect(desk.locator(f"#card-{third}")).to_be_focused()
    for key in ("Space", "ArrowUp", "Escape"):
        desk.keyboard.press(key)
    expect(desk.locator("#lane-open .board-card h3")).to_have_text(["Chore 1", "Chore 2", "Chore 3"])
    # The numbers of the others may have changed meanwhile: they move as well, at once.
    desk.locator(f"#card-{second}").focus()
    for key in ("Space", "ArrowUp", "Space"):
        desk.keyboard.press(key)
    wait_for(desk, lambda: ranks(live), ["Chore 2", "Chore 1", "Chore 3"])
    desk.reload()
    expect(desk.locator("#lane-open .board-card h3")).to_have_text(["Chore 2", "Chore 1", "Chore 3"])

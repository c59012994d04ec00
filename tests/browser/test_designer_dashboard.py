"""The designers of dashboards and widgets in the browser: tiles by mouse, by keys and by finger, and a widget built from nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tenon.engine.context import Context
from tenon.engine.records import writing
from tests.browser.carrying import settle
from tests.browser.conftest import AXE, Live, assert_clean, open_live
from tests.browser.designing import discard, drafted, partner, publish, wait_for

pytestmark = pytest.mark.browser
COUNT = {"name": "count", "label": {"en": "Crews", "zh": "班组数"}, "expr": "count()"}
WORTH = {"name": "worth", "label": {"en": "Worth", "zh": "价值"}, "expr": "sum(worth)"}
ROWS = [{"name": "Anna", "level": "gold", "worth": 100}, {"name": "Bo", "level": "silver", "worth": 30}, {"name": "Cy", "level": "silver", "worth": 20}]


def widget(name: str, type: str, **query: Any) -> dict[str, Any]:
    """Return a widget about the crews."""
    label = {"en": f"Crews {name.removeprefix('crew_')}", "zh": "班组"}
    return {"kind": "widget", "name": name, "label": label, "type": type, "query": {"entity": "crew", "measures": [COUNT], **query}}


BOARD: dict[str, Any] = {
    "kind": "dashboard", "name": "crews", "label": {"en": "All crews", "zh": "全部班组"}, "layout": [
        {"widget": "crew_total", "x": 0, "y": 0, "w": 3, "h": 2}, {"widget": "crew_chart", "x": 3, "y": 0, "w": 6, "h": 4}, {"widget": "crew_worth", "x": 0, "y": 4, "w": 6, "h": 3},
    ],
}  # fmt: skip


@pytest.fixture
def board(live: Live) -> Iterator[str]:
    with live.platform.read() as uow:
        is_there = "crew" in uow.model.entities
    if not is_there:
        publish(
            live, partner("crew"), widget("crew_total", "number"), widget("crew_chart", "bar", group_by=["level"]), widget("crew_worth", "table", group_by=["level"], measures=[WORTH]),
            BOARD,
        )
        with live.platform.write() as uow:
            for row in ROWS:
                writing.create(uow, Context(live.ann), uow.model.get_entity("crew"), row)
    yield "/design/dashboard/crews"
    discard(live)


def laid(live: Live) -> dict[str, tuple[int, ...]]:
    """Where the tiles lie in the draft."""
    return {t["widget"]: (t["x"], t["y"], t["w"], t["h"]) for t in drafted(live, "dashboard", "crews")["layout"]}


def tile(page: Page, name: str) -> Locator:
    return page.locator("#tile-grid > [data-item]", has=page.get_by_role("heading", name=name, exact=True))


def drag(page: Page, handle: Locator, columns: float, rows: float) -> None:
    """Carry a handle over so many columns and rows of the grid."""
    expect(page.locator("#designer.busy")).to_have_count(0)
    expect(handle).to_be_visible()
    box, grid = handle.bounding_box(), page.locator("#tile-grid").bounding_box()
    assert box is not None
    assert grid is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + columns * (grid["width"] + 16) / 12, y + rows * 68, steps=12)
    page.mouse.up()


def test_tiles_show_what_there_is_today(desk: Page, live: Live, board: str) -> None:
    desk.goto("/dashboards/crews")
    desk.get_by_role("link", name="Edit layout").click()
    expect(desk).to_have_url(f"{live.url}{board}")
    expect(tile(desk, "Crews total").locator(".kpi-value")).to_have_text("3")
    expect(tile(desk, "Crews chart").locator("tn-chart svg")).to_be_visible()
    expect(tile(desk, "Crews worth")).to_contain_text("silver")


def test_a_tile_is_moved_and_resized_by_mouse(desk: Page, live: Live, board: str) -> None:
    desk.goto(board)
    expect(tile(desk, "Crews chart").locator("tn-chart svg")).to_be_visible()
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url) if "/picture" in request.url else None)
    drag(desk, tile(desk, "Crews total").locator(".widget-head"), 1, 4)
    wait_for(desk, lambda: laid(live)["crew_total"], (1, 4, 3, 2))
    assert laid(live) == {"crew_total": (1, 4, 3, 2), "crew_chart": (3, 0, 6, 4), "crew_worth": (0, 6, 6, 3)}
    drag(desk, tile(desk, "Crews chart").locator("[data-size]"), 2, 1)
    wait_for(desk, lambda: laid(live)["crew_chart"], (3, 0, 8, 5))
    assert laid(live)["crew_total"] == (1, 5, 3, 2)
    expect(tile(desk, "Crews chart").locator("tn-chart svg")).to_be_visible()
    assert asked == []
    desk.keyboard.press("Control+z")
    wait_for(desk, lambda: laid(live)["crew_chart"], (3, 0, 6, 4))
    desk.keyboard.press("Control+z")
    wait_for(desk, lambda: laid(live)["crew_total"], (0, 0, 3, 2))
    desk.get_by_role("button", name="Redo").click()
    wait_for(desk, lambda: laid(live)["crew_total"], (1, 4, 3, 2))


def test_a_carried_tile_goes_back_with_escape(desk: Page, live: Live, board: str) -> None:
    desk.goto(board)
    box = tile(desk, "Crews total").locator(".widget-head").bounding_box()
    assert box
    desk.mouse.move(box["x"] + 20, box["y"] + 20)
    desk.mouse.down()
    desk.mouse.move(box["x"] + 200, box["y"] + 200, steps=6)
    expect(desk.locator(".tile-ghost")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator(".tile-ghost")).to_have_count(0)
    desk.mouse.up()
    assert laid(live)["crew_total"] == (0, 0, 3, 2)


def test_a_tile_is_moved_and_resized_by_keys(desk: Page, live: Live, board: str) -> None:
    desk.goto(board)
    tile(desk, "Crews total").focus()
    desk.keyboard.press("ArrowDown")
    wait_for(desk, lambda: laid(live)["crew_total"], (0, 1, 3, 2))
    expect(desk.locator("#announce")).to_have_text("Column 1, row 2, 3 wide, 2 high")
    expect(tile(desk, "Crews total")).to_be_focused()
    for _ in range(3):
        desk.keyboard.press("Shift+ArrowDown")
    wait_for(desk, lambda: laid(live), {"crew_total": (0, 1, 3, 5), "crew_chart": (3, 0, 6, 4), "crew_worth": (0, 6, 6, 3)})
    desk.keyboard.press("Shift+ArrowLeft")
    wait_for(desk, lambda: laid(live)["crew_total"], (0, 1, 2, 5))
    desk.keyboard.press("ArrowRight")
    wait_for(desk, lambda: laid(live)["crew_total"], (1, 1, 2, 5))
    tile(desk, "Crews worth").focus()
    desk.keyboard.press("ArrowUp")
    wait_for(desk, lambda: laid(live)["crew_worth"][1] < laid(live)["crew_total"][1], True)
    expect(tile(desk, "Crews worth")).to_be_focused()
    desk.keyboard.press("Delete")
    wait_for(desk, lambda: sorted(laid(live)), ["crew_chart", "crew_total"])
    desk.keyboard.press("Control+z")
    wait_for(desk, lambda: sorted(laid(live)), ["crew_chart", "crew_total", "crew_worth"])


def test_a_tile_is_moved_and_resized_by_pressing_buttons(desk: Page, live: Live, board: str) -> None:
    desk.goto(board)
    tile(desk, "Crews worth").click()
    desk.get_by_role("button", name="Move right").click()
    wait_for(desk, lambda: laid(live)["crew_worth"], (1, 4, 6, 3))
    expect(desk.get_by_role("button", name="Move right")).to_be_focused()
    desk.get_by_role("button", name="Wider").click()
    wait_for(desk, lambda: laid(live)["crew_worth"], (1, 4, 7, 3))
    desk.get_by_role("button", name="Move up").click()
    wait_for(desk, lambda: laid(live)["crew_worth"][1] < laid(live)["crew_chart"][1], True)


def test_a_saved_widget_and_a_filter_are_put_on_it(desk: Page, live: Live, board: str) -> None:
    desk.goto(board)
    desk.locator("#design-palette").get_by_role("button", name="Crews total").click()
    wait_for(desk, lambda: len(drafted(live, "dashboard", "crews")["layout"]), 4)
    added = drafted(live, "dashboard", "crews")["layout"][3]
    assert {k: added[k] for k in ("widget", "x", "y", "w", "h")} == {"widget": "crew_total", "x": 9, "y": 0, "w": 3, "h": 2}
    desk.locator("#design-palette").get_by_role("button", name="Level").click()
    wait_for(desk, lambda: [f["field"] for f in drafted(live, "dashboard", "crews").get("filters", ())], ["level"])
    desk.locator("#design-panel").get_by_label("Label (English)").fill("Rank")
    wait_for(desk, lambda: drafted(live, "dashboard", "crews")["filters"][0].get("label"), {"en": "Rank"})


def test_a_widget_from_the_palette_lies_where_it_is_let_go(desk: Page, live: Live, board: str) -> None:
    desk.goto(board)
    widget = desk.locator("#design-palette").get_by_role("button", name="Crews total")
    widget.hover()  # other tests have widgets, too: it may have to be scrolled to
    desk.locator("#designer[data-wired]").wait_for()
    source, grid = widget.bounding_box(), desk.locator("#tile-grid").bounding_box()
    assert source is not None
    assert grid is not None
    desk.mouse.move(source["x"] + 20, source["y"] + 10)
    desk.mouse.down()
    for _ in range(4):
        desk.mouse.move(grid["x"] + grid["width"] / 8, grid["y"] + 20, steps=8)
        settle(desk)
    desk.mouse.up()
    wait_for(desk, lambda: len(drafted(live, "dashboard", "crews")["layout"]), 4)
    added = drafted(live, "dashboard", "crews")["layout"]
    assert [(t["widget"], t["x"], t["y"]) for t in added] == [("crew_total", 0, 2), ("crew_chart", 3, 0), ("crew_worth", 0, 4), ("crew_total", 0, 0)]


def test_a_tile_is_moved_and_resized_with_a_finger(chromium: Browser, live: Live, board: str) -> None:
    context = chromium.new_context(base_url=live.url, viewport={"width": 1180, "height": 820}, has_touch=True)
    page = open_live(context, live, live.ann)
    page.goto(board)
    touch = context.new_cdp_session(page)
    for handle, columns, rows, place in ((".widget-head", 0, 7, (0, 7, 3, 2)), ("[data-size]", 1, 1, (0, 7, 4, 3))):
        expect(page.locator("#designer.busy")).to_have_count(0)
        locator = tile(page, "Crews total").locator(handle)
        locator.scroll_into_view_if_needed()
        box, grid = locator.bounding_box(), page.locator("#tile-grid").bounding_box()
        assert box is not None
        assert grid is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for share in (0.3, 0.6, 1.0):
            point = {"x": x + share * columns * (grid["width"] + 16) / 12, "y": y + share * rows * 68}
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        wait_for(page, lambda place=place: laid(live)["crew_total"], place)  # type: ignore[misc]
    assert_clean(page)
    context.close()


def test_a_widget_is_built_from_nothing(desk: Page, live: Live, board: str) -> None:
    desk.goto(board)
    desk.get_by_role("button", name="New widget").click()
    dialog = desk.locator("#new-widget")
    dialog.get_by_label("Name").fill("Worth by level")
    dialog.get_by_label("Records of").select_option("crew")
    dialog.get_by_text("Number", exact=True).click()
    dialog.get_by_role("button", name="Make it").click()
    expect(desk).to_have_url(f"{live.url}/design/widget/worth_by_level")
    expect(desk.locator(".asked-preview .kpi-value")).to_have_text("3")
    expect(desk.locator("#type-pie")).to_contain_text("Needs exactly one group.")
    expect(desk.locator("#type-pie")).to_be_disabled()

    def made() -> dict[str, Any]:
        return drafted(live, "widget", "worth_by_level")

    desk.locator("#design-palette").get_by_role("button", name="Level").click()
    wait_for(desk, lambda: [g["field"] for g in made()["query"].get("group_by", ())], ["level"])
    desk.locator("#type-bar").click()
    wait_for(desk, lambda: made()["type"], "bar")
    expect(desk.locator(".asked-preview tn-chart svg")).to_be_visible()
    desk.locator("#design-canvas [data-group='measure']").click()
    desk.locator("#design-panel").get_by_label("Calculate").select_option(label="Sum")
    wait_for(desk, lambda: [(m["expr"], m["label"]["en"]) for m in made()["query"]["measures"]], [("sum(worth)", "Worth")])
    desk.get_by_role("button", name="Add a condition").click()
    builder = desk.locator("#condition-dialog")
    builder.get_by_role("button", name="Add condition").click()
    desk.locator(".picker").get_by_text("Level", exact=True).click()
    builder.get_by_text("silver").click()
    expect(builder.locator("[data-result]")).to_contain_text("silver")
    builder.get_by_role("button", name="Use it").click()
    wait_for(desk, lambda: made()["query"].get("filter"), "level in ['silver']")
    desk.get_by_role("button", name="View as table").click()
    expect(desk.locator(".asked-preview table")).to_contain_text("50")
    desk.get_by_role("button", name="All of them").click()
    wait_for(desk, lambda: made()["query"].get("filter"), None)
    expect(desk.locator(".asked-preview table")).to_contain_text("100")
    desk.locator("#design-canvas").get_by_role("link", name="All crews").click()
    expect(tile(desk, "Worth by level").locator("tn-chart svg")).to_be_visible()
    assert laid(live)["worth_by_level"] == (9, 0, 3, 2)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/design/dashboard/crews", "/design/widget/crew_chart"])
def test_everybody_can_use_them(desk: Page, live: Live, board: str, path: str, theme: str) -> None:
    desk.context.add_cookies([{"name": "tenon_theme", "value": theme, "url": live.url}])
    desk.goto(path)
    expect(desk.locator("tn-chart svg").first).to_be_visible()
    desk.locator("#design-canvas [data-item]").last.click()
    expect(desk.locator("#design-panel").get_by_role("button", name="Remove")).to_be_visible()
    desk.evaluate(AXE.read_text())
    found = desk.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []


def test_a_phone_has_one_column(phone: Page, live: Live, board: str) -> None:
    phone.goto(board)
    first, second = (tile(phone, name).bounding_box() for name in ("Crews total", "Crews chart"))
    assert first is not None
    assert second is not None
    assert first["width"] == second["width"]
    assert first["y"] + first["height"] <= second["y"]
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.goto("/dashboards/crews")
    expect(phone.get_by_role("heading", name="All crews")).to_be_visible()
    expect(phone.get_by_text("Edit layout")).to_be_hidden()
    phone.goto("/design/widget/crew_chart")
    expect(phone.locator(".asked-preview")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

"""Every designer by mouse and by keys up to the page that people see: what was moved or put in is stored, published and shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tenon.engine.context import Context
from tenon.engine.query.pages import Ask, page as page_of
from tenon.engine.records.writing import create
from tests.browser.conftest import Live
from tests.browser.designing import carry, discard, drafted, partner, publish, slide, wait_for

pytestmark = pytest.mark.browser
WAYS = pytest.mark.parametrize("way", ["mouse", "keys"])
LABEL = {"en": "Guild", "zh": "行会"}
ENTITY = partner("guild")
FORM: dict[str, Any] = {
    "kind": "form", "name": "guild_form", "label": LABEL, "entity": "guild",
    "sections": [{"label": {"en": "Basics"}, "columns": 1, "items": [{"field": "name"}, {"field": "city"}, {"field": "level"}]}],
}  # fmt: skip
VIEW: dict[str, Any] = {
    "kind": "view", "name": "guild_list", "label": {"en": "Guilds"}, "entity": "guild", "columns": [{"field": "name"}, {"field": "city"}, {"field": "level"}],
}  # fmt: skip
PAGE: dict[str, Any] = {
    "kind": "page", "name": "guild_page", "label": LABEL, "entity": "guild", "header": {"facts": ["city"]}, "tabs": [
        {"label": {"en": "First"}, "blocks": [{"type": "fields"}]}, {"label": {"en": "Second"}, "blocks": [{"type": "history"}]},
    ],
}  # fmt: skip
APP: dict[str, Any] = {
    "kind": "app", "name": "guild_work", "label": {"en": "Guild work"}, "menu": [
        {"label": {"en": "Daily guild"}, "items": [{"view": "guild_list", "label": {"en": "Guilds to see"}}]},
        {"label": {"en": "Rest of it"}, "items": [{"dashboard": "guild_board", "label": {"en": "Guild figures"}}]},
    ],
}  # fmt: skip
WIDGETS: list[dict[str, Any]] = [
    {
        "kind": "widget", "name": name, "type": "table", "label": {"en": label},
        "query": {"entity": "guild", "group_by": ["level"], "measures": [{"name": "n", "expr": "count()", "label": {"en": "How many"}}]},
    }
    for name, label in (("guild_one", "First figures"), ("guild_two", "Second figures"))
]  # fmt: skip
BOARD: dict[str, Any] = {
    "kind": "dashboard", "name": "guild_board", "label": {"en": "Guild figures"},
    "layout": [{"widget": "guild_one", "x": 0, "y": 0, "w": 4, "h": 3}, {"widget": "guild_two", "x": 4, "y": 0, "w": 4, "h": 3}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def guilds(live: Live) -> Iterator[None]:
    """The documents as they begin, and a draft that nobody keeps."""
    discard(live)
    publish(live, ENTITY, FORM, VIEW, PAGE, *WIDGETS, BOARD, APP)
    with live.platform.write() as uow:
        if not page_of(uow, Context(live.ann), uow.model.get_entity("guild"), Ask(fields=["id"], limit=1)).records:
            create(uow, Context(live.ann), uow.model.get_entity("guild"), {"name": "Masons", "level": "gold"})
    yield
    discard(live)


def go_live(page: Page) -> None:
    """Publish as people do."""
    page.get_by_role("link", name="Review and publish").click()
    for box in page.get_by_role("list", name="What happens to the data").get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Published.")


def canvas(page: Page, group: str, text: str) -> Locator:
    return page.locator(f"#design-canvas [data-group='{group}']", has_text=text).first


def press(page: Page, what: Locator, key: str) -> None:
    """Press a key on something of the canvas once the designer listens."""
    page.locator("#designer").wait_for()
    what.focus()
    page.keyboard.press(key)


@WAYS
def test_a_field_of_an_entity(desk: Page, live: Live, way: str) -> None:
    desk.goto("/design/entity/guild")
    rating = desk.locator("#design-palette").get_by_role("button", name="Rating", exact=True)
    if way == "mouse":
        carry(desk, rating, canvas(desk, "field", "City"), dy=8)
    else:
        press(desk, rating, "Enter")
    wait_for(desk, lambda: sorted(f["type"] for f in drafted(live, "entity", "guild")["fields"]), ["choice", "money", "rating", "text", "text"])
    name = next(f["name"] for f in drafted(live, "entity", "guild")["fields"] if f["type"] == "rating")
    go_live(desk)
    desk.goto(f"/records/guild?columns=name&columns={name}")
    expect(desk.locator("thead")).to_contain_text("Rating")


@WAYS
def test_a_field_of_a_form(desk: Page, live: Live, way: str) -> None:
    desk.goto("/design/form/guild_form")
    if way == "mouse":
        carry(desk, canvas(desk, "field", "Level"), canvas(desk, "field", "Name"), dy=-8)
    else:
        press(desk, canvas(desk, "field", "Level"), "Alt+ArrowUp")
    wait_for(desk, lambda: fields(live).index("level") < fields(live).index("city"), True)
    expected = fields(live)
    go_live(desk)
    desk.goto("/records/guild/new")
    expect(desk.locator("#main form [name]:is(input[type=text], select):visible").first).to_be_visible()
    shown = desk.locator("[id^='field-']:visible").evaluate_all("all => all.map((each) => each.id.slice(6))")
    assert [name for name in shown if name in expected] == expected


def fields(live: Live) -> list[str]:
    return [i["field"] for i in drafted(live, "form", "guild_form")["sections"][0]["items"]]


@WAYS
def test_a_column_of_a_view(desk: Page, live: Live, way: str) -> None:
    desk.goto("/design/view/guild_list")
    level = desk.locator("#design-canvas [data-group='column']", has=desk.locator(".column-head", has_text="Level"))
    if way == "mouse":
        slide(desk, level, desk.locator("#design-canvas [data-group='column']", has=desk.locator(".column-head", has_text="City")))
    else:
        press(desk, level, "Alt+ArrowLeft")
    wait_for(desk, lambda: [c["field"] for c in drafted(live, "view", "guild_list")["columns"]], ["name", "level", "city"])
    go_live(desk)
    desk.goto("/records/guild?view=guild_list")
    heads = " ".join(desk.locator("thead th").all_inner_texts())
    assert re.search(r"Name.*Level.*City", heads, re.S), heads


@WAYS
def test_a_block_of_a_page(desk: Page, live: Live, way: str) -> None:
    desk.set_viewport_size({"width": 1440, "height": 1300})
    desk.goto("/design/page/guild_page")
    history = desk.locator("#design-canvas [data-group='block']", has=desk.locator(".page-block-head", has_text="History"))
    if way == "mouse":
        carry(desk, history.locator(".page-block-head"), desk.locator("#design-canvas [data-group='block']").first, dy=20)
    else:
        press(desk, history, "Alt+ArrowUp")
    wait_for(desk, lambda: [sorted(b["type"] for b in t["blocks"]) for t in drafted(live, "page", "guild_page")["tabs"]], [["fields", "history"], []])
    go_live(desk)
    desk.goto("/records/guild/new")
    desk.get_by_role("textbox", name="Name").fill(f"Guild by {way}")
    desk.get_by_role("button", name="Create", exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(f"Guild by {way}")
    expect(desk.locator("main").get_by_role("heading", name="History")).to_be_visible()


@WAYS
def test_an_entry_of_a_menu(desk: Page, live: Live, way: str) -> None:
    desk.goto("/design/app/guild_work")
    expect(canvas(desk, "entry", "Guild figures")).to_be_visible()
    if way == "mouse":
        carry(desk, canvas(desk, "entry", "Guild figures"), canvas(desk, "entry", "Guilds to see"), dy=8)
    else:
        press(desk, canvas(desk, "entry", "Guild figures"), "Alt+ArrowUp")
    menu = lambda: [sorted(i["label"]["en"] for i in g["items"]) for g in drafted(live, "app", "guild_work")["menu"]]  # noqa: E731
    wait_for(desk, menu, [["Guild figures", "Guilds to see"], []])
    go_live(desk)
    desk.goto("/")
    main = desk.get_by_role("navigation", name="Main")
    expect(main.get_by_role("heading", name="Daily guild")).to_be_visible()
    expect(main.get_by_role("link", name="Guild figures")).to_be_visible()
    expect(main.get_by_role("heading", name="Rest of it")).to_have_count(0)


@WAYS
def test_a_tile_of_a_dashboard(desk: Page, live: Live, way: str) -> None:
    desk.goto("/design/dashboard/guild_board")
    tile = desk.locator("#tile-grid > [data-item]", has=desk.get_by_role("heading", name="Second figures", exact=True))
    expect(tile).to_be_visible()
    if way == "mouse":
        desk.locator("#designer[data-wired], #tile-grid").first.wait_for()
        box, grid = tile.locator(".widget-head").bounding_box(), desk.locator("#tile-grid").bounding_box()
        assert box is not None
        assert grid is not None
        desk.mouse.move(box["x"] + 20, box["y"] + 16)
        desk.mouse.down()
        desk.mouse.move(box["x"] + 20 + grid["width"] / 6, box["y"] + 20, steps=10)
        desk.mouse.up()
    else:
        tile.focus()
        desk.keyboard.press("ArrowRight")
        wait_for(desk, lambda: place(live)["x"], 5)
        desk.keyboard.press("ArrowRight")
    wait_for(desk, lambda: place(live)["x"], 6)
    go_live(desk)
    desk.goto("/dashboards/guild_board")
    article = desk.get_by_role("article", name="Second figures", exact=True)
    expect(article).to_have_class(re.compile(r"\bgx-6\b"))


def place(live: Live) -> dict[str, int]:
    found: dict[str, int] = next(t for t in drafted(live, "dashboard", "guild_board")["layout"] if t["widget"] == "guild_two")
    return found


@WAYS
def test_a_measure_of_a_widget(desk: Page, live: Live, way: str) -> None:
    desk.goto("/design/widget/guild_one")
    worth = desk.locator("#design-palette").get_by_role("button", name="Worth", exact=True)
    if way == "mouse":
        carry(desk, worth, canvas(desk, "measure", "How many"), dy=8)
    else:
        press(desk, worth, "Enter")
    wait_for(desk, lambda: len(drafted(live, "widget", "guild_one")["query"]["measures"]), 2)
    go_live(desk)
    desk.goto("/dashboards/guild_board")
    expect(desk.get_by_role("article", name="First figures", exact=True).locator("thead")).to_contain_text("Worth")

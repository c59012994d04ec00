"""Forms as people use them: rows, steps, drafts, editors and records made on the way, by mouse, keyboard and thumb."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tenon.engine.context import Context, User, system_context
from tenon.engine.records.stored import load
from tenon.engine.releases import publish_documents
from tenon.platform import sessions
from tenon.platform.workspace import Platform
from tenon.server import build as build_app
from tests import form_world, world
from tests.browser.conftest import AXE, assert_clean, watch
from tests.browser.serving import Served, free_port
from tests.browser.test_access import objections

pytestmark = pytest.mark.browser


@dataclass
class Shop:
    """A workspace with forms being served, and Ann, who administers it."""

    url: str
    platform: Platform
    ann: User
    ids: dict[str, str]

    def stored(self, entity: str) -> list[dict[str, Any]]:
        """Return every living record of an entity, oldest first."""
        with self.platform.read() as uow:
            found = uow.model.get_entity(entity)
            ids = list(uow.connection.execute(select(uow.tables.of(found).c.id)).scalars())
            return [{**row, "id": i} for i, row in sorted(load(uow, found, ids).items())]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home, port = tmp_path_factory.mktemp("shop"), free_port()
    platform = world.open_empty(home, f"http://127.0.0.1:{port}")
    publish_documents(platform.publisher, system_context(), form_world.DOCUMENTS, note="forms")
    ann = world.add_person(platform, "ann@example.com", "Ann Lee", ["admin", "builder"])
    ids = form_world.fill(platform, ann)
    served = Served(build_app(platform), port)
    served.start()
    yield Shop(served.url, platform, ann, ids)
    served.stop()
    platform.close()


def open_page(chromium: Browser, shop: Shop, *, is_known: bool = True, language: str = "en", theme: str = "light", **options: Any) -> Page:
    context = chromium.new_context(base_url=shop.url, **options)
    cookies = {"tenon_theme": theme, "tenon_language": language}
    if is_known:
        with shop.platform.write() as uow:
            cookies["tenon_session"] = sessions.begin(uow.connection, Context(None), shop.ann.id).token
    return watch(context, shop.url, cookies)


@pytest.fixture
def page(chromium: Browser, shop: Shop) -> Iterator[Page]:
    made = open_page(chromium, shop, viewport={"width": 1280, "height": 900})
    yield made
    assert_clean(made)
    made.context.close()


@pytest.fixture
def thumb(chromium: Browser, shop: Shop) -> Iterator[Page]:
    made = open_page(chromium, shop, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield made
    assert_clean(made)
    made.context.close()


def fill_row(page: Page, key: str, **cells: str) -> None:
    for name, text in cells.items():
        page.locator(f'[id="in-lines.{key}.{name}"]').fill(text)


def test_rows_by_mouse_with_a_living_total(page: Page, shop: Shop) -> None:
    page.goto("/records/quote/new")
    page.locator("#in-name").fill("By mouse")
    fill_row(page, "n1", note="desk", quantity="3", price="1200.5")
    page.get_by_role("button", name="Add a row").click()
    second = page.locator('[id="in-lines.n2.note"]')
    expect(page.locator('[id="row-lines.n2"] .combobox input').first).to_be_attached()
    second.fill("chair")
    fill_row(page, "n2", quantity="2", price="100")
    page.locator('[id="in-lines.n2.price"]').press("Tab")
    expect(page.locator('[data-total="amount"]')).to_contain_text("3,801.5")
    expect(page.locator("#in-total")).to_contain_text("3,801.5")
    expect(page.locator('[id="in-lines.n1.price"]')).to_have_value("1,200.50")
    page.get_by_role("button", name="Remove Row 2").click()
    expect(page.locator('[id="row-lines.n2"]')).to_have_count(0)
    expect(page.locator("#in-total")).to_contain_text("3,601.5")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("By mouse")
    quote = next(q for q in shop.stored("quote") if q["name"] == "By mouse")
    lines = [row for row in shop.stored("quote_line") if row["quote"] == quote["id"]]
    assert [(row["note"], row["quantity"], row["price"]) for row in lines] == [("desk", Decimal(3), Decimal("1200.50"))]
    assert quote["total"] == Decimal("3601.50")


def test_rows_by_keyboard(page: Page, shop: Shop) -> None:
    page.goto(f"/records/quote/{shop.ids['quote']}/edit")
    last = page.locator(f'[id="in-lines.{shop.ids["two"]}.note"]')
    last.focus()
    page.keyboard.press("Enter")
    expect(page.locator('[id="in-lines.n1.product"]')).to_be_focused()
    page.locator('[id="in-lines.n1.note"]').focus()
    page.keyboard.type("three")
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("First")
    rows = {r["note"]: r["price"] for r in shop.stored("quote_line") if r["quote"] == shop.ids["quote"]}
    assert rows["three"] == Decimal(2)


def test_an_error_stands_at_its_cell_and_takes_the_focus(page: Page, shop: Shop) -> None:
    page.goto("/records/quote/new")
    page.locator("#in-name").fill("Wrong")
    fill_row(page, "n1", note="x", quantity="-4", price="10")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.locator('[id="in-lines.n1.quantity"]')).to_be_focused()
    expect(page.locator('[id="error-lines.n1.quantity"]')).to_be_visible()
    assert not [q for q in shop.stored("quote") if q["name"] == "Wrong"]
    vars(page)["wrongs"].clear()  # the browser notes the 422 itself


def test_steps_turn_and_hold(page: Page, shop: Shop) -> None:
    page.goto("/records/visit/new")
    page.locator("#in-subject").fill("Steps")
    page.locator("[data-next]").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("Where")
    expect(page.locator("#in-spot")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#error-spot")).to_be_visible()
    expect(page.locator("#in-spot")).to_be_focused()
    page.keyboard.type("Suzhou")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[aria-current=step]")).to_contain_text("Confirm")
    page.get_by_role("button", name="Back").click()
    expect(page.locator("#in-spot")).to_have_value("Suzhou")
    page.locator("[data-next]").click()
    page.get_by_label("Sure?").get_by_role("switch").check()
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page).to_have_url(re.compile("/records/visit/[0-9a-f-]{36}"))
    assert [(v["subject"], v["spot"], v["origin"]) for v in shop.stored("visit") if v["subject"] == "Steps"] == [("Steps", "Suzhou", "plan")]


def test_another_form_keeps_what_was_typed(page: Page) -> None:
    page.goto("/records/visit/new")
    page.locator("#in-subject").fill("Kept")
    page.get_by_role("radio", name="Quick note").check(force=True)
    expect(page.locator("#in-day")).to_be_visible()
    expect(page.locator("#in-subject")).to_have_value("Kept")
    day = page.locator("#in-day")
    day.focus()
    day.press("t")
    expect(day).to_have_value("2026-03-02")
    day.press("+")
    expect(day).to_have_value("2026-03-03")


def test_a_draft_survives_a_reload_and_the_end_of_the_session(page: Page, shop: Shop) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/records/quote/new")
    page.locator("#in-name").fill("Half done")
    fill_row(page, "n1", note="kept", quantity="2", price="9")
    page.wait_for_timeout(900)
    page.reload()
    expect(page.locator("#draft-note")).to_contain_text("Restore your draft from")
    page.get_by_role("button", name="Restore").click()
    expect(page.locator("#in-name")).to_have_value("Half done")
    expect(page.locator('[id="in-lines.n1.note"]')).to_have_value("kept")
    page.wait_for_load_state("networkidle")
    [session] = [each for each in page.context.cookies() if each["name"] == "tenon_session"]
    page.context.add_cookies([{**session, "value": "of a session that ended"}])  # type: ignore[list-item]
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.locator(".alert")).to_contain_text("Your session has ended.")
    page.context.add_cookies([session])  # type: ignore[list-item]
    page.reload()  # somebody who is signed in goes on to where they were
    page.get_by_role("button", name="Restore").click()
    page.context.set_offline(True)
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Nothing was sent")
    page.context.set_offline(False)
    expect(page.locator("#in-name")).to_have_value("Half done")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Half done")
    page.goto("/records/quote/new")
    expect(page.locator("#draft-note")).to_be_hidden()
    assert [q for q in shop.stored("quote") if q["name"] == "Half done"]


def test_a_record_is_made_on_the_way_and_choices_narrow(page: Page, shop: Shop) -> None:
    page.goto("/records/quote/new")
    page.locator("#in-name").fill("On the way")
    page.get_by_label("Family").select_option("hard")
    box = page.get_by_role("combobox", name="Main product")
    box.click()
    expect(page.locator("#list-lead_product [data-value]")).to_have_count(1)
    expect(page.locator("#list-lead_product")).to_contain_text("Router")
    box.press_sequentially("Switch")
    expect(page.locator("#list-lead_product .create")).to_contain_text("Switch")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="New: Product")
    expect(dialog.get_by_label("Name")).to_have_value("Switch")
    dialog.get_by_label("Family").select_option("hard")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#field-lead_product .chip")).to_contain_text("Switch")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("On the way")
    made = next(p for p in shop.stored("product") if p["name"] == "Switch")
    assert next(q for q in shop.stored("quote") if q["name"] == "On the way")["lead_product"] == made["id"]


def test_text_that_is_no_choice_is_not_lost_without_a_word(page: Page, shop: Shop) -> None:
    page.goto("/records/quote/new")
    page.locator("#in-name").fill("Chosen by Tab")
    box = page.get_by_role("combobox", name="Main product")
    box.click()
    box.press_sequentially("rout")
    expect(page.locator("#list-lead_product [data-value]")).to_have_count(1)
    expect(page.locator("#list-lead_product")).to_contain_text("Router")
    page.keyboard.press("Tab")
    expect(page.locator("#field-lead_product .chip")).to_contain_text("Router")
    page.get_by_label("Remove Router").click()
    box.press_sequentially("zzz")
    expect(page.locator("#list-lead_product [data-value]")).to_have_count(0)
    page.get_by_role("button", name="Create", exact=True).click()
    expect(box).to_be_focused()
    assert box.evaluate("(input) => input.validationMessage") == "Choose from the list, or empty this."
    assert not [q for q in shop.stored("quote") if q["name"] == "Chosen by Tab"]
    box.fill("")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chosen by Tab")
    assert next(q for q in shop.stored("quote") if q["name"] == "Chosen by Tab")["lead_product"] is None


def test_editors_tags_stars_and_pictures(page: Page, shop: Shop) -> None:
    page.goto("/records/quote/new")
    page.locator("#in-name").fill("Rich")
    page.get_by_role("textbox", name="Marks").press_sequentially("big, red")
    page.keyboard.press("Enter")
    expect(page.locator("#field-marks .chip")).to_have_count(2)
    page.locator("#field-marks .chip").first.click()
    expect(page.locator("#field-marks .chip")).to_have_count(1)
    page.get_by_role("radio", name="4").check(force=True)
    editor = page.get_by_role("textbox", name="Terms")
    editor.click()
    page.get_by_role("button", name="Bold").click()
    page.keyboard.type("Pay soon")
    page.get_by_role("button", name="Bold").click()
    page.get_by_role("button", name="Link").click()
    page.get_by_label("Address of the link").fill("example.com/terms")
    page.keyboard.press("Enter")
    page.locator("#in-picture").set_input_files({"name": "dot.png", "mimeType": "image/png", "buffer": DOT})
    expect(page.locator(".file-preview img")).to_be_visible()
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rich")
    quote = next(q for q in shop.stored("quote") if q["name"] == "Rich")
    assert (quote["marks"], quote["score"]) == (("red",), 4)
    assert "<b>Pay soon" in quote["terms"]
    assert 'href="https://example.com/terms"' in quote["terms"]
    assert quote["picture"]


def test_rows_are_cards_on_a_phone(thumb: Page, shop: Shop) -> None:
    thumb.goto("/records/quote/new")
    thumb.locator("#in-name").fill("By thumb")
    fill_row(thumb, "n1", note="phone", quantity="1", price="7")
    assert thumb.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = thumb.locator('[id="in-lines.n1.price"]').bounding_box()
    assert box
    assert box["height"] >= 44
    save = thumb.get_by_role("button", name="Create", exact=True)
    place = save.bounding_box()
    assert place
    assert place["y"] + place["height"] <= 844
    save.tap()
    expect(thumb.get_by_role("heading", level=1)).to_have_text("By thumb")
    assert [q for q in shop.stored("quote") if q["name"] == "By thumb"]


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_stranger_fills_in_a_public_form(chromium: Browser, shop: Shop, has_scripts: bool) -> None:
    page = open_page(chromium, shop, is_known=False, viewport={"width": 390, "height": 844}, java_script_enabled=has_scripts)
    name = f"Stranger {has_scripts}"
    page.goto("/f/contact-us")
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(f"s{has_scripts}@example.com")
    page.get_by_label("You are").select_option("company")
    if not has_scripts:
        page.get_by_role("button", name="Send").click()
    page.get_by_label("Company").fill("Stranger Ltd")
    page.get_by_label("I agree to be contacted").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    [lead] = [row for row in shop.stored("lead") if row["name"] == name]
    assert (lead["company"], lead["consent"], lead["channel"]) == ("Stranger Ltd", True, "web")
    if has_scripts:
        assert_clean(page)
    page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_forms_are_accessible(chromium: Browser, shop: Shop, theme: str, language: str) -> None:
    page = open_page(chromium, shop, theme=theme, language=language, viewport={"width": 1280, "height": 900})
    for url in (f"/records/quote/{shop.ids['quote']}/edit", "/records/visit/new", "/f/contact-us", "/f/contact-us/thanks"):
        page.goto(url)
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'], preload: false})")
        assert [(v["id"], v["nodes"][0]["html"][:160]) for v in found["violations"]] == [], url
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url
        page.set_viewport_size({"width": 1280, "height": 900})
    assert_clean(page)
    page.goto("/f/contact-us")
    page.locator("[data-save]").click()
    expect(page.locator("#in-name")).to_be_focused()  # what is wrong takes the focus
    assert objections(page) == []
    page.context.close()


DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f0005000180a4a6b8ad0000000049454e44ae426082"
)


def test_a_picture_survives_what_was_wrong(page: Page, shop: Shop) -> None:
    page.goto("/records/quote/new")
    page.locator("#in-name").fill("Pictured")
    page.locator("#in-discount").fill("much")
    page.locator("#in-picture").set_input_files({"name": "dot.png", "mimeType": "image/png", "buffer": DOT})
    page.get_by_role("button", name="Create", exact=True).click()
    kept = page.get_by_role("checkbox", name="dot.png")
    expect(kept).to_be_checked()
    vars(page)["wrongs"].clear()  # the browser notes the 422 itself
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'], preload: false})")
    assert [v["id"] for v in found["violations"]] == []
    page.locator("#in-discount").fill("5")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pictured")
    assert next(q for q in shop.stored("quote") if q["name"] == "Pictured")["picture"]

"""The record page people live in: why a score fell, what to do next, tasks, comments, files, the timeline; by mouse, keyboard and on a phone."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tenon.engine.context import Context, User
from tenon.engine.query.pages import Ask, page as page_of
from tenon.engine.records.stored import load
from tenon.platform import sessions
from tenon.server import build
from tests.browser.conftest import assert_clean, watch
from tests.browser.serving import Served, free_port
from tests.browser.test_access import objections, unfold
from tests.record_world import RecordWorld

pytestmark = pytest.mark.browser
PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@dataclass
class Studio:
    """A served workspace with a customer whose health fell."""

    url: str
    world: RecordWorld

    @property
    def one(self) -> str:
        """The address of the customer's page."""
        return f"/records/customer/{self.world.customer}"

    def stored(self, entity: str, id: str) -> dict[str, Any]:
        """Return a record as it is stored."""
        with self.world.platform.read() as uow:
            return load(uow, uow.model.get_entity(entity), [id]).get(id, {})

    def listed(self, entity: str, *fields: str) -> list[dict[str, Any]]:
        """Return the newest records of an entity."""
        with self.world.platform.read() as uow:
            asked = Ask(fields=list(fields) or None)
            return page_of(uow, Context(self.world.ann), uow.model.get_entity(entity), asked).records

    def open(self, context: BrowserContext, user: User, language: str = "en", theme: str = "light") -> Page:
        """Open a page of somebody."""
        with self.world.platform.write() as uow:
            token = sessions.begin(uow.connection, Context(None), user.id).token
        return watch(context, self.url, {"tenon_session": token, "tenon_language": language, "tenon_theme": theme})


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """The workspace of these tests."""
    port = free_port()
    world = RecordWorld(tmp_path_factory.mktemp("studio"), f"http://127.0.0.1:{port}")
    world.fall()
    served = Served(build(world.platform), port)
    served.start()
    yield Studio(served.url, world)
    served.stop()
    world.platform.close()


@pytest.fixture
def ann(chromium: Browser, studio: Studio) -> Iterator[Page]:
    """Ann at her desk."""
    context = chromium.new_context(base_url=studio.url, viewport={"width": 1440, "height": 900})
    page = studio.open(context, studio.world.ann)
    yield page
    assert_clean(page)
    context.close()


def test_three_clicks_from_home_to_what_a_red_customer_lost(ann: Page, studio: Studio) -> None:
    ann.goto("/")
    ann.get_by_role("navigation", name="Main").get_by_role("link", name="All customers").click()
    ann.wait_for_load_state("load")  # before its script is there a link leads to the whole page
    ann.get_by_role("link", name="创科科技 Chuangke").first.click()
    expect(glance := ann.get_by_role("dialog", name="At a glance")).to_contain_text("Weekly active users−15")
    glance.get_by_role("link", name=re.compile("^Health: 45")).click()  # the third click: all of it
    card = ann.locator("#score-health")
    expect(card).to_contain_text("45")
    down = card.locator(".reasons.down")
    expect(down).to_contain_text("Weekly active users−15")
    expect(down).to_contain_text("Team content used in 30 days−15")
    expect(card.locator(".changes li").nth(0)).to_contain_text("Team content used in 30 days15 → 0")
    expect(card.locator(".changes li").nth(1)).to_contain_text("Weekly active users22 → 10")
    expect(card.locator(".changes-sum")).to_contain_text("72 → 45 −27")
    down.get_by_role("link", name="Weekly active users").click()
    expect(card.locator("#measure-weekly_active")).to_contain_text("12%")


def test_the_head_says_how_it_stands(ann: Page, studio: Studio) -> None:
    ann.goto(studio.one)
    badge = ann.locator(".score-badge")
    expect(badge).to_contain_text("At risk")
    expect(badge).to_contain_text("−27 in 14 days")
    expect(badge).to_contain_text("2026-02-16 → 2026-03-02")
    expect(badge.locator(".mini-trend")).to_be_visible()
    assert [t.strip() for t in ann.locator(".record-title .quick-action").all_inner_texts()] == ["Comment", "Task", "Log activity"]


def test_what_comes_next_is_done_with_its_button(ann: Page, studio: Studio) -> None:
    ann.goto(studio.one)
    advice = ann.locator(".advice")
    expect(advice).to_contain_text("Overdue task")
    expect(advice).to_contain_text("Send the usage report")
    late = next(t["id"] for t in studio.listed("task", "title") if t["title"] == "Send the usage report")
    advice.get_by_role("button", name="Mark as done").click()
    expect(advice).to_contain_text("Renewal within 90 days")
    expect(ann.locator("#toasts")).to_contain_text("Done.")
    assert studio.stored("task", late)["state"] == "done"
    assert studio.stored("task", late)["done_at"].isoformat() == "2026-03-02T01:30:00+00:00"
    advice.get_by_role("button", name="Plan the renewal").click()
    expect(ann.locator(".todos")).to_contain_text("Renewal of 创科科技 Chuangke")


def test_a_task_is_added_by_keyboard_and_completed(ann: Page, studio: Studio) -> None:
    ann.goto(studio.one)
    ann.keyboard.press("t")
    dialog = ann.get_by_role("dialog")
    expect(dialog.get_by_label("Title")).to_be_focused()
    ann.keyboard.press("Control+Enter")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_contain_text("missing")
    vars(ann)["wrongs"].clear()  # the browser notes the 422 itself
    dialog.get_by_label("Title").fill("Call Li Wei")
    dialog.get_by_label("Due").fill("2026-03-05T10:00")
    ann.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    row = ann.locator(".todo").filter(has_text="Call Li Wei")
    expect(row).to_be_visible()
    made = next(t for t in studio.listed("task") if t["title"] == "Call Li Wei")
    assert (made["customer"]["id"], made["due"], made["state"]) == (studio.world.customer, "2026-03-05T02:00:00Z", "open")
    row.get_by_role("button", name="Complete Call Li Wei").click()
    expect(row).to_have_count(0)
    assert studio.stored("task", made["id"])["state"] == "done"


def test_a_quick_comment_names_somebody_too(ann: Page, studio: Studio) -> None:
    ann.goto(studio.one)
    ann.locator(".measure > summary").first.click()  # what is unfolded takes no keys away
    ann.keyboard.press("c")
    dialog = ann.locator("#quick-dialog")
    box = dialog.locator("textarea")
    expect(box).to_be_focused()
    box.press_sequentially("For you, @Bo")
    expect(dialog.get_by_role("option", name="Bo Chen")).to_be_visible()
    ann.keyboard.press("Enter")
    expect(box).to_have_value("For you, @Bo Chen ")
    ann.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    assert "For you, @Bo Chen" in [c["text"] for c in studio.listed("comment")]


def test_a_comment_names_somebody_and_is_taken_back(ann: Page, studio: Studio) -> None:
    ann.goto(studio.one)
    box = ann.get_by_label("Comment", exact=True).and_(ann.locator("textarea"))
    box.click()
    box.press_sequentially("Please look at this @Bo")
    expect(ann.get_by_role("option", name="Bo Chen")).to_be_visible()
    ann.keyboard.press("Enter")
    expect(box).to_have_value("Please look at this @Bo Chen ")
    ann.keyboard.press("Control+Enter")
    remark = ann.locator(".remark").filter(has_text="Please look at this")
    expect(remark).to_contain_text("Ann Lee")
    expect(box).to_have_value("")
    assert studio.listed("notice") == []  # Bo sees only his own customers: a notice would tell him of one he may not see
    studio.world.change("customer", studio.world.others[0], owner=studio.world.bo.id)
    ann.goto(f"/records/customer/{studio.world.others[0]}")
    box.fill("Over to you, @Bo Chen")
    ann.get_by_role("button", name="Send").dblclick()  # said once, however quickly it is pressed
    expect(ann.locator(".remark")).to_have_count(1)
    [notice] = studio.listed("notice")
    assert notice["recipient"]["title"] == "Bo Chen"
    assert notice["title"] == "Ann Lee mentioned you: Birch Telecom"
    ann.locator(".remark").hover()
    ann.get_by_role("button", name="Delete this comment").click()
    expect(ann.locator(".remark")).to_have_count(0)
    ann.get_by_role("button", name="Undo").click()
    ann.goto(f"/records/customer/{studio.world.others[0]}")
    expect(ann.locator(".remark")).to_have_count(1)


def test_what_is_sent_twice_in_haste_is_written_once(ann: Page, studio: Studio) -> None:
    ann.goto(studio.one)
    held: list[Route] = []
    ann.locator(".measure > summary").first.click()
    ann.route("**/comments", lambda route: held.append(route))
    ann.route("**/add/tasks", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    box = ann.locator(".remark-form textarea")
    box.fill("Once only")
    ann.locator(".remark-form button").dblclick()
    box.press("Control+Enter")
    box.fill("Once only, and more")
    expect(ann.locator(".remark-form.htmx-request")).to_be_visible()
    held.pop().continue_()
    expect(ann.locator(".remark").filter(has_text="Once only")).to_have_count(1)
    expect(box).to_have_value("Once only, and more")  # what was typed meanwhile is there
    assert held == []
    expect(ann.locator(".measure[open]")).to_have_count(1)  # and what was unfolded still is
    box.fill("")
    ann.locator(".record-title").click()
    ann.keyboard.press("t")
    dialog = ann.get_by_role("dialog")
    dialog.get_by_label("Title").fill("One task")
    dialog.get_by_role("button", name="Add", exact=True).dblclick()
    expect(ann.locator(".quick-form.htmx-request")).to_be_visible()
    held.pop().continue_()
    expect(dialog).to_be_hidden()
    assert [t["title"] for t in studio.listed("task")].count("One task") == 1
    assert [c["text"] for c in studio.listed("comment")].count("Once only") == 1


def test_what_was_not_taken_is_still_in_its_box(ann: Page, studio: Studio) -> None:
    ann.goto(studio.one)
    ann.route("**/comments", lambda route: route.fulfill(status=503, body=""))
    box = ann.locator(".remark-form textarea")
    box.fill("Not to be lost")
    ann.locator(".remark-form button").click()
    expect(ann.locator("#toasts")).to_contain_text("could not answer")
    expect(box).to_have_value("Not to be lost")
    vars(ann)["wrongs"].clear()


def test_a_small_form_is_the_one_that_was_asked_for(ann: Page, studio: Studio) -> None:
    ann.goto(studio.one)
    dialog = ann.locator("#quick-dialog")
    ann.get_by_role("button", name="Comment", exact=True).click()
    box = dialog.locator("textarea")
    box.fill("Half a word")
    edge = box.bounding_box()
    assert edge is not None
    ann.mouse.move(edge["x"] + 40, edge["y"] + 12)  # marking text beyond the edge of the dialog leaves it open
    ann.mouse.down()
    ann.mouse.move(10, 300, steps=3)
    ann.mouse.up()
    expect(dialog).to_be_visible()
    expect(box).to_have_value("Half a word")
    ann.keyboard.press("Escape")
    held: list[Route] = []
    ann.route("**/add/tasks*", lambda route: held.append(route))
    ann.get_by_role("button", name="Task", exact=True).click()
    expect(dialog.locator(".bones")).to_be_visible()
    expect(dialog.locator("textarea")).to_have_count(0)
    held.pop().abort()
    expect(dialog).to_be_hidden()
    expect(ann.locator("#toasts")).to_contain_text("No connection")
    vars(ann)["wrongs"].clear()


def test_the_tab_chosen_last_is_shown(ann: Page, studio: Studio) -> None:
    ann.goto(studio.one)
    names = ann.locator(".tab").all_inner_texts()
    held: list[Route] = []
    ann.route("**/records/customer/*?tab=*", lambda route: held.append(route))
    ann.locator(".tab").nth(1).click()
    ann.locator(".tab").nth(2).click()
    expect(ann.locator(".tab.htmx-request")).to_have_count(1)
    for route in reversed(held):  # the later one answers first
        route.continue_()
    expect(ann.locator(".tab[aria-current]")).to_have_text(names[2])
    ann.wait_for_load_state("networkidle")
    expect(ann.locator(".tab[aria-current]")).to_have_text(names[2])


def test_files_are_dropped_seen_and_deleted(ann: Page, studio: Studio) -> None:
    ann.goto(studio.one)
    files = [{"name": "team.png", "mimeType": "image/png", "buffer": PICTURE}, {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"call"}]
    ann.locator(".file-drop input[type=file]").set_input_files(files)  # type: ignore[arg-type]
    expect(ann.locator(".file-row")).to_have_count(2)
    picture = ann.locator(".file-row").filter(has_text="team.png").locator("img")
    expect(picture).to_have_js_property("naturalWidth", 1)
    kept = studio.listed("attachment")
    assert {(k["file"]["name"], k["record"]["id"]) for k in kept} == {("team.png", studio.world.customer), ("plan.txt", studio.world.customer)}
    ann.get_by_role("button", name="Delete plan.txt").click()
    expect(ann.locator(".file-row")).to_have_count(1)
    assert [k["file"]["name"] for k in studio.listed("attachment")] == ["team.png"]


def test_the_timeline_is_one_stream_with_filters(ann: Page, studio: Studio) -> None:
    ann.goto(f"{studio.one}?tab=tab2")
    stream = ann.locator("#stream")
    expect(stream).to_contain_text("72 → 45")
    expect(stream).to_contain_text("They moved three people to another tool")
    stream.get_by_role("button", name="Band").click()
    expect(stream.locator(".event")).to_have_count(1)
    expect(stream.get_by_role("button", name="Band")).to_have_attribute("aria-pressed", "true")
    stream.get_by_role("button", name="Everything").click()
    for n in range(25):
        studio.world.create("comment", text=f"Note {n}", record={"entity": "customer", "id": studio.world.customer})
    ann.reload()
    expect(stream.locator(".event")).to_have_count(20)
    stream.get_by_role("button", name="Load older").click()
    expect(stream).to_contain_text("72 → 45")
    ids = stream.locator(".event").evaluate_all("all => all.map((each) => each.id)")
    assert len(set(ids)) == len(ids)


def test_a_score_over_time_as_chart_and_table(ann: Page, studio: Studio) -> None:
    ann.goto(studio.one)
    ann.locator("summary").filter(has_text="Score over time").click()
    expect(ann.locator("tn-score-chart svg")).to_be_visible()
    ann.get_by_text("View as table").click()
    expect(ann.locator(".as-table tbody tr").first).to_contain_text("45")
    ann.locator(".score-history").get_by_role("button", name="30 days").click()
    expect(ann.locator(".score-history").get_by_role("button", name="30 days")).to_have_attribute("aria-pressed", "true")
    expect(ann.locator("tn-score-chart svg")).to_be_visible()


def test_days_are_compared(ann: Page, studio: Studio) -> None:
    ann.goto(studio.one)
    card = ann.locator("#score-health")
    card.locator(".changes").get_by_role("button", name="7 days", exact=True).click()
    expect(card.locator(".changes h3")).to_have_text("What changed since 2026-02-23")
    card.get_by_label("Compare with").fill("2026-02-16")
    card.get_by_label("Compare with").blur()
    expect(card.locator(".changes-sum")).to_contain_text("72 → 45")


def test_related_records_are_added_in_place(ann: Page, studio: Studio) -> None:
    ann.goto(f"{studio.one}?tab=tab3")
    expect(ann.locator(".widget-spot")).to_have_count(0)  # its app is not there
    block = ann.locator(".related").filter(has_text="Contacts")
    block.get_by_role("button", name="Add to Contacts").click()
    ann.get_by_role("dialog").get_by_label("Name").fill("Zhang Min")
    ann.get_by_role("dialog").get_by_role("button", name="Add", exact=True).click()
    expect(block).to_contain_text("Zhang Min")
    assert any(c["name"] == "Zhang Min" and c["customer"]["id"] == studio.world.customer for c in studio.listed("contact"))


def test_the_neighbours_of_the_list_are_a_key_away(ann: Page, studio: Studio) -> None:
    ann.goto("/records/customer?sort=name")
    names = ann.locator("tbody .title .cut").all_inner_texts()
    ann.get_by_role("link", name=names[0]).first.click()
    ann.get_by_role("dialog", name="At a glance").get_by_role("link", name="Open").click()
    expect(ann.locator(".neighbours")).to_contain_text(f"1 / {len(names)}")
    ann.keyboard.press("j")
    expect(ann.locator(".neighbours")).to_contain_text(f"2 / {len(names)}")  # keys are heard from then on
    ann.keyboard.press("k")
    expect(ann.get_by_role("heading", level=1)).to_have_text(names[0])


def test_a_reader_with_less_sees_less(chromium: Browser, studio: Studio) -> None:
    studio.world.change("customer", studio.world.customer, owner=studio.world.bo.id)
    context = chromium.new_context(base_url=studio.url, viewport={"width": 1440, "height": 900})
    page = studio.open(context, studio.world.bo)
    page.goto(studio.one)
    expect(page.locator(".file-drop")).to_have_count(0)
    expect(page.locator(".files")).to_have_count(0)
    assert [t.strip() for t in page.locator(".record-title .quick-action").all_inner_texts()] == ["Comment", "Task"]
    page.goto(f"{studio.one}?tab=tab2")
    page.locator("#stream").get_by_role("button", name="Related").click()
    expect(page.locator("#stream")).to_contain_text("How to invite people")
    expect(page.locator("#stream")).not_to_contain_text("Team space cannot be opened")
    assert_clean(page)
    context.close()


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh")])
def test_every_tab_is_accessible(chromium: Browser, studio: Studio, theme: str, language: str) -> None:
    context = chromium.new_context(base_url=studio.url, viewport={"width": 1280, "height": 800})
    page = studio.open(context, studio.world.ann, language, theme)
    for tab in ("tab1", "tab2", "tab3", "tab4"):
        page.goto(f"{studio.one}?tab={tab}")
        unfold(page)
        if tab == "tab1":
            page.locator("tn-score-chart").scroll_into_view_if_needed()
            expect(page.locator("tn-score-chart svg")).to_be_visible()
        assert objections(page) == [], tab
    page.goto(studio.one)
    page.locator(".quick-action").nth(1).click()
    page.locator("#quick-dialog .input").first.wait_for()
    assert objections(page) == []
    assert_clean(page)
    context.close()


def test_a_phone_shows_it_all(chromium: Browser, studio: Studio) -> None:
    context = chromium.new_context(base_url=studio.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = studio.open(context, studio.world.ann, "zh")
    for tab in ("tab1", "tab2", "tab3", "tab4"):
        page.goto(f"{studio.one}?tab={tab}")
        unfold(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab
    page.goto(studio.one)
    assert page.evaluate("['.score-card', '.side-blocks .card:not(.advice)'].map((each) => document.querySelector(each).getBoundingClientRect().top).reduce((a, b) => a < b)")
    page.get_by_role("button", name="任务", exact=True).click()
    page.get_by_role("dialog").get_by_label(re.compile("标题")).fill("发送方案")
    page.get_by_role("dialog").get_by_role("button", name="添加").click()
    expect(page.locator(".todos")).to_contain_text("发送方案")
    assert_clean(page)
    context.close()

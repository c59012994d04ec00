"""A business user makes an app from nothing with the mouse, publishes it, works in it, takes it back and brings it back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tenon.engine.context import Context, User
from tenon.engine.query.pages import Ask, page as page_of
from tenon.engine.releases import draft
from tenon.platform import sessions
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tenon.server import build as build_app
from tests import world
from tests.browser.conftest import AXE, assert_clean, watch
from tests.browser.deals import drag
from tests.browser.designing import carry, wait_for
from tests.browser.serving import Served, free_port

pytestmark = pytest.mark.browser
Json = dict[str, Any]


@dataclass
class Maker:
    """Somebody who makes an app: the page before them, and the workspace to see what was stored."""

    page: Page
    platform: Platform
    ann: User

    @property
    def palette(self) -> Locator:
        """What can be taken."""
        return self.page.locator("#design-palette")

    @property
    def canvas(self) -> Locator:
        """What is made."""
        return self.page.locator("#design-canvas")

    @property
    def panel(self) -> Locator:
        """The properties of what is chosen."""
        return self.page.locator("#design-panel")

    def drafted(self, kind: str, name: str) -> Json:
        """Return a document of the draft."""
        with self.platform.read() as uow:
            return draft.get(uow.connection, uow.model, kind, name)[0]

    def published(self, kind: str) -> list[str]:
        """Return the names of the documents of a kind in force."""
        with self.platform.read() as uow:
            return sorted(d.name for d in uow.model.all(kind))

    def records(self, entity: str, *fields: str) -> list[Json]:
        """Return all records of an entity."""
        with self.platform.read() as uow:
            return page_of(uow, Context(self.ann), uow.model.get_entity(entity), Ask(fields=list(fields), sort=["name"], limit=200)).records

    def put(self, palette: str, kind: str, name: str, count: int, place: str) -> None:
        """Click something of the palette and wait until it stands in the document."""
        self.palette.get_by_role("button", name=palette, exact=True).click()
        wait_for(self.page, lambda: len(self.drafted(kind, name)[place]), count)
        expect(self.panel.get_by_role("heading", level=2)).to_have_text(palette)

    def call(self, label: str, entity: str = "partner") -> None:
        """Give what was just put its label."""
        self.panel.get_by_role("textbox", name="Label (English)", exact=True).fill(label)
        wait_for(self.page, lambda: label in [f["label"].get("en") for f in self.drafted("entity", entity)["fields"]], True)

    def next(self, kind: str, name: str) -> None:
        """Go on to something new from the designer of what it belongs to."""
        self.page.get_by_text("Belongs to it").click()
        self.page.get_by_role("link", name=f"New: {kind}", exact=True).click()
        dialog = self.page.locator("#new-document")
        expect(dialog.get_by_role("radio", name=kind, exact=True)).to_be_checked()
        dialog.get_by_label("Name it").fill(name)
        dialog.get_by_role("button", name="Make it").click()
        expect(self.page.locator("#design-label")).to_have_text(name)

    def back_to(self, other: str) -> None:
        """Go to another designer of what belongs together."""
        self.page.get_by_text("Belongs to it").click()
        self.page.locator(".design-head").get_by_role("link", name=other, exact=True).click()

    def look(self) -> None:
        """Assert that the page can be used by everybody, and that nothing went wrong on it."""
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
        assert [(v["id"], [n["html"][:160] for n in v["nodes"]]) for v in found["violations"] if v["impact"] in ("serious", "critical")] == []
        assert_clean(self.page)


@pytest.fixture
def maker(chromium: Browser, tmp_path: Path) -> Iterator[Maker]:
    """Ann before a workspace of customers, contacts and orders."""
    port = free_port()
    platform = world.open_world(tmp_path, f"http://127.0.0.1:{port}")
    ann = world.add_person(platform, "ann@example.com", "Ann Lee", ["admin", "builder"])
    world.fill(platform, ann)
    served, worker = Served(build_app(platform), port), make_worker(platform, pause=0.1)
    worker.start()
    served.start()
    with platform.write() as uow:
        token = sessions.begin(uow.connection, Context(None), ann.id).token
    context = chromium.new_context(base_url=served.url, viewport={"width": 1440, "height": 900})
    yield Maker(watch(context, served.url, {"tenon_session": token, "tenon_theme": "light", "tenon_language": "en"}), platform, ann)
    context.close()
    served.stop()
    worker.stop()
    platform.close()


def test_an_app_is_made_used_taken_back_and_brought_back(maker: Maker) -> None:
    begin(maker)
    describe(maker)
    lay_out(maker)
    judge(maker)
    chart(maker)
    lead(maker)
    publish(maker)
    work(maker)
    go_back(maker)


def begin(maker: Maker) -> None:
    """The app comes first; it leads on to what it keeps records of."""
    page = maker.page
    page.goto("/")
    page.locator(".sidebar, nav").first.get_by_role("link", name="Design").click()
    page.get_by_role("button", name="New", exact=True).click()
    dialog = page.locator("#new-document")
    dialog.get_by_role("radio", name="App", exact=True).check()
    maker.look()
    dialog.get_by_label("Name it").fill("Partner management")
    dialog.get_by_role("button", name="Make it").click()
    expect(page.locator("#design-label")).to_have_text("Partner management")
    maker.look()
    maker.next("Entity", "Partner")


def describe(maker: Maker) -> None:
    """Fields: a choice with coloured options, money, a date, and the customer a partner brought."""
    page = maker.page
    carry(page, maker.palette.get_by_role("button", name="Choice", exact=True), maker.canvas.get_by_role("listitem", name="Name"), dy=14)
    wait_for(page, lambda: len(maker.drafted("entity", "partner")["fields"]), 2)
    maker.call("Level")
    for old, label, colour in (("Option 1", "Gold", "amber"), ("Option 2", "Silver", "grey")):
        maker.canvas.get_by_role("listitem", name=old).click()
        expect(maker.panel.get_by_role("heading", level=2)).to_have_text(old)
        maker.panel.get_by_role("textbox", name="Label (English)", exact=True).fill(label)
        maker.panel.get_by_title(colour).click()
        wait_for(page, lambda label=label, colour=colour: (label, colour) in options(maker), True)
    for number, (taken, label) in enumerate((("Money", "Worth"), ("Date", "Signed on"), ("Customer", "Brought us")), 3):
        maker.put(taken, "entity", "partner", number, "fields")
        maker.call(label)
    fields = {f["name"]: f for f in maker.drafted("entity", "partner")["fields"]}
    assert {name: f["type"] for name, f in fields.items()} == {"name": "text", "level": "choice", "worth": "money", "signed_on": "date", "brought_us": "reference"}
    assert fields["brought_us"]["entity"] == "customer"
    assert [(o["name"], o["colour"]) for o in fields["level"]["options"]] == [("gold", "amber"), ("silver", "grey")]
    maker.look()


def options(maker: Maker) -> list[tuple[str, str]]:
    level = next(f for f in maker.drafted("entity", "partner")["fields"] if f["type"] == "choice")
    return [(o["label"].get("en"), o.get("colour")) for o in level["options"]]


def lay_out(maker: Maker) -> None:
    """A form, a list and a board by the choice."""
    page = maker.page
    maker.next("Form", "Partner form")
    field = maker.canvas.locator("[data-group='field']")
    carry(page, field.filter(has_text="Signed on"), field.filter(has_text="Level"), dy=-6)
    laid = lambda: [i["field"] for i in maker.drafted("form", "partner_form")["sections"][0]["items"]]  # noqa: E731
    wait_for(page, lambda: laid().index("signed_on") < laid().index("worth"), True)
    assert sorted(laid()) == ["brought_us", "level", "name", "signed_on", "worth"]
    maker.look()
    maker.next("View", "Partners")
    assert [c["field"] for c in maker.drafted("view", "partners")["columns"]][:2] == ["name", "level"]
    maker.next("View", "Partners by level")
    maker.panel.get_by_role("button", name="Board", exact=True).click()
    wait_for(page, lambda: maker.drafted("view", "partners_by_level").get("board", {}).get("by"), "level")
    maker.panel.get_by_label("Add to On the cards").click()
    maker.panel.get_by_role("button", name="Worth", exact=True).click()
    wait_for(page, lambda: maker.drafted("view", "partners_by_level")["board"].get("card"), ["worth"])
    maker.look()


def judge(maker: Maker) -> None:
    """A score of two measures with bands, and a page that shows it."""
    page = maker.page
    maker.next("Score", "Partner fit")
    measures = lambda: maker.drafted("score", "partner_fit")["variants"][0]["measures"]  # noqa: E731
    points = page.get_by_role("textbox", name="Worth as a number")
    points.fill("60")
    points.press("Enter")
    wait_for(page, lambda: [m["points"] for m in measures()], [60])
    maker.palette.get_by_role("button", name="All or nothing", exact=True).click()
    wait_for(page, lambda: len(measures()), 2)
    expect(maker.panel.get_by_text("All points when")).to_be_visible()
    maker.panel.get_by_role("textbox", name="Name (English)", exact=True).fill("Gold level")
    maker.panel.get_by_role("textbox", name="Points", exact=True).fill("40")
    wait_for(page, lambda: (measures()[1]["label"].get("en"), measures()[1]["points"]), ("Gold level", 40))
    maker.panel.get_by_role("button", name="Build").first.click()
    builder = page.locator("#condition-dialog")
    builder.get_by_role("button", name="Add condition").click()
    page.locator(".picker").get_by_text("Level", exact=True).click()
    builder.get_by_text("Gold", exact=True).click()
    builder.get_by_role("button", name="Use it").click()
    wait_for(page, lambda: measures()[1].get("when"), "level in ['gold']")
    edge = maker.canvas.get_by_role("textbox", name="Good")
    edge.fill("70")
    edge.press("Enter")
    wait_for(page, lambda: [b["from"] for b in maker.drafted("score", "partner_fit")["bands"]], [0, 50, 70])
    maker.look()
    maker.next("Page", "Partner page")
    blocks = lambda: [b.get("score") or b["type"] for b in maker.drafted("page", "partner_page")["tabs"][0]["blocks"]]  # noqa: E731
    carry(page, maker.palette.get_by_role("button", name="Partner fit", exact=True), maker.canvas.get_by_role("listitem", name="All fields").first, dy=-6)
    wait_for(page, lambda: sorted(blocks()), ["fields", "partner_fit"])
    page.get_by_role("button", name="Facts and scores").click()
    maker.panel.get_by_label("Add to Scores").click()
    maker.panel.locator(".ordered-offers").get_by_role("button", name="Partner fit", exact=True).click()
    wait_for(page, lambda: maker.drafted("page", "partner_page")["header"].get("scores"), ["partner_fit"])
    maker.look()


def chart(maker: Maker) -> None:
    """A dashboard with a chart."""
    page = maker.page
    maker.back_to("App · Partner management")
    maker.next("Dashboard", "Partner overview")
    maker.look()
    page.get_by_role("button", name="New widget").click()
    dialog = page.locator("#new-widget")
    dialog.get_by_label("Name it").fill("Partners at each level")
    dialog.get_by_label("Records of").select_option(label="Partner")
    dialog.get_by_text("Bars", exact=True).click()
    dialog.get_by_role("button", name="Make it").click()
    expect(page.locator("#design-label")).to_have_text("Partners at each level")
    query = maker.drafted("widget", "partners_at_each_level")["query"]
    assert (query["entity"], [g["field"] for g in query["group_by"]], [m["expr"] for m in query["measures"]]) == ("partner", ["level"], ["count()"])
    maker.look()
    maker.canvas.get_by_role("link", name="Partner overview").click()
    expect(page.locator("#design-label")).to_have_text("Partner overview")
    assert [t["widget"] for t in maker.drafted("dashboard", "partner_overview")["layout"]] == ["partners_at_each_level"]


def lead(maker: Maker) -> None:
    """The menu of the app leads to all of it."""
    page = maker.page
    maker.back_to("App · Partner management")
    menu = lambda: [[next(i[k] for k in ("view", "dashboard", "entity") if i.get(k)) for i in g["items"]] for g in maker.drafted("app", "partner_management")["menu"]]  # noqa: E731
    carry(page, maker.palette.get_by_role("button", name="Partners", exact=True).last, maker.canvas.locator(".menu-entries"))
    wait_for(page, menu, [["partners"]])
    for name, entries in (("Partners by level", ["partners", "partners_by_level"]), ("Partner overview", ["partners", "partners_by_level", "partner_overview"])):
        maker.palette.get_by_role("button", name=name, exact=True).click()
        wait_for(page, menu, [entries])
    maker.look()


def publish(maker: Maker) -> None:
    """What publishing would do is read, and done."""
    page = maker.page
    page.get_by_role("link", name="Review and publish").click()
    plan = page.get_by_role("list", name="What happens to the data")
    expect(plan.get_by_role("listitem")).to_have_text(["Create Partner", "Create the score Partner fit"])
    maker.look()
    page.get_by_label("Note").fill("Partners of our own")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Published.")
    assert "partner_management" in maker.published("app")
    expect(page.locator(".past li").first).to_contain_text("Partners of our own")
    expect(page.locator(".past li").first).to_contain_text("in force")


PARTNERS = (("North Star", "Gold", "100", "Aurora Energy 0000"), ("South Wind", "Silver", "90", "Birch Telecom 0001"), ("East Gate", "Silver", "20", "Cedar Software 0002"))
FIT = {"North Star": (100, "good"), "South Wind": (54, "fair"), "East Gate": (12, "low")}
"""Of 100 points 60 are for the worth up to 100, 40 for the level gold."""


def fits(maker: Maker) -> dict[str, tuple[int, str]]:
    """Return score and band of every partner."""
    found = maker.records("partner", "name", "partner_fit_score", "partner_fit_band")
    return {r["name"]: (r["partner_fit_score"] and round(r["partner_fit_score"]), r["partner_fit_band"]) for r in found}


def work(maker: Maker) -> None:
    """The app stands in the switcher; records come, and are seen in every way."""
    page = maker.page
    page.locator(".switcher summary").click()
    page.locator(".switcher").get_by_role("button", name="Partner management").click()
    expect(page.locator(".switcher summary")).to_contain_text("Partner management")
    enter = page.get_by_role("navigation", name="Main").get_by_role("link", name=re.compile(r"^Partners\b(?! by)"))
    for name, level, worth, customer in PARTNERS:
        enter.click()
        page.get_by_role("link", name="New").first.click()
        fill_in(page, name, level, worth, customer)
    wait_for(page, lambda: fits(maker), FIT)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("East Gate")
    expect(page.locator("main")).to_contain_text("Low")
    maker.look()
    enter.click()
    for name, level, worth, customer in PARTNERS:
        row = page.locator("tbody tr").filter(has_text=name)
        for shown in (level, worth, customer):
            expect(row).to_contain_text(shown)
    maker.look()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Partners by level").click()
    drag(page, page.locator(".board-card").filter(has_text="East Gate"), page.locator("#lane-gold [data-cards]"))
    expect(page.locator("#lane-gold")).to_contain_text("East Gate")
    wait_for(page, lambda: fits(maker)["East Gate"], (52, "fair"))
    maker.look()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Partner overview").click()
    see_chart(maker, {"Gold": "2", "Silver": "1"})
    maker.look()


def fill_in(page: Page, name: str, level: str, worth: str, customer: str) -> None:
    """Fill in a partner and save it."""
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_label("Level").select_option(label=level)
    page.get_by_label("Worth").fill(worth)
    page.get_by_role("combobox", name="Brought us").fill(customer)
    page.locator("#list-brought_us [data-value]").filter(has_text=customer).click()
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def see_chart(maker: Maker, counts: dict[str, str]) -> None:
    """The widget on the dashboard draws, and tells, what was counted."""
    article = maker.page.get_by_role("article", name="Partners at each level", exact=True)
    expect(article.locator("tn-chart[data-drawn]")).to_be_visible(timeout=15_000)
    article.locator(".widget-menu summary").click()
    article.get_by_role("button", name="View as table").click()
    for level, count in counts.items():
        expect(article.locator("tbody tr").filter(has_text=level)).to_contain_text(count)


def go_back(maker: Maker) -> None:
    """The release before is in force again: the app is gone, and nothing of others; then it comes back with its records."""
    page = maker.page
    kept, customers = maker.records("partner", "id", "name", "level", "worth", "brought_us"), len(maker.records("customer", "name"))
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Administration").click()
    page.get_by_role("link", name="Releases").click()
    page.locator(".past").get_by_role("link", name="the documents of the tests").click()
    maker.look()
    plan = page.get_by_role("list", name="What happens to the data")
    for box in plan.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Go back to release 1").click()
    expect(page.locator("#toasts")).to_contain_text("The earlier release is in force again.")
    assert [maker.published(kind) for kind in ("app", "dashboard", "widget")] == [[], [], []]
    assert "partner" not in maker.published("entity")
    assert (len(maker.records("customer", "name")), maker.published("form"), maker.published("score")) == (customers, ["customer_form"], ["health"])
    page.goto("/")
    expect(page.locator(".switcher summary")).not_to_contain_text("Partner management")
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Customers")).to_be_visible()
    page.goto("/admin/releases")
    page.locator(".past").get_by_role("link", name="Partners of our own").click()
    page.get_by_role("button", name="Go back to release 2").click()
    expect(page.locator("#toasts")).to_contain_text("The earlier release is in force again.")
    assert maker.records("partner", "id", "name", "level", "worth", "brought_us") == kept
    page.goto("/")
    page.locator(".switcher summary").click()
    page.locator(".switcher").get_by_role("button", name="Partner management").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Partner overview").click()
    see_chart(maker, {"Gold": "2", "Silver": "1"})
    assert_clean(page)

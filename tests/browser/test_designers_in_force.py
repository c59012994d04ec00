"""Designers by mouse and by keys up to what holds after publishing: scores, roles, scenarios, extensions and conditions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context, User
from tenon.engine.query.pages import Ask, page as page_of
from tenon.engine.records.writing import create
from tests.browser.conftest import Live
from tests.browser.designing import carry, discard, drafted, partner, publish, wait_for
from tests.browser.test_designers_published import go_live, press

pytestmark = pytest.mark.browser
WAYS = pytest.mark.parametrize("way", ["mouse", "keys"])
LABEL = {"en": "League", "zh": "联盟"}
ENTITY = {**partner("league"), "label": LABEL}
SCORE: dict[str, Any] = {
    "kind": "score", "name": "league_fit", "label": {"en": "League fit", "zh": "匹配度"}, "entity": "league", "purpose": "league_fit", "min_coverage": 0,
    "variants": [{"name": "all", "measures": [{"name": "gold", "label": {"en": "Gold level"}, "points": 40, "when": "level == 'gold'"}]}],
    "bands": [{"name": "low", "from": 0, "colour": "red"}, {"name": "good", "from": 50, "colour": "green"}],
}  # fmt: skip
ROLE: dict[str, Any] = {"kind": "role", "name": "league_friend", "label": {"en": "Friend of leagues"}, "grants": [{"entity": "league", "actions": ["read"]}]}
STORY: dict[str, Any] = {
    "kind": "scenario", "name": "league_story", "label": {"en": "A league"},
    "given": {"clock": "2025-01-15", "records": {"league": [{"name": "North", "level": "gold"}]}}, "then": [{"expect": {"record": "North", "field": "level", "value": "gold"}}],
}  # fmt: skip
VIEW: dict[str, Any] = {"kind": "view", "name": "league_list", "label": {"en": "Leagues"}, "entity": "league", "columns": [{"field": "name"}, {"field": "level"}]}
APP: dict[str, Any] = {"kind": "app", "name": "sport", "label": {"en": "Sport"}, "menu": [{"label": {"en": "Sport"}, "items": [{"entity": "match_day"}]}]}
OF_APP = {**partner("match_day"), "label": {"en": "Match", "zh": "比赛"}, "app": "sport"}


@pytest.fixture(autouse=True)
def leagues(live: Live) -> Iterator[None]:
    """The documents as they begin, a gold and a silver league, and a draft that nobody keeps."""
    discard(live)
    publish(live, ENTITY, VIEW, ROLE, SCORE, STORY)
    with live.platform.write() as uow:
        entity = uow.model.get_entity("league")
        if not page_of(uow, Context(live.ann), entity, Ask(fields=["id"], limit=1)).records:
            for name, level in (("North", "gold"), ("South", "silver")):
                create(uow, Context(live.ann), entity, {"name": name, "level": level})
    yield
    discard(live)


def one(live: Live, name: str) -> dict[str, Any]:
    """Return a league."""
    with live.platform.read() as uow:
        ask = Ask(filters=[f"name == '{name}'"], fields=["name", "league_fit_score"])
        return dict(page_of(uow, Context(live.ann), uow.model.get_entity("league"), ask).records[0])


@WAYS
def test_a_measure_of_a_score(desk: Page, live: Live, way: str) -> None:
    desk.goto("/design/score/league_fit")
    offer = desk.locator("#design-palette").get_by_role("button", name="All or nothing", exact=True)
    if way == "mouse":
        carry(desk, offer, desk.locator("[data-group='measure']", has_text="Gold level"), dy=8)
    else:
        press(desk, offer, "Enter")
    wait_for(desk, lambda: sorted(str(m["points"]) for m in drafted(live, "score", "league_fit")["variants"][0]["measures"]), ["10", "40"])
    go_live(desk)
    wait_for(desk, lambda: str(one(live, "South")["league_fit_score"]), "10.0000")
    desk.goto(f"/records/league/{one(live, 'South')['id']}/scores/league_fit")
    expect(desk.locator("main")).to_contain_text("All or nothing")


@WAYS
def test_a_right_of_a_role(desk: Page, live: Live, way: str) -> None:
    desk.goto("/design/role/league_friend")
    switch = desk.locator("#x-league-0-delete")
    if way == "mouse":
        switch.click()
    else:
        press(desk, switch, "Space")
    wait_for(desk, lambda: "delete" in drafted(live, "role", "league_friend")["grants"][0]["actions"], True)
    assert _may_delete(live) is False
    go_live(desk)
    assert _may_delete(live) is True
    desk.goto("/admin/roles/league_friend")
    expect(desk.locator("main")).to_contain_text("League")


def _may_delete(live: Live) -> bool:
    with live.platform.read() as uow:
        friend = User(live.ann.id, "friend@tenon.example", "Friend", ("league_friend",))
        return rights_of(uow.model, Context(friend)).may(uow.model.get_entity("league"), "delete")


@WAYS
def test_a_step_of_a_scenario(desk: Page, live: Live, way: str) -> None:
    desk.set_viewport_size({"width": 1440, "height": 1300})
    desk.goto("/design/scenario/league_story")
    offer = desk.locator("#design-palette").get_by_role("button", name="Something changes", exact=True)
    if way == "mouse":
        carry(desk, offer, desk.locator("#design-canvas [data-group='step']").first, dy=20)
    else:
        press(desk, offer, "Enter")
    wait_for(desk, lambda: len(drafted(live, "scenario", "league_story")["then"]), 2)
    go_live(desk)
    desk.goto("/design/scenario/league_story")
    desk.get_by_role("button", name="Run now").click()
    expect(desk.locator("[data-story]")).to_contain_text("passes", timeout=15_000)


@WAYS
def test_a_field_of_an_extension(desk: Page, live: Live, way: str) -> None:
    publish(live, APP, OF_APP)
    desk.goto("/design/entity/match_day")
    kind = {"mouse": "E-mail", "keys": "Rating"}[way]
    offer = desk.locator("#design-palette").get_by_role("button", name=kind, exact=True)
    if way == "mouse":
        carry(desk, offer, desk.locator("#design-canvas").get_by_role("listitem", name="City"), dy=8)
    else:
        press(desk, offer, "Enter")
    expect(desk.locator("#design-panel h2")).to_have_text(kind)
    wait_for(desk, lambda: {"mouse": "email", "keys": "rating"}[way] in [f["type"] for f in drafted(live, "extension", "match_day_own")["fields"]], True)
    go_live(desk)
    desk.goto("/records/match_day/new")
    expect(desk.get_by_text(kind, exact=True).first).to_be_visible()


@WAYS
def test_a_condition_that_is_built(desk: Page, live: Live, way: str) -> None:
    desk.goto("/design/view/league_list")
    panel, dialog = desk.locator("#design-panel"), desk.locator("#condition-dialog")
    build = panel.get_by_role("button", name="Build").first
    add = dialog.get_by_role("button", name="Add condition")
    if way == "mouse":
        build.click()
        add.click()
        desk.locator(".picker").get_by_text("Level", exact=True).click()
    else:
        press(desk, build, "Enter")
        press(desk, add, "Enter")
        desk.locator(".picker").get_by_text("Level", exact=True).wait_for()
        desk.keyboard.type("Level")
        desk.keyboard.press("Enter")
    gold = dialog.get_by_text("gold").first
    if way == "mouse":
        gold.click()
        dialog.get_by_role("button", name="Use it").click()
    else:
        dialog.get_by_label("gold").first.focus()
        desk.keyboard.press("Space")
        dialog.get_by_role("button", name="Use it").focus()
        desk.keyboard.press("Enter")
    wait_for(desk, lambda: drafted(live, "view", "league_list").get("filter"), "level in ['gold']")
    go_live(desk)
    desk.goto("/records/league?view=league_list")
    expect(desk.locator("tbody")).to_contain_text("North")
    expect(desk.locator("tbody")).not_to_contain_text("South")

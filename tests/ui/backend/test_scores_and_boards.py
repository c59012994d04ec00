"""Boards, views and what people say about scores, over a real workspace on both databases."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenon.engine.context import Context
from tenon.metamodel.errors import Forbidden, Invalid, NotFound, Stale
from tenon.platform.workspace import Platform
from tenon.ui.backend import lists, moving, overrides, record_page
from tenon.ui.list_shapes import ListQuery
from tenon.ui.record_shapes import ScoreView
from tests import world
from tests.ui.backend.person import Person


def lanes(who: Person) -> dict[str, list[str]]:
    board = who.read(lists.list_page, "customer", ListQuery(view="by_stage")).body
    assert board is not None
    return {lane.option.name: [card.title for card in lane.cards] for lane in board.lanes}


def test_a_board_has_a_lane_an_option_and_moves_as_the_field_allows(platform: Platform, ann: Person) -> None:
    rows = [{"name": "A", "arr": "200000", "stage": "trial"}, {"name": "B", "arr": "150000", "stage": "active"}, {"name": "C", "arr": "5"}]
    a, b, _ = ann.add("customer", rows)
    assert lanes(ann) == {"trial": ["A"], "active": ["B"], "lost": []}
    ann.write(moving.move, ListQuery(view="by_stage"), "customer", a, "active", 1)
    assert lanes(ann)["trial"] == []
    with pytest.raises(Invalid):
        ann.write(moving.move, ListQuery(view="by_stage"), "customer", b, "trial", None)
    with pytest.raises(Stale):
        ann.write(moving.move, ListQuery(view="by_stage"), "customer", a, "lost", 1)
    with pytest.raises(NotFound):
        ann.write(moving.move, ListQuery(view="big_ones"), "customer", a, "lost", None)
    board = ann.read(lists.list_page, "customer", ListQuery(view="by_stage")).body
    assert board is not None
    everything = ann.read(lists.list_page, "customer", ListQuery(filter=board.lanes[1].filter))
    assert {row.title for row in everything.body.rows} == {"A", "B"}


def test_a_masked_field_is_not_on_the_cards(platform: Platform, ann: Person) -> None:
    seller = Person(platform, Context(world.add_person(platform, "sam@example.com", "Sam Wu", ["seller"])))
    ann.add("customer", [{"name": "A", "arr": "200000", "phone": "13800138000", "owner": seller.ctx.user_id}])
    shown = {name: str(who.read(lists.list_page, "customer", ListQuery(view="by_stage")).body) for name, who in (("ann", ann), ("sam", seller))}
    assert "13800138000" in shown["ann"]
    assert "13800138000" not in shown["sam"]


def test_all_records_come_first_when_every_view_leaves_some_out(ann: Person) -> None:
    page = ann.read(lists.list_page, "customer", ListQuery())
    assert ([tab.name for tab in page.views], page.view) == (["", "big_ones", "by_stage"], "")
    assert ann.read(lists.list_page, "customer", ListQuery(view="big_ones")).view == "big_ones"
    assert ann.read(lists.list_page, "customer", ListQuery(view="no_such")).view == ""


def health(who: Person, id: str) -> ScoreView:
    return who.read(record_page.explain, "customer", id, "health", None, None)


def test_measures_of_a_group_stand_together(platform: Platform, ann: Person) -> None:
    [one] = ann.add("customer", [{"name": "A", "arr": "200000"}])
    assert [(m.group, m.name) for m in health(ann, one).measures] == [
        ("Value", "big"), ("Value", "trust"), ("Usage", "buys"), ("Usage", "kept"),
    ]  # fmt: skip


def test_a_score_is_overridden_and_computed_again(platform: Platform, ann: Person) -> None:
    [one] = ann.add("customer", [{"name": "A", "arr": "200000"}])
    before = health(ann, one)
    assert before.may_override
    with pytest.raises(Invalid) as refused:
        ann.write(overrides.override, "customer", one, "health", value=None, band=None, reason=" ", until=None)
    assert {p.path for p in refused.value.problems} == {"/value", "/reason"}
    ann.write(overrides.override, "customer", one, "health", value=None, band="good", reason="They signed", until=before.last_day)
    after = health(ann, one)
    assert after.override is not None
    assert (after.band and after.band.name, after.override.by, after.override.reason, after.override.computed) == (
        "good", "Ann Lee", "They signed", before.value,
    )  # fmt: skip
    ann.write(overrides.end_override, "customer", one, "health")
    assert health(ann, one).override is None


def test_a_measure_is_rated_until_the_rating_is_taken_away(platform: Platform, ann: Person) -> None:
    [one] = ann.add("customer", [{"name": "A", "arr": "200000"}])
    assert health(ann, one).may_rate
    ann.write(overrides.rate, "customer", one, "health", "trust", Decimal(50), "A good talk")
    rated = next(m for m in health(ann, one).measures if m.name == "trust")
    assert rated.rating is not None
    assert (rated.share, rated.rating.percent, rated.rating.by, rated.rating.note) == (
        Decimal("0.5"),
        Decimal(50),
        "Ann Lee",
        "A good talk",
    )
    ann.write(overrides.rate, "customer", one, "health", "trust", None, "")
    assert next(m for m in health(ann, one).measures if m.name == "trust").is_missing
    with pytest.raises(Invalid):
        ann.write(overrides.rate, "customer", one, "health", "trust", Decimal(101), "")


def test_a_seller_may_rate_and_not_override(platform: Platform, ann: Person) -> None:
    seller = Person(platform, Context(world.add_person(platform, "sam@example.com", "Sam Wu", ["seller"])))
    [one] = ann.add("customer", [{"name": "A", "owner": seller.ctx.user_id}])
    view = health(seller, one)
    assert (view.may_override, view.may_rate) == (False, True)
    with pytest.raises(Forbidden):
        seller.write(overrides.override, "customer", one, "health", value=Decimal(1), band=None, reason="x", until=None)

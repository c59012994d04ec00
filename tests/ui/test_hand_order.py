"""Boards that are ordered by hand: a view sorted by one number keeps cards where people put them."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import Context, system_context
from tenon.engine.query.pages import Ask, page
from tenon.engine.records import writing
from tenon.engine.releases import publish_documents
from tests.ui.conftest import Site

HTMX = {"HX-Request": "true"}
BOARD = "/records/chore?view=chores"


def chores(rank: dict[str, Any], sort: str = "rank") -> list[dict[str, Any]]:
    """Return an entity with a number, and a board over it."""
    label = {"en": "Chore", "zh": "杂务"}
    return [
        {"kind": "entity", "name": "chore", "label": label, "title": "name", "fields": [
            {"name": "name", "type": "text", "required": True, "label": {"en": "Name", "zh": "名称"}},
            {"name": "state", "type": "choice", "label": {"en": "State", "zh": "状态"}, "options": [{"name": "open"}, {"name": "done"}]},
            {"name": "rank", "label": {"en": "Rank", "zh": "次序"}, **rank},
        ]},
        {"kind": "view", "name": "chores", "entity": "chore", "label": label, "type": "board", "sort": [sort], "board": {"by": "state"}},
    ]  # fmt: skip


def fill(site: Site, **ranks: Any) -> dict[str, str]:
    """Make open chores with their numbers and return their ids."""
    with site.platform.write() as uow:
        entity = uow.model.get_entity("chore")
        return {name: writing.create(uow, Context(site.ann), entity, {"name": name, "state": "open", "rank": rank}) for name, rank in ranks.items()}


def order(site: Site, state: str = "open") -> list[str]:
    """Return the chores of a lane in the order of their numbers."""
    with site.platform.read() as uow:
        asked = Ask([f"state == '{state}'"], sort=["rank"], fields=["name"])
        return [str(r["name"]) for r in page(uow, system_context(), uow.model.get_entity("chore"), asked).records]


def put(member: TestClient, id: str, after: str, state: str = "open") -> str:
    """Put a chore behind another one."""
    answer = member.post(f"/records/chore/{id}/move?view=chores", data={"value": state, "after": after}, headers=HTMX)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize("rank", [{"type": "integer"}, {"type": "decimal", "scale": 3}, {"type": "integer", "min": "0"}])
def test_a_card_stays_where_it_is_put(member: TestClient, site: Site, rank: dict[str, Any]) -> None:
    publish_documents(site.platform.publisher, system_context(), chores(rank))
    ids = fill(site, A=10, B=20, C=30)
    assert "data-by-hand" in member.get(BOARD).text
    assert "data-others-moved" not in put(member, ids["C"], ids["A"])
    assert order(site) == ["A", "C", "B"]
    put(member, ids["B"], "")
    assert order(site) == ["B", "A", "C"]
    put(member, ids["B"], ids["C"])
    assert order(site) == ["A", "C", "B"]
    put(member, ids["C"], "", "done")
    assert (order(site), order(site, "done")) == (["A", "B"], ["C"])
    put(member, ids["A"], ids["C"], "done")
    assert order(site, "done") == ["C", "A"]


def test_others_move_on_when_there_is_no_room(member: TestClient, site: Site) -> None:
    publish_documents(site.platform.publisher, system_context(), chores({"type": "integer"}))
    ids = fill(site, A=1, B=2, C=3, D=None, E=None)
    assert "data-others-moved" in put(member, ids["C"], ids["A"])
    assert order(site)[:3] == ["A", "C", "B"]
    put(member, ids["E"], ids["D"])
    assert order(site) == ["A", "C", "B", "D", "E"]
    put(member, ids["E"], ids["C"])
    assert order(site) == ["A", "C", "E", "B", "D"]


def test_any_other_order_is_that_of_the_view(member: TestClient, site: Site) -> None:
    publish_documents(site.platform.publisher, system_context(), chores({"type": "integer"}, sort="-rank"))
    ids = fill(site, A=10, B=20, C=30)
    assert "data-by-hand" not in member.get(BOARD).text
    put(member, ids["C"], ids["A"])
    assert order(site) == ["A", "B", "C"]
    assert "data-by-hand" in member.get(f"{BOARD}&sort=rank").text
    assert "data-by-hand" not in member.get(f"{BOARD}&sort=name").text

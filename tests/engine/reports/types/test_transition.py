"""Movements between two days, the matrix with every value, and the records behind a cell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tenon.metamodel.errors import Invalid
from tests.engine.reports.asking import answer, counted, holds, widget
from tests.engine.sql.test_past import READER, SCORE
from tests.shop import Shop, person

MOVES = widget("moves", "transition", "customer", group_by=["health_band"], measures=[], options={"from": "2026-03-02", "to": "today"})


@pytest.fixture
def moving(shop: Shop) -> Shop:
    """Four customers: two change their band, one stays, one comes later."""
    shop.publish([SCORE, READER])
    clock: Any = shop.platform.outside.clock
    ids = [shop.create("customer", name=name, seats=seats, industry="saas") for name, seats in (("A", 90), ("B", 10), ("C", 60))]
    clock.moment += timedelta(days=30)
    shop.change("customer", ids[0], seats=20, industry="retail")
    shop.change("customer", ids[1], seats=95)
    shop.create("customer", name="D", seats=55)
    return shop


def test_bands_between_two_days(moving: Shop) -> None:
    found = answer(moving, MOVES)
    assert found["rows"] == [["risk", "good", 1], ["fair", "fair", 1], ["good", "risk", 1], [None, "fair", 1]]
    assert found["matrix"]["values"] == ["risk", "fair", "good", None]
    assert found["matrix"]["counts"] == [[0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]]
    assert (found["matrix"]["opening"], found["matrix"]["closing"]) == ([1, 1, 1, 1], [1, 2, 1, 0])
    assert found["summary"] == {"up": 1, "stayed": 1, "down": 1, "entered": 1, "left": 0}
    assert (found["from"], found["to"], found["totals"]) == ("2026-03-02", "2026-04-01", [None, None, 4])
    holds(moving, found)
    matrix = found["matrix"]
    for side in ("opening", "closing"):
        assert [counted(moving, "customer", behind) for behind in matrix[f"{side}_behind"]] == matrix[side]
    assert {way: counted(moving, "customer", behind) for way, behind in found["summary_behind"].items() if behind} == {"up": 1, "stayed": 1, "down": 1, "entered": 1}
    assert found["summary_behind"]["left"] is None
    assert counted(moving, "customer", matrix["behind"]) == 4
    assert answer(moving, {**MOVES, "type": "sankey"})["rows"] == found["rows"]


def test_choices_by_the_history_of_records(moving: Shop) -> None:
    document = widget("w", "transition", "customer", group_by=["industry"], measures=[], options={"from": "2026-03-02"})
    found = answer(moving, document)
    assert found["rows"] == [["saas", "saas", 2], ["saas", "retail", 1]]
    holds(moving, found)


def test_a_reader_of_some_rows_sees_movements_of_these(moving: Shop) -> None:
    found = answer(moving, MOVES, person("x", "half"))
    assert found["rows"] == [["good", "risk", 1]]
    holds(moving, found, ctx=person("x", "half"))


def test_the_chosen_period_gives_the_two_days(moving: Shop) -> None:
    found = answer(moving, MOVES, health_at="2026-03-03..2026-03-20")
    assert (found["from"], found["to"]) == ("2026-03-02", "2026-03-20")
    assert found["summary"]["stayed"] == 3
    for wrong in ({"group_by": []}, {"group_by": ["name"]}, {"group_by": ["health_score"]}):
        with pytest.raises(Invalid):
            answer(moving, widget("w", "transition", "customer", **{"measures": [], **wrong}))

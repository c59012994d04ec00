"""Measures that rank a record among all: cut points of full runs, and single records between them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from tenon.engine.access.rights import rights_of
from tenon.engine.context import system_context
from tenon.engine.scores.explain import explain
from tenon.platform.database import Database
from tests.engine.scores.world import CUSTOMER, TICKET, World, model_of, points, score

D = Decimal


@pytest.fixture
def w(database: Database, moment: datetime) -> World:
    return World(database, model_of(CUSTOMER, TICKET, score(points("a", 100, value="(quintile(arr) - 1) / 4"), where="hours > 0")), moment)


def test_records_are_ranked_against_the_last_full_run(w: World) -> None:
    records = [w.put("customer", arr=D(n * 100), hours=D(1)) for n in range(1, 11)]
    outside = w.put("customer", arr=D(99), hours=D(0))
    w.touch(records[0])
    assert (w.value(records[0]), w.row(records[0])["coverage"]) == (None, D(0))
    result = w.run()
    assert [w.value(r) for r in records] == [D(n) for n in (0, 0, 25, 25, 50, 50, 75, 75, 100, 100)]
    assert w.row(outside) == {}
    w.change("customer", records[0], arr=D(5000))
    w.touch(records[0])
    assert [w.value(r) for r in (records[0], records[8])] == [D(100), D(100)]
    w.change("customer", records[1], arr=D(1))
    w.touch(records[1])
    assert w.value(records[1]) == D(0)
    with w.work() as uow:
        found = explain(uow, rights_of(uow.model, system_context()), "health", records[0])
    assert found["measures"][0]["run"]["id"] == result.run
    w.run()
    assert (w.value(records[8]), w.band(records[8]), w.causes(records[8])) == (D(75), "fair", ["ranking"])


def test_equal_values_share_a_rank_and_a_full_run_agrees_with_single_ones(database: Database, moment: datetime) -> None:
    w = World(
        database,
        model_of(CUSTOMER, TICKET, score(points("a", 50, value="percent_rank(arr)"), points("b", 50, value="percent_rank(ratio * hours)"))),
        moment,
    )
    records = [w.put("customer", arr=D(a), ratio=D("0.3"), hours=D(h) if h else None) for a, h in ((1, 3), (2, 2), (2, 1), (3, None))]
    w.run()
    assert [w.row(r)["shares"] for r in records] == [[2500, 10000], [7500, 6667], [7500, 3333], [10000, None]]
    assert w.touch(*records) == []

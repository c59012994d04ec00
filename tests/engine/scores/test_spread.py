"""How the values of a score are spread over its scale: parts, edges that belong to what begins there, too little data, no value."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context, User, system_context
from tenon.engine.scores.spread import Spread, spread
from tenon.platform.database import Database
from tests.engine.scores.world import CUSTOMER, TICKET, World, model_of, points, score

D = Decimal
SCALE = (D(0), D(100))


@pytest.fixture
def world(database: Database) -> World:
    document = score(points("a", 60, value="ratio"), points("b", 40, value="hours"))
    return World(database, model_of(CUSTOMER, TICKET, document), datetime(2026, 3, 10, 1, 30, tzinfo=UTC))


def spread_of(w: World, ctx: Context, *edges: str) -> Spread | None:
    with w.reading() as uow:
        return spread(uow, rights_of(uow.model, ctx), uow.model.get("score", "health"), SCALE, [D(e) for e in edges], D("0.5"), 10)


def test_values_are_counted_in_parts_and_between_edges(world: World) -> None:
    for ratio, hours in (("0", "0"), ("0.5", "0.5"), ("0.5", "0.49"), ("1", "1"), ("1", "0"), (None, "1"), (None, None)):
        record = world.put("customer", ratio=D(ratio) if ratio else None, hours=D(hours) if hours else None)
        world.touch(record)
    found = spread_of(world, system_context(), "10", "50", "100")
    # 0; 50; 49.6; 100; 60; with 40 of 100 points known too little data; with none no value
    assert found == Spread((1, 0, 0, 0, 1, 1, 1, 0, 0, 1), (1, 2, 1), 1, 1, 1)


def test_who_may_not_see_the_score_is_told_nothing(world: World) -> None:
    world.touch(world.put("customer", ratio=D("0.5"), hours=D(1)))
    assert spread_of(world, Context(User("0" * 36, "no@example.com", "Nobody")), "50") is None

"""The worked example and the rules of points: edges, missing inputs, coverage, penalties, caps."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tenon.platform.database import Database
from tests.engine.scores.world import CUSTOMER, TICKET, World, model_of, points, score

D = Decimal
STREAMFLIX = [
    points("weekly_active", 25, when="ratio > 0.30", missing="zero"),
    points("team", 15, when="team_used_on >= days_ago(30)"),
    points("report", 10, when="report_used_on >= days_ago(30)"),
    points("goal", 15, when="goal_set and is_tracked"),
    points("hours", 15, when="hours > 5"),
    points("admin", 10, when="admin_seen_on >= date_add(today(), -1, 'month')"),
    points("training", 10, when="days_since(trained_on) <= 90"),
]  # fmt: skip
GRADED = [points("weekly_active", 25, value="scale(ratio, 0, 0.30)", missing="zero"), *STREAMFLIX[1:]]


@pytest.fixture
def world(database: Database, moment: datetime) -> Any:
    def make(document: dict[str, Any]) -> World:
        return World(database, model_of(CUSTOMER, TICKET, document), moment)

    return make


def _customer(world: World, **values: Any) -> dict[str, Any]:
    """A customer of the worked example, every yes/no measure met."""
    return {
        "ratio": D("0.4"), "team_used_on": world.ago(1), "report_used_on": world.ago(1), "goal_set": True, "is_tracked": True, "hours": D(6),
        "admin_seen_on": world.ago(1), "trained_on": world.ago(1), **values,
    }  # fmt: skip


def test_the_worked_example_gives_72_then_45_then_75(world: Any) -> None:
    w = world(score(*GRADED))
    record = w.put("customer", **_customer(w, ratio=D("0.264"), report_used_on=w.ago(60), hours=D(4)))
    w.touch(record)
    assert (w.value(record), w.band(record)) == (D(72), "fair")
    w.clock.advance(days=14)
    w.change("customer", record, ratio=D("0.12"), team_used_on=w.ago(40), admin_seen_on=w.ago(2))
    w.touch(record)
    assert (w.value(record), w.band(record), w.row(record)["trend"]) == (D(45), "risk", D(-27))
    w.clock.advance(days=14)
    w.change("customer", record, ratio=D("0.31"), team_used_on=w.ago(3), admin_seen_on=w.ago(2))
    w.touch(record)
    assert (w.value(record), w.band(record), w.row(record)["trend"]) == (D(75), "fair", D(30))
    assert w.moves(record) == [("fair", "risk"), ("risk", "fair")]


@pytest.mark.parametrize(("ratio", "expected"), [("0.3000", 75), ("0.3001", 100), ("0.301", 100), ("0.2999", 75), (None, 75)])
def test_thirty_percent_is_not_above_thirty_percent(world: Any, ratio: str | None, expected: int) -> None:
    w = world(score(*STREAMFLIX))
    record = w.put("customer", **_customer(w, ratio=D(ratio) if ratio else None))
    w.touch(record)
    assert w.value(record) == D(expected)


@pytest.mark.parametrize(("days", "expected"), [(90, 100), (91, 90)])
def test_training_ninety_days_ago_counts(world: Any, days: int, expected: int) -> None:
    w = world(score(*STREAMFLIX))
    record = w.put("customer", **_customer(w, trained_on=w.ago(days)))
    w.run()
    assert w.value(record) == D(expected)

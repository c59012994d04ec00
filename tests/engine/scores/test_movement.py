"""When a band may change: margin, keep, dwell, periods, grace, steps, stale data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tenon.engine.access.rights import rights_of
from tenon.engine.context import system_context
from tenon.engine.scores.explain import explain
from tenon.engine.scores.movement import due_on, next_period
from tenon.metamodel.kinds.score import Movement
from tenon.platform.database import Database
from tests.engine.scores.world import CUSTOMER, TICKET, World, model_of, points, score

D = Decimal


@pytest.fixture
def world(database: Database) -> Callable[..., World]:
    def make(movement: dict[str, Any], **more: Any) -> World:
        document = score(points("a", 100, value="ratio", **more), movement=movement)
        return World(database, model_of(CUSTOMER, TICKET, document), datetime(2026, 3, 10, 1, 30, tzinfo=UTC))

    return make


def _bands(w: World, record: str, *ratios: str, days: int = 0) -> list[str | None]:
    """The band after each value in turn, so many days apart."""
    found = []
    for ratio in ratios:
        w.clock.advance(days=days)
        w.change("customer", record, ratio=D(ratio))
        w.touch(record)
        found.append(w.band(record))
    return found


def _start(w: World, ratio: str) -> str:
    record = w.put("customer", ratio=D(ratio))
    w.touch(record)
    return record


def test_a_margin_holds_the_band_on_both_sides(world: Callable[..., World]) -> None:
    w = world({"margin": 5})
    record = _start(w, "0.60")
    assert _bands(w, record, "0.49", "0.45", "0.4499", "0.50", "0.55", "0.5501", "0.85", "0.8501") == [
        "fair",
        "fair",
        "risk",
        "risk",
        "risk",
        "fair",
        "fair",
        "healthy",
    ]


def test_a_band_is_kept_while_its_own_edge_and_condition_hold(world: Callable[..., World]) -> None:
    w = world({"keep": {"healthy": {"from": 60, "when": "hours > 5"}}})
    record = _start(w, "0.9")
    w.change("customer", record, hours=D(6))
    assert _bands(w, record, "0.6", "0.5999", "0.79", "0.8") == ["healthy", "fair", "fair", "healthy"]
    w.change("customer", record, hours=D(5))
    assert _bands(w, record, "0.7") == ["fair"]


def test_a_band_is_held_for_its_dwell(world: Callable[..., World]) -> None:
    w = world({"min_dwell_days": 10})
    record = _start(w, "0.9")
    assert _bands(w, record, "0.1", days=3) == ["healthy"]
    with w.work() as uow:
        held = explain(uow, rights_of(uow.model, system_context()), "health", record)["adjustments"]
    assert held == [{"type": "movement", "label": "Stays healthy; risk is due on 2026-03-20.", "points": 0}]
    w.clock.advance(days=6)
    w.run()
    assert w.band(record) == "healthy"
    w.clock.advance(days=1)
    w.run()
    assert (w.band(record), w.moves(record)) == ("risk", [("healthy", "risk")])
    assert _bands(w, record, "0.9", days=9) == ["risk"]


def test_a_period_lets_bands_fall_at_its_end_only(world: Callable[..., World]) -> None:
    w = world({"down": "period", "period": "month"})
    record = _start(w, "0.9")
    assert _bands(w, record, "0.1", days=5) == ["healthy"]
    assert _bands(w, record, "0.85", "0.1", days=5) == ["healthy", "healthy"]
    w.clock.advance(days=6)
    w.run()
    assert (w.today, w.band(record)) == (date(2026, 3, 31), "healthy")
    w.clock.advance(days=1)
    w.run()
    assert w.band(record) == "risk"
    assert _bands(w, record, "0.9") == ["healthy"]


def test_never_and_grace(world: Callable[..., World]) -> None:
    w = world({"up": "never", "grace_days": 3})
    record = _start(w, "0.6")
    assert _bands(w, record, "0.9") == ["fair"]
    assert _bands(w, record, "0.1", "0.1", "0.1", "0.1", days=1) == ["fair", "fair", "fair", "risk"]
    w = world({"grace_days": 3})
    record = _start(w, "0.6")
    assert _bands(w, record, "0.1", "0.1", "0.6", "0.1", "0.1", "0.1", "0.1", days=1) == ["fair"] * 6 + ["risk"]


def test_one_step_at_a_time(world: Callable[..., World]) -> None:
    w = world({"max_step": 1})
    record = _start(w, "0.9")
    assert _bands(w, record, "0.1", "0.1", "0.95") == ["fair", "risk", "fair"]


def test_stale_data_holds_the_band_unless_it_may_move(world: Callable[..., World]) -> None:
    for on_stale, expected in (("hold", "healthy"), ("move", "risk")):
        document = score(
            points("a", 50, value="ratio"),
            points("b", 50, when="count(tickets) > 0", max_age_days=5, missing="zero"),
            movement={"on_stale": on_stale},
            min_coverage=0.5,
        )
        w = World(world({}).database, model_of(CUSTOMER, TICKET, document), datetime(2026, 3, 10, 1, 30, tzinfo=UTC))
        record = w.put("customer", ratio=D("0.9"))
        w.put("ticket", customer=record, opened_on=w.today)
        w.touch(record)
        w.clock.advance(days=10)
        w.run()
        assert (w.value(record), w.band(record)) == (D(45), expected)


def test_a_change_of_the_model_waits_for_nothing(world: Callable[..., World]) -> None:
    w = world({"min_dwell_days": 100, "down": "period"})
    record = _start(w, "0.9")
    assert _bands(w, record, "0.1") == ["healthy"]
    w.run(cause="model")
    assert (w.band(record), w.causes(record)) == ("risk", ["model"])


def test_a_gap_does_not_reset_the_band(world: Callable[..., World]) -> None:
    w = world({"margin": 10})
    record = _start(w, "0.6")
    w.change("customer", record, ratio=None)
    w.touch(record)
    assert w.band(record) is None
    assert _bands(w, record, "0.45") == ["fair"]


def test_when_a_held_change_is_due() -> None:
    assert next_period(date(2026, 12, 5), "month") == date(2027, 1, 1)
    assert next_period(date(2026, 5, 5), "quarter") == date(2026, 7, 1)
    movement = Movement(down="period", period="quarter", grace_days=10, min_dwell_days=200)
    assert due_on(movement, -1, date(2026, 5, 5), date(2026, 1, 1)) == date(2026, 7, 20)
    assert due_on(movement, 1, date(2026, 5, 5), date(2025, 1, 1)) == date(2026, 5, 5)
    assert due_on(movement, None, None, None) is None

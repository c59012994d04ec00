"""Snapshots, changes of band, the trend and thinning."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tenon.engine.context import system_context
from tenon.engine.records.deleting import delete
from tenon.engine.records.emptying import empty_trash
from tenon.engine.records.writing import create
from tenon.engine.scores.events import BandsMoved, ScoreCause
from tenon.engine.scores.snapshots import thin
from tenon.platform.database import Database
from tests.engine.scores.world import CUSTOMER, TICKET, World, model_of, points, score

D = Decimal


@pytest.fixture
def w(database: Database, moment: datetime) -> World:
    return World(
        database,
        model_of(CUSTOMER, TICKET, score(points("a", 60, value="ratio"), points("b", 40, when="hours > 5"), trend_days=14)),
        moment,
    )


def _set(w: World, record: str, days: int = 1, **values: Any) -> None:
    w.clock.advance(days=days)
    w.change("customer", record, **values)
    w.touch(record)


def test_the_first_value_is_kept_and_no_change_of_band(w: World) -> None:
    record = w.put("customer", ratio=D(1), hours=D(9))
    w.touch(record)
    assert (w.moves(record), len(w.snapshots(record)), w.snapshots(record)[0]["cause"]) == ([], 1, {"kind": "event"})


def test_nothing_new_writes_nothing(w: World) -> None:
    record = w.put("customer", ratio=D(1), hours=D(9))
    w.touch(record)
    before = w.row(record)
    assert w.touch(record) == []
    assert w.run().changed == 0
    after = w.row(record)
    assert after.pop("seq") > before.pop("seq")
    assert (after, len(w.snapshots(record))) == (before, 1)


def test_a_contribution_that_moves_is_kept_even_when_the_value_stays(w: World) -> None:
    record = w.put("customer", ratio=D(1), hours=D(1))
    w.touch(record)
    _set(w, record, ratio=D("0.3333"), hours=D(9))
    _set(w, record, ratio=D("0.3333"), hours=D(10))
    assert [s["value"] for s in w.snapshots(record)] == [D(60), D("59.998")]
    assert w.snapshots(record)[1]["shares"] == [3333, 10000]


def test_each_change_of_band_is_a_row_and_an_event(w: World) -> None:
    record = w.put("customer", ratio=D(1), hours=D(9))
    w.touch(record)
    _set(w, record, ratio=D("0.1"))
    _set(w, record, ratio=D("0.05"))
    _set(w, record, ratio=D(1))
    _set(w, record, ratio=D("0.1"))
    assert w.moves(record) == [("healthy", "risk"), ("risk", "healthy"), ("healthy", "risk")]
    assert set(w.causes(record)) == {"event"}
    w.change("customer", record, ratio=D(1))
    w.run()
    told = [(e.before, e.after, e.was_value, e.value, e.cause.kind) for each in w.told if isinstance(each, BandsMoved) for e in each.moves]
    assert told == [("risk", "healthy", D(46), D(100), "schedule")]


def test_a_gap_raises_no_second_alert(w: World) -> None:
    record = w.put("customer", ratio=D("0.1"), hours=D(1))
    w.touch(record)
    _set(w, record, ratio=None, hours=D(1))
    _set(w, record, ratio=D("0.1"))
    assert w.moves(record) == [("risk", None), (None, "risk")]
    _set(w, record, ratio=None)
    _set(w, record, ratio=D(1), hours=D(9))
    assert w.moves(record)[2:] == [("risk", None), (None, "healthy"), ("risk", "healthy")]


def test_a_record_that_begins_without_data_changes_no_band(w: World) -> None:
    record = w.put("customer")
    w.touch(record)
    assert w.row(record)["coverage"] == D(0)
    _set(w, record, ratio=D(1), hours=D(9))
    assert (w.band(record), w.moves(record)) == ("healthy", [])


def test_the_trend_is_against_exactly_so_many_days_ago(w: World) -> None:
    record = w.put("customer", ratio=D(1), hours=D(9))
    w.touch(record)
    _set(w, record, days=3, ratio=D("0.5"))
    w.clock.advance(days=10)
    w.run()
    assert w.row(record)["trend"] is None
    w.clock.advance(days=1)
    w.run()
    assert w.row(record)["trend"] == D(-30)
    w.clock.advance(days=3)
    w.run()
    assert w.row(record)["trend"] == D(0)
    assert len(w.snapshots(record)) == 2


def test_a_change_of_the_model_is_its_cause(w: World) -> None:
    record = w.put("customer", ratio=D("0.5"), hours=D(9))
    w.touch(record)
    changed = score(points("a", 60, value="ratio"), points("b", 10, when="hours > 5"))
    w.publish(model_of(CUSTOMER, TICKET, changed, number=2, before=w.model))
    w.run(cause="model")
    assert (w.value(record), w.moves(record), w.causes(record)) == (D(40), [("fair", "risk")], ["model"])
    assert w.snapshots(record)[-1]["release"] == 2


def test_old_snapshots_are_thinned_to_one_a_month_and_every_change_of_band(w: World) -> None:
    record = w.put("customer", ratio=D("0.1"), hours=D(1))
    w.touch(record)
    for ratio in ("0.2", "0.3", "0.9", "0.95"):
        _set(w, record, days=2, ratio=D(ratio), hours=D(9) if ratio > "0.5" else D(1))
    _set(w, record, days=400, ratio=D("0.96"))
    _set(w, record, days=3, ratio=D("0.97"))
    with w.work() as uow:
        assert thin(uow) == 2
    assert [s["value"] for s in w.snapshots(record)] == [D(6), D(94), D(97), D("97.6"), D("98.2")]


def test_causes_are_those_of_the_caller(w: World) -> None:
    record = w.put("customer", ratio=D(1), hours=D(9))
    w.touch(record)
    w.change("customer", record, ratio=D(0), hours=D(0))
    w.touch(record, cause=ScoreCause("manual", {"record": record}))
    assert (w.causes(record), w.snapshots(record)[-1]["cause"]) == (["manual"], {"kind": "manual", "record": record})


def test_a_write_is_named_as_the_cause(w: World) -> None:
    with w.work() as uow:
        record = create(uow, system_context(), w.model.get_entity("customer"), {"ratio": "0.9", "hours": "6"})
    assert w.snapshots(record)[0]["cause"] == {"kind": "event", "entity": "customer", "action": "create", "record": record}


def test_nothing_is_left_of_records_that_are_gone_for_good(w: World) -> None:
    record, other = w.put("customer", ratio=D(1), hours=D(9)), w.put("customer", ratio=D(1), hours=D(9))
    w.touch(record, other)
    customer = w.model.get_entity("customer")
    with w.work() as uow:
        delete(uow, system_context(), customer, [record])
    assert w.snapshots(record)
    with w.work() as uow:
        assert empty_trash(uow, uow.now + timedelta(seconds=1)) == 1
    assert (w.row(record), w.snapshots(record), len(w.snapshots(other))) == ({}, [], 1)

"""Full runs as jobs: chunks, newer rows left alone, stopping, going on, schedules and the order of scores."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from tenon.engine.jobs import cancel, get, put
from tenon.engine.scores.definition import define
from tenon.engine.scores.events import BandsMoved, ScoreCause, ScoreChanged
from tenon.engine.scores.jobs import RUN, SWEEP, drop_newer, read_chunk, score_schedules
from tenon.engine.scores.realtime import stage_changes
from tenon.engine.scores.run import in_order
from tenon.engine.scores.tables import runs, stage
from tenon.platform.database import Database
from tests.engine.scores.world import BANDS, CUSTOMER, TICKET, World, model_of, points, score

D = Decimal
VALUE: dict[str, Any] = {
    "kind": "score", "name": "value", "entity": "customer", "purpose": "value", "bands": BANDS,
    "variants": [{"name": "default", "measures": [points("health", 100, value="health_score / 200")]}],
}  # fmt: skip


@pytest.fixture
def w(database: Database, moment: datetime) -> World:
    return World(database, model_of(CUSTOMER, TICKET, score(points("a", 100, value="ratio")), VALUE), moment)


def _put(w: World, **payload: Any) -> str:
    with w.work() as uow:
        return put(uow.connection, RUN, payload)


def _job(w: World, job: str) -> dict[str, Any]:
    with w.reading() as uow:
        return get(uow.connection, job)


def test_a_run_computes_everybody_and_what_reads_the_score(w: World) -> None:
    records = [w.put("customer", ratio=D(n) / 10) for n in range(8)]
    job = _put(w, score="health", cause="schedule")
    w.worker(3).run_until_idle()
    row = _job(w, job)
    assert (row["state"], row["result"], row["done_count"], row["total_count"]) == ("done", {"changed": 8}, 0, 0)
    assert [w.value(r) for r in records] == [D(n * 10) for n in range(8)]
    assert [w.row(r, "value")["score"] for r in records] == [D(n * 5) for n in range(8)]
    assert w.run().changed == 0
    assert w.run("value").changed == 0
    w.change("customer", records[7], ratio=D("0.1"))
    w.told.clear()
    _put(w, score=None, cause="schedule")
    w.worker().run_until_idle()
    moved = [(e.score_id == w.score_id, e.before, e.after) for each in w.told if isinstance(each, BandsMoved) for e in each.moves]
    assert moved == [(True, "fair", "risk")]
    with w.reading() as uow:
        assert not uow.connection.execute(select(stage)).all()
        assert set(uow.connection.execute(select(runs.c.state)).scalars()) == {"done"}


def test_scores_follow_those_they_read(w: World) -> None:
    assert in_order(w.model) == [w.model.get("score", name).id for name in ("health", "value")]
    names = {(s.name, s.cron, s.kind) for s in score_schedules(w.model)}
    assert names == {
        *((f"score:{w.model.get('score', n).id}", "0 2 * * *", RUN) for n in ("health", "value")),
        ("score:sweep", "10 0 * * *", SWEEP),
    }


def test_rows_computed_since_the_stage_are_left_alone(w: World) -> None:
    records = [w.put("customer", ratio=D("0.9")) for _ in range(3)]
    w.run()
    for record in records:
        w.change("customer", record, ratio=D("0.1"))
    definition = define(w.model, w.model.get("score", "health"))
    with w.work() as uow:
        assert stage_changes(uow, definition, "run", None) == 3
    w.change("customer", records[1], ratio=D("0.2"))
    w.touch(records[1])
    with w.work() as uow:
        assert drop_newer(uow, definition, read_chunk(uow, definition, "run", ScoreCause("schedule"), "", 100)) == [records[1]]


def test_a_run_stops_between_chunks_and_leaves_no_stage(w: World) -> None:
    records = [w.put("customer", ratio=D("0.9")) for _ in range(6)]
    job = _put(w, score="health")
    w.on_event = lambda uow, event: cancel(uow.connection, job, real_now=uow.real_now) if isinstance(event, ScoreChanged) else None
    w.worker(2).run_until_idle()
    assert _job(w, job)["state"] == "cancelled"
    assert [w.value(r) for r in records] == [D(90), D(90), None, None, None, None]
    with w.reading() as uow:
        assert not uow.connection.execute(select(stage)).all()


def test_a_run_that_died_goes_on_where_it_was(w: World) -> None:
    records = [w.put("customer", ratio=D("0.9")) for _ in range(6)]
    job = _put(w, score="health")
    heard: list[Any] = []

    def die(_: Any, event: Any) -> None:
        heard.extend([event] if isinstance(event, ScoreChanged) else [])
        if len(heard) == 2:
            raise RuntimeError("power cut")

    w.on_event = die
    w.worker(2).run_until_idle()
    assert (_job(w, job)["state"], [w.value(r) for r in records][:3]) == ("queued", [D(90), D(90), None])
    w.change("customer", records[5], ratio=D("0.2"))
    w.touch(records[5])
    with w.work() as uow:
        uow.connection.exec_driver_sql("UPDATE tenon_job SET retry_at = NULL")
    w.worker(2).run_until_idle()
    assert (_job(w, job)["state"], [w.value(r) for r in records]) == ("done", [D(90)] * 5 + [D(20)])
    assert [len([s for s in w.snapshots(r) if s["score"] == w.score_id]) for r in records] == [1] * 6

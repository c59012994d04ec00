"""A full run: every record of a score computed in one snapshot, applied in chunks that newer values are left out of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, column, delete, func, insert, select, table, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from tenon.engine.columns import show_moment
from tenon.engine.jobs import JobKind, JobRun, Transactions
from tenon.engine.recompute.graph import graph_of
from tenon.engine.scores.apply import Batch, apply, keep_form, keep_moves, moves_of, tell_moves
from tenon.engine.scores.definition import Definition, define
from tenon.engine.scores.events import CauseKind, ScoreCause, ScoreChanged
from tenon.engine.scores.outcome import COLUMNS
from tenon.engine.scores.ranking import store_cuts
from tenon.engine.scores.realtime import environment_of, realtime, stage_changes, staging
from tenon.engine.scores.tables import runs, stage
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Model

CHUNK = 5_000
OpenWork = Callable[[Connection, "datetime | None"], UnitOfWork]
"""Open a unit of work of the published release on a connection, as of a moment (None: now)."""


@dataclass(frozen=True)
class RunResult:
    """What a run did: its id and how many records it changed."""

    run: str
    changed: int
    shown: int


def in_order(model: Model) -> list[str]:
    """Return the ids of the scores of a release, each after those it reads."""
    return [str(t.score_id) for level in graph_of(model).levels() for t in sorted(level, key=lambda t: t.key) if t.score_id is not None]


def run_now(uow: UnitOfWork, score_id: str, cause: ScoreCause | None = None) -> RunResult:
    """Compute a score for all records in this transaction and tell listeners; for small workspaces and population measures."""
    definition = define(uow.model, uow.model.get("score", score_id))
    cause = _ranking(definition, cause or ScoreCause("schedule"))
    run = _begin(uow, definition, cause)
    prepare(uow, definition)
    staged = stage_changes(uow, definition, run, None, is_exempt=cause.kind == "model")
    shown, moves = apply(uow, definition, Batch(run, cause))
    keep_moves(uow, moves)
    uow.connection.execute(update(runs).where(runs.c.id == run).values(state="done", staged=staged, applied=staged, ended_at=uow.real_now))
    if shown:
        uow.tell(ScoreChanged(definition.entity, definition.id, tuple(shown)))
    tell_moves(uow)
    return RunResult(run, staged, len(shown))


def run_all_now(uow: UnitOfWork, cause: ScoreCause | None = None) -> list[RunResult]:
    """Compute every score for all records in this transaction, each after those it reads."""
    return [run_now(uow, score_id, cause) for score_id in in_order(uow.model)]


def prepare(uow: UnitOfWork, definition: Definition) -> None:
    """Keep the form, and make new cut points where a measure ranks."""
    keep_form(uow, definition)
    if definition.has_population:
        store_cuts(uow, environment_of(uow, definition), definition)


def _ranking(definition: Definition, cause: ScoreCause) -> ScoreCause:
    return ScoreCause("ranking", cause.detail) if definition.has_population and cause.kind == "schedule" else cause


def _begin(uow: UnitOfWork, definition: Definition, cause: ScoreCause) -> str:
    run = uow.new_id()
    uow.connection.execute(
        insert(runs),
        {
            "id": run, "score": definition.id, "as_of": uow.now, "cause": cause.kind, "state": "staging", "staged": 0, "applied": 0, "skipped": 0,
            "has_cuts": int(definition.has_population), "release": definition.release, "started_at": uow.real_now, "ended_at": None,
        },
    )  # fmt: skip
    return run

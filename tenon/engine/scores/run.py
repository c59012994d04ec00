"""A full run in one transaction: every record of a score, in the order of dependencies."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, update

from tenon.engine.recompute.graph import graph_of
from tenon.engine.scores.apply import apply, keep_form, keep_moves, read_batch, tell_moves
from tenon.engine.scores.definition import Definition, define
from tenon.engine.scores.events import ScoreCause, ScoreChanged
from tenon.engine.scores.ranking import store_cuts
from tenon.engine.scores.realtime import environment_of, stage_changes
from tenon.engine.scores.tables import runs
from tenon.engine.sql.environment import Resolver
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Model


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
    cause = cause_of_run(definition, cause or ScoreCause("schedule"))
    run = begin(uow, definition, cause)
    prepare(uow, definition)
    staged = stage_changes(uow, definition, run, None, is_exempt=cause.kind == "model")
    shown, moves = apply(uow, definition, read_batch(uow, run, cause))
    keep_moves(uow, moves)
    uow.connection.execute(update(runs).where(runs.c.id == run).values(state="done", staged=staged, applied=staged, ended_at=uow.real_now))
    if shown:
        uow.tell(ScoreChanged(definition.entity, definition.id, tuple(shown)))
    tell_moves(uow)
    return RunResult(run, staged, len(shown))


def run_all_now(uow: UnitOfWork, cause: ScoreCause | None = None) -> list[RunResult]:
    """Compute every score for all records in this transaction, each after those it reads."""
    return [run_now(uow, score_id, cause) for score_id in in_order(uow.model)]


def prepare(uow: UnitOfWork, definition: Definition, resolver: Resolver | None = None) -> None:
    """Keep the form, and make new cut points where a measure ranks."""
    keep_form(uow, definition)
    if definition.has_population:
        store_cuts(uow, environment_of(uow, definition, resolver), definition)


def cause_of_run(definition: Definition, cause: ScoreCause) -> ScoreCause:
    """Return the cause of a run's changes of band: new cut points where a measure ranks."""
    return ScoreCause("ranking", cause.detail) if definition.has_population and cause.kind == "schedule" else cause


def begin(uow: UnitOfWork, definition: Definition, cause: ScoreCause) -> str:
    """Note a new run and return its id."""
    run = uow.new_id()
    row = {
        "id": run, "score": definition.id, "as_of": uow.now, "cause": cause.kind, "state": "staging", "staged": 0, "applied": 0,
        "skipped": 0, "has_cuts": int(definition.has_population), "release": definition.release, "started_at": uow.real_now, "ended_at": None,
    }  # fmt: skip
    uow.connection.execute(insert(runs), row)
    return run

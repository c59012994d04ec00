"""How scores hang on the rest: recomputed after changes and publishes, run by schedule, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import func, select

from tenon.engine.jobs.queue import put
from tenon.engine.recompute.touch import AT_ONCE, Change, Recompute
from tenon.engine.records.events import Removed
from tenon.engine.scores.apply import tell_moves
from tenon.engine.scores.events import ScoreCause, ScoreChanged
from tenon.engine.scores.jobs import RUN, score_jobs, score_schedules
from tenon.engine.scores.realtime import realtime
from tenon.engine.scores.run import run_now
from tenon.engine.scores.snapshots import forget
from tenon.engine.unit_of_work import UnitOfWork

__all__ = ["run_score", "score_after_publish", "score_jobs", "score_listener", "score_schedules", "tell_moves"]


def run_score(uow: UnitOfWork, score_id: str, ids: Collection[str]) -> Collection[str]:
    """Compute a score for the records that a change touched."""
    return realtime(uow, score_id, ids)


def score_listener(recompute: Recompute) -> Callable[[UnitOfWork, object], None]:
    """Return the listener that spreads what a run or an override changed to what reads it, and forgets records that are gone for good."""

    def hear(uow: UnitOfWork, event: object) -> None:
        if isinstance(event, ScoreChanged):
            fields = frozenset(f.id for f in event.entity.fields.values() if f.score == event.score_id)
            recompute.after(uow, Change(event.entity.id, event.ids, fields))
        elif isinstance(event, Removed):
            forget(uow, event.entity, event.ids)

    return hear


def score_after_publish(uow: UnitOfWork, score_id: str) -> None:
    """Compute a new or changed score: a small workspace at once, a large one by a job."""
    table = uow.tables.of(uow.model.get_entity(uow.model.documents[score_id].body.entity))
    count = int(uow.connection.execute(select(func.count()).select_from(table)).scalar_one())
    if count <= AT_ONCE:
        run_now(uow, score_id, ScoreCause("model"))
    else:
        put(uow.connection, RUN, {"score": score_id, "cause": "model"}, unique_key=f"{RUN}:{score_id}", key_until="started")

"""How scores hang on the rest: recomputed after changes and publishes, run by schedule, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import func, select

from tenon.engine.jobs.queue import put
from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.jobs.schedules import Schedule
from tenon.engine.recompute.touch import AT_ONCE, Change, Recompute
from tenon.engine.scores.events import ScoreCause
from tenon.engine.scores.realtime import realtime
from tenon.engine.scores.run import run_now
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Model

SCORE_RUN = "score_run"


def run_score(uow: UnitOfWork, score_id: str, ids: Collection[str]) -> Collection[str]:
    """Compute a score for the records that a change touched."""
    return realtime(uow, score_id, ids)


def score_after_publish(uow: UnitOfWork, score_id: str) -> None:
    """Compute a new or changed score: a small workspace at once, a large one by a job."""
    table = uow.tables.of(uow.model.get_entity(uow.model.documents[score_id].body.entity))
    count = int(uow.connection.execute(select(func.count()).select_from(table)).scalar_one())
    if count <= AT_ONCE:
        run_now(uow, score_id, ScoreCause("model"))
    else:
        put(uow.connection, SCORE_RUN, {"score": score_id, "cause": "model"}, unique_key=f"{SCORE_RUN}:{score_id}", key_until="started")


def score_schedules(model: Model) -> list[Schedule]:
    """Return the schedule of every score of a release."""
    return [Schedule(f"score:{d.id}", d.body.schedule, SCORE_RUN, {"score": d.id, "cause": "schedule"}) for d in model.all("score")]


def score_jobs(open_write: Callable[[], AbstractContextManager[UnitOfWork]], recompute: Recompute) -> list[JobKind]:
    """Return the kind of job that runs a score over all its records."""

    def run_job(run: JobRun) -> dict[str, Any]:
        with open_write() as uow:
            document = uow.model.find("score", run.payload["score"])
            if document is None:
                return {"records": 0}
            result = run_now(uow, document.id, ScoreCause(run.payload.get("cause", "schedule")))
            entity = uow.model.get_entity(document.body.entity)
            fields = frozenset(f.id for f in entity.fields.values() if f.score == document.id)
            recompute.after(uow, Change(entity.id, [], fields))
            run.finish(uow.connection, {"records": result.changed})
            return {"records": result.changed}

    return [JobKind(SCORE_RUN, run_job)]

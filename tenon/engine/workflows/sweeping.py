"""Looking again, from time to time, at what waits for a condition: it may have come true by the clock, or by records elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import update

from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.jobs.schedules import Schedule
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows import token
from tenon.engine.workflows.tables import tokens

SWEEP = "workflow_sweep"
SWEEPING = Schedule("tenon:workflows", "*/15 * * * *", SWEEP)


def sweep_jobs(open_write: Callable[[], AbstractContextManager[UnitOfWork]]) -> list[JobKind]:
    """Return the kind of job that lets every instance look again that listens to its record."""

    def work(_run: JobRun) -> dict[str, Any]:
        with open_write() as uow:
            listening = update(tokens).where(tokens.c.listens, tokens.c.state == "waiting", tokens.c.news_at.is_(None)).values(news_at=uow.now)
            workflows = list(uow.connection.execute(listening.returning(tokens.c.workflow)).scalars())
            for workflow in set(workflows):
                token.call(uow, workflow)
        return {"looked_at": len(workflows)}

    return [JobKind(SWEEP, work)]

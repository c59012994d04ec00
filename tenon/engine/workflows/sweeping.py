"""Looking again, from time to time, at what waits: for a condition that may have come true elsewhere, or for a worker whose job died."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import select, update

from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.jobs.schedules import Schedule
from tenon.engine.rules.runs import call_waiting
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows import token
from tenon.engine.workflows.advancing import DUE, READY
from tenon.engine.workflows.tables import tokens

SWEEP = "workflow_sweep"
SWEEPING = Schedule("tenon:workflows", "*/15 * * * *", SWEEP)


def sweep_jobs(open_write: Callable[[], AbstractContextManager[UnitOfWork]]) -> list[JobKind]:
    """Return the kind of job that lets every instance look again that listens to its record, and calls for what nobody does."""

    def work(_run: JobRun) -> dict[str, Any]:
        with open_write() as uow:
            listening = update(tokens).where(tokens.c.listens, tokens.c.state == "waiting", tokens.c.news_at.is_(None)).values(news_at=uow.now)
            workflows = list(uow.connection.execute(listening.returning(tokens.c.workflow)).scalars())
            for workflow in {*workflows, *_left_behind(uow)}:
                token.call(uow, workflow)
            call_waiting(uow)
        return {"looked_at": len(workflows)}

    return [JobKind(SWEEP, work)]


def _left_behind(uow: UnitOfWork) -> set[str]:
    """Return the workflows with something to do: the job that was to do it may have died with its workers."""
    found: set[str] = set()
    for what in (READY, DUE & (tokens.c.due_at <= uow.now)):
        found.update(uow.connection.execute(select(tokens.c.workflow).where(what, tokens.c.state != "failed").distinct()).scalars())
    return found

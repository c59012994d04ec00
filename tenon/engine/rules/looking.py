"""Rules that the clock wakes: at their times they look at the records of their entity, some thousand in a transaction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tenon.engine.context import system_context
from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.jobs.schedules import Schedule
from tenon.engine.rules.book import book_of
from tenon.engine.rules.firing import acts_once, fire
from tenon.engine.rules.misses import Gathered
from tenon.engine.rules.timing import LOOK
from tenon.engine.rules.triggers import HEARING
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Model

RANGE = 5_000
OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]


def rule_schedules(model: Model) -> list[Schedule]:
    """Return when the rules of a release look."""
    return [make(rule) for rule in book_of(model).rules.values() if (make := getattr(HEARING[rule.body.trigger.type], "schedule", None)) is not None]


def look_jobs(open_write: OpenWrite, gathered: Gathered) -> list[JobKind]:
    """Return the kind of job that looks at all records of a rule."""

    def work(run: JobRun) -> dict[str, Any]:
        return _look(run, open_write, gathered)

    return [JobKind(LOOK, work)]


def _look(run: JobRun, open_write: OpenWrite, gathered: Gathered) -> dict[str, Any]:
    state = dict(run.checkpoint or {"after": "", "fired": 0, "root": run.id})
    since, due = (datetime.fromisoformat(run.payload[key]) for key in ("since", "due"))
    while state["after"] is not None:
        run.check_cancelled()
        with open_write() as uow:
            rule = book_of(uow.model).rules.get(run.payload["rule"])
            if rule is None:
                return {"fired": state["fired"]}
            uow.notes["root"] = state["root"]  # whatever one tick brings about is one outside change
            table = uow.tables.of(rule.entity)
            wanted = select(table.c.id).where(table.c.id > state["after"], table.c.deleted_at.is_(None)).order_by(table.c.id).limit(RANGE)
            ids = list(uow.connection.execute(wanted).scalars())
            heard = HEARING[rule.body.trigger.type].look(uow, rule, ids, since, due) if ids else None
            if heard is not None and heard.ids:
                state["fired"] += len(fire(uow, system_context("rule"), rule, heard, gathered))
            is_over = bool(state["fired"]) and acts_once(rule)
            state["after"] = ids[-1] if len(ids) == RANGE and not is_over else None
            run.save(uow.connection, state, done=state["fired"])
    return {"fired": state["fired"]}

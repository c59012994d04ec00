"""The job that delivers: a claim in one transaction, the sending in none, what came of it in the next.

At least once: a worker that dies between sending and noting leaves a claim that ends, and then the same id is sent again.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal_column, or_, select, update

from tenon.engine.jobs import JobKind, JobRun
from tenon.engine.jobs.table import keep_problems
from tenon.engine.outbox.channels import CHANNELS
from tenon.engine.outbox.queue import DELIVER, call
from tenon.engine.outbox.table import Delivery, deliveries
from tenon.engine.outside import Outside
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Problem, Stale, TenonError, TooMany, Unavailable
from tenon.metamodel.labels import say

log = logging.getLogger("tenon.outbox")
OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]
LEASE = timedelta(minutes=3)
FIRST_PAUSE, PAUSE_FACTOR, LONGEST_PAUSE = timedelta(seconds=10), 4, timedelta(days=1)
MOST_ATTEMPTS = 11
"""With the pauses above that is nearly four days."""
RUN_SECONDS = 15.0
STUMBLES = 3
"""So many passing failures one after the other mean that the endpoint is away: the others rest too, their attempts not used up."""
REST = timedelta(seconds=30)
LONGEST_ANSWER = 2_000
PASSING = (Unavailable, TooMany, Stale)


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt; ``may_help`` says whether another one may."""

    row: Delivery
    answer: Any = None
    problem: Problem | None = None
    may_help: bool = False


def delivery_jobs(open_write: OpenWrite) -> list[JobKind]:
    """Return the kind of job that delivers what waits for one channel and endpoint."""

    def work(run: JobRun) -> dict[str, int]:
        return _work(run, open_write)

    return [JobKind(DELIVER, work)]


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: four times as long each time, up to a day, and up to a fifth more by chance."""
    pauses: int = PAUSE_FACTOR ** (attempts - 1)
    return min(FIRST_PAUSE * pauses, LONGEST_PAUSE) * (1 + random.random() / 5)


def _work(run: JobRun, open_write: OpenWrite) -> dict[str, int]:
    """Deliver one after the other, at most for a while: then others have their turn and what is left has a job of its own."""
    channel, endpoint = run.payload["channel"], run.payload["endpoint"]
    began, done, stumbles = time.monotonic(), {"sent": 0, "failed": 0}, 0
    outcome: Outcome | None = None
    while True:
        goes_on = not run.is_lost and stumbles < STUMBLES and time.monotonic() - began < RUN_SECONDS
        with open_write() as uow:
            if outcome is not None:
                _note(uow, outcome)
            row = _claim(uow, channel, endpoint) if goes_on else None
            if row is None:
                _come_back(uow, channel, endpoint, rests=stumbles >= STUMBLES)
        if row is None:
            return done
        outcome = _attempt(run.outside, row)
        done["failed" if outcome.problem else "sent"] += 1
        stumbles = stumbles + 1 if outcome.may_help else 0


def _heads(channel: str, endpoint: str) -> list[ColumnElement[bool]]:
    """Return the conditions of what waits and has nobody of its order before it."""
    earlier = deliveries.alias("earlier")
    before = exists().where(earlier.c.order_key == deliveries.c.order_key, earlier.c.ended_at.is_(None), earlier.c.id < deliveries.c.id)
    is_first = or_(deliveries.c.order_key.is_(None), ~before)
    return [deliveries.c.ended_at.is_(None), deliveries.c.channel == channel, deliveries.c.endpoint == endpoint, is_first]


def _claim(uow: UnitOfWork, channel: str, endpoint: str) -> Delivery | None:
    """Take the next one that is due; what its channel cannot make ready has failed at once, and the one after it is taken."""
    while True:
        c, now = deliveries.c, uow.outside.clock.real_now()
        due = and_(or_(c.next_at.is_(None), c.next_at <= now), or_(c.lease_until.is_(None), c.lease_until <= now))
        wanted = select(deliveries).where(*_heads(channel, endpoint), due).order_by(c.id).limit(1).with_for_update(skip_locked=True)
        found = uow.connection.execute(wanted).mappings().first()
        if found is None:
            return None
        claimed = {"attempts": found["attempts"] + 1, "lease_until": now + LEASE}
        uow.connection.execute(update(deliveries).where(c.id == found["id"]).values(claimed))
        row = Delivery.of({**found, **claimed})
        ready = getattr(CHANNELS.get(channel), "ready", None)
        if ready is None:
            return row
        try:
            return Delivery.of({**found, **claimed}, ready(uow, row))
        except TenonError as error:
            _note(uow, Outcome(row, problem=error.problems[0], may_help=isinstance(error, PASSING)))


def _attempt(outside: Outside, row: Delivery) -> Outcome:
    """Send one; whatever is raised becomes the outcome."""
    channel = CHANNELS.get(row.channel)
    if channel is None:
        message = say("There is no channel {name}.", "没有渠道 {name}。", name=row.channel)
        return Outcome(row, problem=Problem("", "no_such_channel", message, say("Update every worker.", "请更新所有工作进程。")), may_help=True)
    try:
        return Outcome(row, answer=channel.deliver(outside, row))
    except TenonError as error:
        return Outcome(row, problem=error.problems[0], may_help=isinstance(error, PASSING), answer=getattr(error, "answer", None))
    except Exception as error:
        log.exception("delivery %s (%s) failed", row.id, row.channel)
        message = say("The delivery failed unexpectedly ({error}).", "投递意外失败（{error}）。", error=type(error).__name__)
        return Outcome(row, problem=Problem("", "failed", message, say("It is tried again.", "将自动重试。")), may_help=True)


def _note(uow: UnitOfWork, outcome: Outcome) -> None:
    """Keep what came of an attempt, unless another worker has taken the delivery over since."""
    row, now, channel = outcome.row, uow.outside.clock.real_now(), CHANNELS.get(outcome.row.channel)
    goes_on = outcome.may_help and row.attempts < MOST_ATTEMPTS
    state = "sent" if outcome.problem is None else "failed" if goes_on else "dead"
    values: dict[str, Any] = {
        "state": state, "lease_until": None, "next_at": now + pause_after(row.attempts) if state == "failed" else None,
        "ended_at": None if state == "failed" else now, "problem": keep_problems([outcome.problem])[0] if outcome.problem else None,
        "answer": _shortened(outcome.answer),
    }
    kept = getattr(channel, "KEPT", None)
    if state == "sent" and kept is not None:
        values["payload"] = {name: value for name, value in row.payload.items() if name in kept}
    mine = update(deliveries).where(deliveries.c.id == row.id, deliveries.c.attempts == row.attempts, deliveries.c.ended_at.is_(None))
    if uow.connection.execute(mine.values(values)).rowcount and channel is not None and hasattr(channel, "ended"):
        channel.ended(uow, row, state, outcome.problem)


def _come_back(uow: UnitOfWork, channel: str, endpoint: str, *, rests: bool) -> None:
    """Put the job that goes on with what is left, when the first of it is due."""
    c, now = deliveries.c, uow.outside.clock.real_now()
    moment = case((c.lease_until > now, c.lease_until), (c.next_at > now, c.next_at), else_=literal_column("NULL"))
    at_once = func.count(case((and_(or_(c.lease_until.is_(None), c.lease_until <= now), or_(c.next_at.is_(None), c.next_at <= now)), 1)))
    row = uow.connection.execute(select(func.min(moment, type_=c.next_at.type), at_once).where(*_heads(channel, endpoint))).one()
    at: datetime | None = row[0]
    if row[1]:
        call(uow.connection, {(channel, endpoint): now + REST if rests else None})
    elif at is not None:
        call(uow.connection, {(channel, endpoint): max(at, now + REST) if rests else at})


def _shortened(answer: Any) -> Any:
    if isinstance(answer, str):
        return answer[:LONGEST_ANSWER]
    if isinstance(answer, dict):
        return {str(key)[:100]: _shortened(value) for key, value in list(answer.items())[:20]}
    return answer

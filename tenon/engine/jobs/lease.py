"""Claiming jobs for a worker; every word about a claimed job is fenced, so that a worker that lost it changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Connection, Row, Select, bindparam, case, exists, func, literal_column, null, or_, select, tuple_, update

from tenon.engine.jobs.table import jobs, keep_problems
from tenon.metamodel.errors import Problem
from tenon.metamodel.labels import say

# Written out, so that the partial indexes are found whatever the driver does with parameters.
# The kind is an expression, so that its index, which would read every job of a kind, is out of the question here.
KIND = func.coalesce(jobs.c.kind, "")
QUEUED = jobs.c.state == literal_column("'queued'")
RUNNING = jobs.c.state == literal_column("'running'")
FIRST_PAUSE, PAUSE_FACTOR, LONGEST_PAUSE = timedelta(seconds=10), 4, timedelta(hours=6)


class Lost(Exception):
    """Another worker has taken the job over; what this one was about to commit must be rolled back."""


class Transactions(Protocol):
    """What jobs need of a database."""

    def read(self) -> AbstractContextManager[Connection]:
        """Open a read transaction."""

    def write(self) -> AbstractContextManager[Connection]:
        """Open a write transaction."""

    def staging(self) -> AbstractContextManager[Callable[[], AbstractContextManager[Connection]]]:
        """Give what opens a read snapshot; on SQLite temporary tables filled in it are there for this thread's writes until the end."""


@dataclass(frozen=True)
class Claim:
    """A job in the hands of one worker; ``attempts`` counts this one, ``fence`` proves the claim."""

    id: str
    kind: str
    payload: dict[str, Any]
    fence: int
    attempts: int
    max_attempts: int
    checkpoint: Any
    due_at: datetime | None
    created_by: str | None


def claim(
    database: Transactions, worker: str, limit: int, *, now: datetime, real_now: datetime, lease: timedelta,
    kinds: Sequence[str], queues: Sequence[str] | None = None,
) -> list[Claim]:
    """Take up to ``limit`` due jobs of known kinds, the most urgent first, and those whose worker let the lease end."""
    of_queues = queues is not None
    asked = {"now": now, "real_now": real_now, "kinds": list(kinds)} | ({"queues": list(queues)} if queues is not None else {})
    with database.read() as connection:
        if not connection.execute(_is_any(of_queues), asked).scalar():
            return []
    with database.write() as connection:
        _bury(connection, real_now, kinds)
        rows: list[Row[str, int]] = []
        for each in _candidates(of_queues):
            rows += connection.execute(each.limit(limit).with_for_update(skip_locked=True), asked).all()
        chosen = [row.id for row in sorted(set(rows), key=lambda row: (row.priority, row.id))[:limit]]
        taken = connection.execute(
            update(jobs)
            .where(jobs.c.id.in_(chosen))
            .values(
                state="running", worker=worker, lease_until=real_now + lease, attempts=jobs.c.attempts + 1, fence=jobs.c.fence + 1,
                started_at=func.coalesce(jobs.c.started_at, real_now), retry_at=None,
                unique_key=case((jobs.c.key_until == "started", null()), else_=jobs.c.unique_key),
            )
            .returning(jobs)
        ).mappings().all()
    by_id = {row["id"]: row for row in taken}
    return [
        Claim(**{key: by_id[each][key] for key in Claim.__dataclass_fields__}) for each in chosen if each in by_id
    ]


def is_anything_due(connection: Connection, *, now: datetime, real_now: datetime, kinds: Sequence[str]) -> bool:
    """True when a job of a known kind could be claimed now."""
    return bool(connection.execute(_is_any(of_queues=False), {"now": now, "real_now": real_now, "kinds": list(kinds)}).scalar())


@cache
def _is_any(of_queues: bool) -> Select[bool]:
    """Return what says whether there is a candidate at all: every idle worker asks it again and again."""
    return select(or_(*[exists(each) for each in _candidates(of_queues)]))


@cache
def _candidates(of_queues: bool) -> list[Select[str, int]]:
    """Return the four ways to be due at ``now`` and ``real_now``, each over an index of its own, of some ``kinds`` and, where asked, ``queues``."""
    now, real_now = bindparam("now", type_=jobs.c.due_at.type), bindparam("real_now", type_=jobs.c.due_at.type)
    base = select(jobs.c.id, jobs.c.priority).where(KIND.in_(bindparam("kinds", expanding=True)))
    if of_queues:
        base = base.where(jobs.c.queue.in_(bindparam("queues", expanding=True)))
    rested = or_(jobs.c.retry_at.is_(None), jobs.c.retry_at <= real_now)
    return [
        base.where(QUEUED, jobs.c.due_at.is_(None), jobs.c.retry_at.is_(None)).order_by(jobs.c.priority, jobs.c.id),
        base.where(QUEUED, jobs.c.due_at.is_not(None), jobs.c.due_at <= now, rested).order_by(jobs.c.due_at),
        base.where(QUEUED, jobs.c.due_at.is_(None), jobs.c.retry_at.is_not(None), jobs.c.retry_at <= real_now).order_by(jobs.c.retry_at),
        base.where(RUNNING, jobs.c.lease_until <= real_now).order_by(jobs.c.lease_until),
    ]


def _bury(connection: Connection, real_now: datetime, kinds: Sequence[str]) -> None:
    """End jobs whose worker is gone and that were to be cancelled, or that took a worker with them each time."""
    stopped = jobs.c.cancel_requested
    message = say("The worker stopped in the middle of this job each time it was tried.", "每次执行此任务时，工作进程都中途停止。")
    hint = say("Look at the log of the worker, then replay the job.", "请查看工作进程的日志，然后重新执行该任务。")
    connection.execute(
        update(jobs)
        .where(RUNNING, jobs.c.lease_until <= real_now, KIND.in_(kinds), or_(stopped, jobs.c.attempts >= jobs.c.max_attempts))
        .values(
            state=case((stopped, "cancelled"), else_="dead"), ended_at=real_now, lease_until=None, worker=None, unique_key=_freed_key(),
            errors=keep_problems([Problem("", "failed", message, hint)]),
        )
    )


def _freed_key() -> Any:
    return case((jobs.c.key_until == "ever", jobs.c.unique_key), else_=null())


def _change(connection: Connection, job: Claim, **values: Any) -> bool:
    """Change the row of a claimed job and return whether it shall stop; raises Lost when the claim is no longer valid."""
    mine = update(jobs).where(jobs.c.id == job.id, jobs.c.fence == job.fence, RUNNING).values(**values)
    row = connection.execute(mine.returning(jobs.c.cancel_requested)).first()
    if row is None:
        raise Lost(job.id)
    return bool(row[0])


def checkpoint(connection: Connection, job: Claim, state: Any, *, done: int | None = None, total: int | None = None) -> bool:
    """Keep how far a job is, in the transaction of the step's own effects; return whether it shall stop. Raises Lost.

    An attempt that got further is not counted against the job: what takes its workers with it never does.
    """
    return _change(connection, job, checkpoint=state, max_attempts=job.max_attempts + 1, **_progress(done, total))


def progress(connection: Connection, job: Claim, done: int, total: int | None = None) -> bool:
    """Keep how much is done and return whether the job shall stop; raises Lost."""
    return _change(connection, job, **_progress(done, total))


def _progress(done: int | None, total: int | None) -> dict[str, int]:
    counts = {"done_count": done, "total_count": total}
    return {key: value for key, value in counts.items() if value is not None}


def renew(connection: Connection, claims: Iterable[Claim], until: datetime) -> set[tuple[str, int]]:
    """Make leases longer in one statement and return id and fence of the claims that are lost."""
    held = {(claim.id, claim.fence) for claim in claims}
    if not held:
        return set()
    mine = update(jobs).where(tuple_(jobs.c.id, jobs.c.fence).in_(sorted(held)), RUNNING).values(lease_until=until)
    return held - {(row.id, row.fence) for row in connection.execute(mine.returning(jobs.c.id, jobs.c.fence))}


def finish(
    connection: Connection, job: Claim, result: Any, errors: list[dict[str, Any]], *, real_now: datetime, was_stopped: bool = False
) -> None:
    """End a job with its result: done, or cancelled when it stopped because it was asked to. Raises Lost."""
    state = "cancelled" if was_stopped else "done"
    _change(
        connection, job, state=state, result=result, errors=errors or None, ended_at=real_now, lease_until=None, unique_key=_freed_key(),
    )


def fail(connection: Connection, job: Claim, problems: Iterable[Problem], *, real_now: datetime, may_retry: bool) -> str:
    """End an attempt that failed and return the new state. Raises Lost.

    queued: again after a pause that grows; dead: that was the last attempt; failed: another attempt could not help.
    """
    errors = keep_problems(problems)
    if may_retry and job.attempts < job.max_attempts:
        later = real_now + pause_after(job.attempts)
        _change(connection, job, state="queued", errors=errors, retry_at=later, lease_until=None, worker=None)
        return "queued"
    state = "dead" if may_retry else "failed"
    _change(connection, job, state=state, errors=errors, ended_at=real_now, lease_until=None, unique_key=_freed_key())
    return state


def give_back(connection: Connection, claims: Iterable[Claim]) -> None:
    """Return jobs that were not begun to the queue, as a worker does that stops; the attempt does not count."""
    held = [(claim.id, claim.fence) for claim in claims]
    if held:
        mine = update(jobs).where(tuple_(jobs.c.id, jobs.c.fence).in_(held), RUNNING)
        connection.execute(mine.values(state="queued", attempts=jobs.c.attempts - 1, lease_until=None, worker=None))


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait before the next attempt: 10 s, 40 s, 160 s … at most six hours."""
    pause: timedelta = min(FIRST_PAUSE * (PAUSE_FACTOR ** min(max(attempts - 1, 0), 12)), LONGEST_PAUSE)
    return pause

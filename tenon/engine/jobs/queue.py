"""Putting jobs into the queue, looking at them and asking them to stop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, case, delete, or_, select, update

from tenon.engine.jobs.table import ENDED, jobs, moment_of
from tenon.engine.outside import new_record_id
from tenon.engine.sql.inserting import insert_into
from tenon.metamodel.errors import not_found

KeyUntil = Literal["started", "ended", "ever"]
NORMAL = 100
MAX_ATTEMPTS = 5
ROWS_A_STATEMENT = 1_000
KEY_ATTEMPTS = 20
TICK = "tick:"


@dataclass(frozen=True)
class NewJob:
    """A job to be done; ``due_at`` is business time (None: at once), ``not_before`` real time; the lowest priority goes first.

    While a job with the same ``unique_key`` is there no second one is put: until it has ``started`` (its work may read what
    changed since), until it has ``ended``, or for ``ever``.
    """

    kind: str
    payload: dict[str, Any]
    due_at: datetime | None = None
    unique_key: str | None = None
    key_until: KeyUntil = "ended"
    queue: str = "default"
    priority: int = NORMAL
    max_attempts: int = MAX_ATTEMPTS
    created_by: str | None = None
    not_before: datetime | None = None


def put(
    connection: Connection,
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    due_at: datetime | None = None,
    unique_key: str | None = None,
    key_until: KeyUntil = "ended",
    queue: str = "default",
    priority: int = NORMAL,
    max_attempts: int = MAX_ATTEMPTS,
    created_by: str | None = None,
) -> str:
    """Put one job into the caller's transaction and return its id, or the id of the one with the same key."""
    return put_all(connection, [NewJob(kind, payload or {}, due_at, unique_key, key_until, queue, priority, max_attempts, created_by)])[0]


def put_all(connection: Connection, new: Iterable[NewJob]) -> list[str]:
    """Put many jobs into the caller's transaction; return an id for each, that of the present one where a key is taken."""
    listed = [(new_record_id(), job) for job in new]
    _insert(connection, [_row(job_id, job) for job_id, job in listed])
    keyed = {job.unique_key: (job_id, job) for job_id, job in reversed(listed) if job.unique_key}
    present = _ids_by_key(connection, keyed)
    # A key can become free between the insert that met it and the look at it: then the job has to go in after all.
    for _ in range(KEY_ATTEMPTS):
        missing = [_row(*keyed[key]) for key in keyed if key not in present]
        if not missing:
            break
        _insert(connection, missing)
        present = _ids_by_key(connection, keyed)
    return [present[job.unique_key] if job.unique_key else job_id for job_id, job in listed]


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    insert = insert_into(jobs, connection.dialect.name)
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        connection.execute(insert.on_conflict_do_nothing(index_elements=["unique_key"]), rows[start : start + ROWS_A_STATEMENT])


def _ids_by_key(connection: Connection, keys: Iterable[str]) -> dict[str, str]:
    listed, found = list(keys), {}
    for start in range(0, len(listed), ROWS_A_STATEMENT):
        wanted = select(jobs.c.id, jobs.c.unique_key).where(jobs.c.unique_key.in_(listed[start : start + ROWS_A_STATEMENT]))
        found.update({row.unique_key: row.id for row in connection.execute(wanted)})
    return found


def _row(job_id: str, job: NewJob) -> dict[str, Any]:
    return {
        "id": job_id, "kind": job.kind, "payload": job.payload, "queue": job.queue, "priority": job.priority, "due_at": job.due_at,
        "retry_at": job.not_before, "unique_key": job.unique_key, "key_until": job.key_until, "state": "queued", "attempts": 0, "max_attempts": job.max_attempts,
        "fence": 0, "done_count": 0, "cancel_requested": False, "created_by": job.created_by, "created_at": moment_of(job_id),
    }


def find(connection: Connection, job_id: str) -> dict[str, Any] | None:
    """Return the row of a job, or None."""
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).mappings().first()
    return dict(row) if row else None


def get(connection: Connection, job_id: str) -> dict[str, Any]:
    """Return the row of a job; raises NotFound."""
    row = find(connection, job_id)
    if row is None:
        raise not_found()
    return row


def change(connection: Connection, job_id: str, **values: Any) -> None:
    """Change a job in the transaction that put it: its payload, or whose it is."""
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(values))


def is_any_left(connection: Connection, unique_keys: Sequence[str]) -> bool:
    """True while a job with one of the keys waits or runs."""
    wanted = select(jobs.c.id).where(jobs.c.unique_key.in_(unique_keys), jobs.c.state.in_(("queued", "running"))).limit(1)
    return connection.execute(wanted).first() is not None


def list_page(
    connection: Connection, *, states: Sequence[str] = (), kinds: Sequence[str] = (), created_by: str | None = None,
    before: str | None = None, limit: int = 50,
) -> list[dict[str, Any]]:
    """Return jobs newest first; ``before`` is the id of the last one of the page before."""
    query = select(jobs).order_by(jobs.c.id.desc()).limit(limit)
    if states:
        query = query.where(jobs.c.state.in_(states))
    if kinds:
        query = query.where(jobs.c.kind.in_(kinds))
    if created_by:
        query = query.where(jobs.c.created_by == created_by)
    if before:
        query = query.where(jobs.c.id < before)
    return [dict(row) for row in connection.execute(query).mappings()]


def cancel(connection: Connection, job_id: str, *, real_now: datetime) -> dict[str, Any]:
    """Cancel a waiting job at once, ask a running one to stop, leave an ended one; return its row. Raises NotFound."""
    waiting = jobs.c.state == "queued"
    connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state.in_(("queued", "running")))
        .values(
            cancel_requested=True,
            state=case((waiting, "cancelled"), else_=jobs.c.state),
            ended_at=case((waiting, real_now), else_=jobs.c.ended_at),
            unique_key=case((waiting & (jobs.c.key_until != "ever"), None), else_=jobs.c.unique_key),
        )
    )
    return get(connection, job_id)


def cancel_waiting(connection: Connection, unique_keys: Sequence[str]) -> None:
    """Take back waiting jobs by their keys, as a timer that is no longer wanted; their keys are free again."""
    for start in range(0, len(unique_keys), ROWS_A_STATEMENT):
        wanted = jobs.c.unique_key.in_(unique_keys[start : start + ROWS_A_STATEMENT])
        connection.execute(delete(jobs).where(wanted, jobs.c.state == "queued"))


def replay(connection: Connection, job_id: str) -> dict[str, Any]:
    """Put a failed, dead or cancelled job back into the queue, its checkpoint kept; return its row. Raises NotFound."""
    connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state.in_(("failed", "dead", "cancelled")))
        .values(state="queued", attempts=0, retry_at=None, cancel_requested=False, errors=None, ended_at=None, lease_until=None)
    )
    return get(connection, job_id)


def forget_ended(connection: Connection, before: datetime) -> int:
    """Delete jobs that ended before a real moment, except dead ones and those whose key stays for ever; return how many."""
    free = or_(jobs.c.unique_key.is_(None), jobs.c.key_until != "ever", jobs.c.unique_key.startswith(TICK))
    old = (jobs.c.ended_at < before, jobs.c.state.in_([state for state in ENDED if state != "dead"]), free)
    return connection.execute(delete(jobs).where(*old)).rowcount

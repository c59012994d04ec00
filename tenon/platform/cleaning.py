"""The nightly sweep over Tenon's own tables: what has ended and is old is forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tenon.engine import jobs, outbox
from tenon.engine.jobs import JobKind, JobRun, Schedule
from tenon.engine.records import ranges
from tenon.engine.syncing import runs
from tenon.engine.webhooks import incoming
from tenon.platform import decision_links, files, idempotency, invitations, lockout, sessions

JOBS_KEPT_FOR = timedelta(days=30)
SCHEDULE = Schedule("tenon:clean", "17 3 * * *", "clean")


def clean(run: JobRun) -> dict[str, Any]:
    """Forget old jobs, deliveries, sessions, links, attempts, kept answers, calls of hooks, runs of connectors, ranges of writes and files that no record took."""
    now = run.outside.clock.real_now()
    with run.database.write() as connection:
        sessions.forget_old(connection, now=now)
        invitations.forget_old(connection, now=now)
        decision_links.forget_old(connection)
        lockout.forget_old(connection, now=now)
        idempotency.forget_old(connection, now=now)
        ranges.forget_old(connection, now - JOBS_KEPT_FOR)
        outbox.forget_old(connection, now)
        incoming.forget_old(connection, now)
        runs.forget_old(connection, now)
        forgotten = jobs.forget_ended(connection, now - JOBS_KEPT_FOR)
    return {"jobs": forgotten, "files": files.sweep(run.database, run.outside.files, now=now)}


def cleaning_jobs() -> list[JobKind]:
    """Return the kind of job that cleans; `SCHEDULE` puts it every night."""
    return [JobKind("clean", clean)]

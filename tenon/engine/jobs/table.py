"""The tables of jobs and of schedules, and how a job is shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ColumnElement, Index, Integer, Table, and_

from tenon.engine.columns import CodeText, Json, Moment, show_moment
from tenon.engine.store import metadata
from tenon.metamodel.errors import Problem
from tenon.metamodel.labels import Text

# ``due_at`` and a schedule's times are business time; every other moment here is real time.
jobs = Table(
    "tenon_job",
    metadata,
    Column("id", CodeText, primary_key=True),
    Column("kind", CodeText, nullable=False),
    Column("payload", Json, nullable=False),
    Column("queue", CodeText, nullable=False),
    Column("priority", Integer, nullable=False),  # the lowest goes first
    Column("due_at", Moment),  # None: at once
    Column("retry_at", Moment),  # back-off: not before
    Column("unique_key", CodeText, unique=True),
    Column("key_until", CodeText, nullable=False),  # started, ended, ever
    Column("state", CodeText, nullable=False),  # queued, running, done, failed, dead, cancelled
    Column("attempts", Integer, nullable=False),
    Column("max_attempts", Integer, nullable=False),
    Column("fence", Integer, nullable=False),  # rises with every claim; whoever holds an older one has lost the job
    Column("lease_until", Moment),
    Column("worker", CodeText),
    Column("done_count", BigInteger, nullable=False),
    Column("total_count", BigInteger),
    Column("result", Json),
    Column("errors", Json),
    Column("checkpoint", Json),
    Column("cancel_requested", Boolean, nullable=False),
    Column("created_by", CodeText),
    Column("created_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("ended_at", Moment),
)
def _partial(name: str, where: ColumnElement[bool], *columns: Any) -> Index:
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


# Workers look at these every moment, so thousands of timers and ended jobs must not be in their way.
_queued, _running = jobs.c.state == "queued", jobs.c.state == "running"
_at_once = and_(_queued, jobs.c.due_at.is_(None), jobs.c.retry_at.is_(None))
_partial("ix_tenon_job_at_once", _at_once, jobs.c.priority, jobs.c.id)
_partial("ix_tenon_job_due", and_(_queued, jobs.c.due_at.is_not(None)), jobs.c.due_at)
_partial("ix_tenon_job_retry", and_(_queued, jobs.c.retry_at.is_not(None)), jobs.c.retry_at)
_partial("ix_tenon_job_running", _running, jobs.c.lease_until)
Index("ix_tenon_job_kind", jobs.c.kind, jobs.c.id)
Index("ix_tenon_job_ended_at", jobs.c.ended_at)

schedules = Table(
    "tenon_schedule",
    metadata,
    Column("name", CodeText, primary_key=True),
    Column("cron", CodeText, nullable=False),
    Column("kind", CodeText, nullable=False),
    Column("payload", Json, nullable=False),
    Column("queue", CodeText, nullable=False),
    Column("catch_up", CodeText, nullable=False),  # last: one tick for all that were missed; all: each of them
    Column("next_at", Moment, index=True),
    Column("last_at", Moment),
)

ENDED = ("done", "failed", "dead", "cancelled")


def job_json(row: Any, language: str = "en") -> dict[str, Any]:
    """Return a job as the API shows it, from a row's mapping."""
    return {
        "id": row["id"],
        "kind": row["kind"],
        "state": row["state"],
        "progress": {"done": row["done_count"], "total": row["total_count"]},
        "result": row["result"],
        "errors": [show_problem(each, language) for each in row["errors"] or ()],
        "started_at": show_time(row["started_at"]),
        "ended_at": show_time(row["ended_at"]),
    }


def keep_problems(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return problems as a job keeps them: in both languages."""
    kept = []
    for problem in problems:
        entry = problem.to_json("en")
        entry["message"] = problem.message.to_json()
        entry["hint"] = problem.hint.to_json() if problem.hint else None
        kept.append(entry)
    return kept


def show_problem(entry: dict[str, Any], language: str) -> dict[str, Any]:
    """Return a kept problem in one language."""
    shown = dict(entry)
    for key in ("message", "hint"):
        if isinstance(shown.get(key), dict):
            shown[key] = Text.of(shown[key]).show(language)
    return shown


def show_time(value: datetime | None) -> str | None:
    """Return a moment as the API shows it, or None."""
    return show_moment(value) if value else None


def moment_of(job_id: str) -> datetime:
    """Return the real moment at which an id (uuid version 7) was made."""
    return datetime.fromtimestamp(int(job_id[:8] + job_id[9:13], 16) / 1000, UTC)

"""The job that drops for good what the trash of tables and columns has kept long enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.schema.trash import empty_trash

EMPTY_SCHEMA_TRASH = "empty_schema_trash"
RetryDdl = Callable[[Callable[[Connection], int]], int]


def schema_jobs(retry_ddl: RetryDdl) -> list[JobKind]:
    """Return the kind of job that empties the trash of tables and columns; ``retry_ddl`` is that of the database."""

    def run_emptying(run: JobRun) -> dict[str, Any]:
        now = run.outside.clock.now()
        return {"dropped": retry_ddl(lambda connection: empty_trash(connection, now))}

    return [JobKind(EMPTY_SCHEMA_TRASH, run_emptying)]

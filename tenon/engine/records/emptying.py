"""The job that empties the trash of records after their days."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.records.deleting import empty_trash
from tenon.engine.trash import KEPT_DAYS
from tenon.engine.unit_of_work import UnitOfWork

PART = 5_000


def emptying_jobs(open_write: Callable[[], AbstractContextManager[UnitOfWork]]) -> list[JobKind]:
    """Return the kind of job that removes for good what is in the trash longer than its days."""

    def run_emptying(run: JobRun) -> dict[str, Any]:
        gone = 0
        while True:
            run.check_cancelled()
            with open_write() as uow:
                part = empty_trash(uow, uow.now - timedelta(days=KEPT_DAYS), PART)
            gone += part
            if part < PART:
                return {"records": gone}

    return [JobKind("empty_trash", run_emptying)]

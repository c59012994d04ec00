"""What ended long ago is forgotten: instances with their ways and tasks, versions that nothing runs of, and what rules noted of records that they left alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.jobs.schedules import Schedule
from tenon.engine.rules.tables import misses
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.flow import version_id
from tenon.engine.workflows.tables import human_tasks, instances, passages, task_people, versions

FORGET = "workflow_forget"
FORGETTING = Schedule("tenon:forget_flows", "23 3 * * *", FORGET)
AT_ONCE = 2_000


def forget_jobs(open_write: Callable[[], AbstractContextManager[UnitOfWork]], kept_days: int) -> list[JobKind]:
    """Return the kind of job that forgets what ended more than so many days ago, some thousand instances in a transaction."""

    def work(run: JobRun) -> dict[str, Any]:
        forgotten = 0
        while True:
            run.check_cancelled()
            with open_write() as uow:
                before = uow.now - timedelta(days=max(kept_days, *_caps(uow)))
                gone = _forget(uow, before)
                if gone < AT_ONCE:
                    _forget_rest(uow, before)
            forgotten += gone
            if gone < AT_ONCE:
                return {"instances": forgotten}

    return [JobKind(FORGET, work)]


def _caps(uow: UnitOfWork) -> list[int]:
    """Return how many days back journeys count what reached their records: so long it has to be there."""
    return [0, *(d.body.cap.days for d in uow.model.all("workflow") if d.body.cap is not None)]


def _forget(uow: UnitOfWork, before: datetime) -> int:
    """Delete the next instances that ended before a moment, with all that hangs on them; return how many."""
    ended = select(instances.c.id).where(instances.c.ended_at < before).order_by(instances.c.ended_at).limit(AT_ONCE)
    listed = list(uow.connection.execute(ended).scalars())
    if listed:
        among = id_set(uow.dialect, listed)
        tasks = select(human_tasks.c.id).where(human_tasks.c.instance.in_(among))
        uow.connection.execute(delete(task_people).where(task_people.c.task.in_(tasks)))
        for table, column in ((human_tasks, human_tasks.c.instance), (passages, passages.c.instance), (instances, instances.c.id)):
            uow.connection.execute(delete(table).where(column.in_(among)))
    return len(listed)


def _forget_rest(uow: UnitOfWork, before: datetime) -> None:
    """Delete versions of which there are no instances any more and no new ones begin, and old notes of rules."""
    begun_with = [version_id(document) for document in uow.model.all("workflow")]
    used = select(instances.c.id).where(instances.c.version == versions.c.id).exists()
    uow.connection.execute(delete(versions).where(versions.c.at < before, versions.c.id.not_in(id_set(uow.dialect, begun_with)), ~used))
    uow.connection.execute(delete(misses).where(misses.c.at < before))

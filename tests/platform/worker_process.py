"""A worker in a process of its own for the tests that kill it: ``worker_process.py URL LEASE_SECONDS [hang]``."""

from __future__ import annotations

import os
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, insert, select

from tenon.engine.jobs import JobKind, JobRun, job_kinds
from tenon.engine.outside import Outside, fake_outside
from tenon.platform.clock import RealClock
from tenon.platform.database import Database
from tenon.platform.scheduler import Scheduler
from tenon.platform.worker import Worker

effects = Table("effect", MetaData(), Column("job", Text), Column("step", Integer), Column("pid", Integer))


def steps(run: JobRun) -> dict[str, int]:
    """Do three steps, each with its checkpoint; hang in the middle of the second one when told to."""
    for step in range((run.checkpoint or {"step": 0})["step"] + 1, 4):
        with run.database.write() as connection:
            _leave_effect(connection, run, step)
            run.save(connection, {"step": step}, done=step, total=3)
            if step == 2 and "hang" in sys.argv:
                print("hanging", flush=True)
                time.sleep(60)
    return {"steps": 3}


def meet(run: JobRun) -> None:
    """Leave an effect, and wait until another worker has left one: whoever works alone never comes to an end."""
    with run.database.write() as connection:
        _leave_effect(connection, run, 0)
        run.save(connection, {})
    while True:
        with run.database.read() as connection:
            if connection.execute(select(effects.c.pid).where(effects.c.job == "meet").distinct()).all()[1:]:
                return
        time.sleep(0.05)


def sweep(run: JobRun) -> None:
    """Leave one effect a tick."""
    with run.database.write() as connection:
        _leave_effect(connection, run, 0)
        run.finish(connection, None)


def _leave_effect(connection: Connection, run: JobRun, step: int) -> None:
    connection.execute(insert(effects).values(job=run.payload.get("due", run.payload.get("name", run.id)), step=step, pid=os.getpid()))


def main() -> None:
    """Work until the process is killed."""
    database = Database(sys.argv[1])
    fakes = fake_outside(datetime.now(UTC))
    outside = Outside(RealClock(), fakes.mail, fakes.files, fakes.http)
    scheduler = Scheduler(database, outside.clock, ZoneInfo("UTC"))
    kinds = job_kinds([JobKind("steps", steps), JobKind("meet", meet), JobKind("sweep", sweep)])
    worker = Worker(database, kinds, outside, scheduler=scheduler, lease_time=timedelta(seconds=float(sys.argv[2])), pause=0.05)
    print("ready", flush=True)
    worker.run_forever(threading.Event())


if __name__ == "__main__":
    main()

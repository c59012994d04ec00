from __future__ import annotations

import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import update

from tenon.engine import jobs
from tenon.engine.jobs.table import jobs as job_table
from tenon.engine.outside import FixedClock, KeptFiles, fake_outside
from tenon.platform import files
from tenon.platform.cleaning import SCHEDULE, cleaning_jobs
from tenon.platform.clock import real_now
from tenon.platform.database import Database
from tenon.platform.scheduler import Scheduler
from tenon.platform.worker import Worker
from tests.platform.people import OUTSIDE


def test_every_night_what_is_old_is_forgotten(database: Database, moment: datetime) -> None:
    outside = fake_outside(moment)
    assert isinstance(outside.clock, FixedClock)
    assert isinstance(outside.files, KeptFiles)
    stored = files.store(outside.files, io.BytesIO(b"text"), "a.txt", most_bytes=100)
    with database.write() as connection:
        row = files.add(connection, OUTSIDE, stored, "a.txt")
        connection.execute(update(files.files).where(files.files.c.id == row["id"]).values(at=real_now() - timedelta(days=2)))
        old = jobs.put(connection, "gone")
        connection.execute(update(job_table).values(state="done", ended_at=real_now() - timedelta(days=31)))
        jobs.set_schedules(connection, [SCHEDULE])
    scheduler = Scheduler(database, outside.clock, ZoneInfo("Asia/Shanghai"))
    worker = Worker(database, jobs.job_kinds(cleaning_jobs()), outside, scheduler=scheduler)
    assert worker.run_until_idle() == 0
    outside.clock.advance(days=1)
    assert worker.run_until_idle() == 1
    with database.read() as connection:
        assert jobs.find(connection, old) is None
        assert jobs.list_page(connection)[0]["result"] == {"jobs": 1, "files": 1}
    assert outside.files.content == {}

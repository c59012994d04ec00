from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from tenon.engine import jobs
from tenon.engine.jobs import JobKind, JobRun, Schedule
from tenon.engine.jobs.table import schedules
from tenon.engine.outside import FixedClock, Outside, fake_outside
from tenon.metamodel.errors import Invalid, Problem, Unavailable
from tenon.metamodel.labels import say
from tenon.platform.database import Database
from tenon.platform.scheduler import Scheduler
from tenon.platform.worker import Worker
from tests.platform.worker_process import effects

PROBLEM = Problem("", "refused", say("No.", "不行。"))


@pytest.fixture
def outside(moment: datetime) -> Outside:
    return fake_outside(moment)


def put(database: Database, kind: str = "work", **more: Any) -> str:
    with database.write() as connection:
        return jobs.put(connection, kind, **more)


def shown(database: Database, job: str) -> dict[str, Any]:
    with database.read() as connection:
        return jobs.job_json(jobs.get(connection, job))


def wait_for(condition: Callable[[], bool], seconds: float = 25.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "this took too long"
        time.sleep(0.05)


def run_all(database: Database, outside: Outside, work: Callable[[JobRun], Any]) -> int:
    return Worker(database, {"work": JobKind("work", work)}, outside).run_until_idle()


def test_a_job_runs_and_its_result_is_kept_with_what_went_wrong_on_the_way(database: Database, outside: Outside) -> None:
    def work(run: JobRun) -> dict[str, Any]:
        run.progress(1, 2)
        run.add_error(PROBLEM)
        return {"got": run.payload["n"]}

    job = put(database, payload={"n": 7})
    assert run_all(database, outside, work) == 1
    answer = shown(database, job)
    assert (answer["state"], answer["result"], answer["progress"]) == ("done", {"got": 7}, {"done": 1, "total": 2})
    assert answer["errors"][0]["message"] == "No."


def test_jobs_that_jobs_put_run_too(database: Database, outside: Outside) -> None:
    def work(run: JobRun) -> None:
        with run.database.write() as connection:
            if run.payload["depth"] < 3:
                jobs.put(connection, "work", {"depth": run.payload["depth"] + 1})
            run.finish(connection)

    put(database, payload={"depth": 0})
    assert run_all(database, outside, work) == 4


@pytest.mark.parametrize(
    ("error", "state"), [(Invalid(PROBLEM), "failed"), (Unavailable(PROBLEM), "queued"), (ZeroDivisionError("secret"), "queued")]
)
def test_an_error_becomes_the_state_and_shows_no_inside(database: Database, outside: Outside, error: Exception, state: str) -> None:
    def work(_run: JobRun) -> None:
        raise error

    job = put(database)
    run_all(database, outside, work)
    answer = shown(database, job)
    assert answer["state"] == state
    assert "secret" not in str(answer)


def test_a_long_job_stops_when_it_is_cancelled(database: Database, outside: Outside) -> None:
    def work(run: JobRun) -> dict[str, int]:
        for number in range(100):
            if run.is_cancelled:
                return {"did": number}
            if number == 3:
                with run.database.write() as connection:
                    jobs.cancel(connection, run.id, real_now=outside.clock.real_now())
        return {"did": 100}

    job = put(database)
    run_all(database, outside, work)
    assert (shown(database, job)["state"], shown(database, job)["result"]) == ("cancelled", {"did": 4})


def test_check_cancelled_ends_the_work(database: Database, outside: Outside) -> None:
    def work(run: JobRun) -> None:
        with run.database.write() as connection:
            jobs.cancel(connection, run.id, real_now=outside.clock.real_now())
        run.check_cancelled()
        raise AssertionError

    job = put(database)
    run_all(database, outside, work)
    assert shown(database, job)["state"] == "cancelled"


def test_timers_follow_the_business_clock(database: Database, outside: Outside, moment: datetime) -> None:
    put(database, due_at=moment + timedelta(days=2))
    assert run_all(database, outside, lambda run: None) == 0
    assert isinstance(outside.clock, FixedClock)
    outside.clock.advance(days=2)
    assert run_all(database, outside, lambda run: None) == 1


def test_schedules_are_looked_after_and_missed_ticks_made_up(database: Database, outside: Outside) -> None:
    seen: list[str] = []
    kinds = {"sweep": JobKind("sweep", lambda run: seen.append(run.payload["due"][:10]))}
    scheduler = Scheduler(database, outside.clock, ZoneInfo("Asia/Shanghai"))
    with database.write() as connection:
        jobs.set_schedules(connection, [Schedule("sweep", "0 2 * * *", "sweep", catch_up="all")])
    worker = Worker(database, kinds, outside, scheduler=scheduler)
    assert worker.run_until_idle() == 0
    assert isinstance(outside.clock, FixedClock)
    outside.clock.advance(days=3)
    assert worker.run_until_idle() == 3
    assert seen == ["2026-03-02", "2026-03-03", "2026-03-04"]


def test_a_worker_in_a_thread_runs_what_it_is_woken_for_and_stops(database: Database, outside: Outside) -> None:
    done = threading.Event()
    worker = Worker(database, {"work": JobKind("work", lambda run: done.set())}, outside, pause=30)
    worker.start()
    job = put(database)
    worker.wake()
    assert done.wait(20)
    wait_for(lambda: shown(database, job)["state"] == "done")
    assert worker.stop()


def test_a_lease_is_renewed_while_the_job_runs_and_waiting_ones_go_to_others(database: Database, outside: Outside) -> None:
    others: list[str] = []

    def slow(run: JobRun) -> None:
        if run.attempt == 1 and run.id == first:
            wait_for(lambda: Worker(database, {"work": JobKind("work", note)}, outside).run_until_idle() > 0)
            time.sleep(1.5)

    def note(run: JobRun) -> None:
        others.append(run.id)

    first, second = put(database), put(database)
    Worker(database, {"work": JobKind("work", slow)}, outside, lease_time=timedelta(seconds=0.9)).run_until_idle()
    assert others == [second]
    with database.read() as connection:
        assert (jobs.get(connection, first)["attempts"], jobs.get(connection, second)["attempts"]) == (1, 1)


@contextmanager
def process(database: Database, lease: float, *flags: str) -> Iterator[subprocess.Popen[str]]:
    script = Path(__file__).with_name("worker_process.py")
    command = [sys.executable, str(script), database.url.render_as_string(hide_password=False), str(lease), *flags]
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)
    try:
        assert started.stdout is not None
        assert started.stdout.readline() == "ready\n"
        yield started
    finally:
        started.kill()
        started.communicate()


def effects_of(database: Database) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(effects).order_by(effects.c.job, effects.c.step)))


def make_effects(database: Database) -> None:
    with database.ddl() as connection:
        effects.create(connection)


def test_a_killed_worker_loses_nothing_and_no_committed_step_is_repeated(database: Database) -> None:
    make_effects(database)
    job = put(database, "steps")
    with process(database, 2.0, "hang") as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "hanging\n"
        killed.kill()
        killed.wait()
    assert [effect.step for effect in effects_of(database)] == [1]
    with process(database, 2.0) as heir:
        wait_for(lambda: shown(database, job)["state"] == "done")
    assert [(effect.step, effect.pid) for effect in effects_of(database)] == [(1, killed.pid), (2, heir.pid), (3, heir.pid)]
    with database.read() as connection:
        assert jobs.get(connection, job)["attempts"] == 2


def test_two_workers_run_every_job_and_every_tick_once(database: Database) -> None:
    make_effects(database)
    minutes = 40
    start = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=minutes)
    with process(database, 10.0), process(database, 10.0):
        with database.write() as connection:
            jobs.put_all(connection, [jobs.NewJob("meet", {"name": "meet"}) for _ in range(2)])
            put_ids = jobs.put_all(connection, [jobs.NewJob("steps", {}) for _ in range(30)])
            jobs.set_schedules(connection, [Schedule("sweep", "* * * * *", "sweep", catch_up="all")])
            connection.execute(update(schedules).values(next_at=start))
        wait_for(lambda: len(effects_of(database)) >= 2 + 30 * 3 + minutes + 1)
    left = effects_of(database)
    assert len({effect.pid for effect in left if effect.job == "meet"}) == 2
    found = [(effect.job, effect.step) for effect in left if effect.job != "meet"]
    assert len(found) == len(set(found))
    assert {job for job, step in found if step == 3} == set(put_ids)

"""Runs jobs: claims them in batches, keeps their leases alive, ends them, and looks after the schedules."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta

from tenon.engine.jobs import Cancelled, Claim, JobKind, JobRun, Lost, Transactions, claim, lease
from tenon.engine.outside import Outside, new_record_id
from tenon.metamodel.errors import Problem, Stale, TenonError, TooMany, Unavailable
from tenon.metamodel.labels import say
from tenon.platform.scheduler import Scheduler

log = logging.getLogger("tenon.worker")
LEASE = timedelta(seconds=60)
BATCH = 8
PAUSE_SECONDS = 1.0
TEMPORARY = (Unavailable, TooMany, Stale)


class Worker:
    """One worker: a thread that runs one job after another, with a second one that renews leases.

    Several of them, in one process or on many machines, share the jobs of a database. ``queues`` restricts a worker to
    some queues, so that short jobs need not wait behind long ones.
    """

    def __init__(
        self, database: Transactions, kinds: Mapping[str, JobKind], outside: Outside, *, scheduler: Scheduler | None = None,
        queues: Sequence[str] | None = None, lease_time: timedelta = LEASE, pause: float = PAUSE_SECONDS, name: str | None = None,
    ) -> None:
        self.name = name or f"{socket.gethostname()}:{os.getpid()}:{new_record_id()[-6:]}"
        self._database, self._kinds, self._outside, self._scheduler = database, dict(kinds), outside, scheduler
        self._queues, self._lease, self._pause = queues, lease_time, pause
        self._guard = threading.Lock()
        self._waiting: deque[Claim] = deque()
        self._current: JobRun | None = None
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def run_until_idle(self) -> int:
        """Run everything due, what that brings about included, and return how many jobs ran."""
        count = 0
        with self._heartbeat():
            while ran := self._run_batch():
                count += ran
        return count

    def run_forever(self, stop: threading.Event) -> None:
        """Run jobs as they become due until ``stop`` is set; a database that is away is waited for."""
        with self._heartbeat():
            while not stop.is_set():
                try:
                    ran = self._run_batch(stop)
                except TenonError as error:
                    log.warning("the worker waits: %s", error)
                    ran = 0
                except Exception:
                    log.exception("the worker met something unexpected and goes on")
                    ran = 0
                if not ran and not stop.is_set():
                    self._wake.wait(self._pause)
                    self._wake.clear()

    def start(self) -> None:
        """Run in a thread of this process until `stop`."""
        self._stop.clear()
        self._thread = threading.Thread(target=self.run_forever, args=(self._stop,), name=f"tenon-worker-{self.name}", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> bool:
        """Ask the thread to end after its job, wait so many seconds, and return whether it has ended."""
        self._stop.set()
        self.wake()
        if self._thread is not None:
            self._thread.join(timeout)
        return self._thread is None or not self._thread.is_alive()

    def wake(self) -> None:
        """Look for jobs now; called once a transaction that put one is durable."""
        self._wake.set()

    def _run_batch(self, stop: threading.Event | None = None) -> int:
        if self._scheduler is not None:
            self._scheduler.tick()
        clock = self._outside.clock
        claims = claim(
            self._database, self.name, BATCH, now=clock.now(), real_now=clock.real_now(), lease=self._lease, kinds=sorted(self._kinds),
            queues=self._queues,
        )
        with self._guard:
            self._waiting.extend(claims)
        count = 0
        try:
            while not (stop and stop.is_set()) and (run := self._begin_next()):
                self._run(run)
                count += 1
        finally:
            self._give_back()
        return count

    def _begin_next(self) -> JobRun | None:
        with self._guard:
            self._current = JobRun(self._waiting.popleft(), self._database, self._outside) if self._waiting else None
            return self._current

    def _run(self, run: JobRun) -> None:
        """Run one job to its end; whatever it raises becomes the job's state."""
        started = time.monotonic()
        try:
            result = self._kinds[run.claim.kind].run(run)
            if not run.is_finished:
                self._end(run, result, was_stopped=run.was_stopped)
        except Cancelled:
            self._end(run, None, was_stopped=True)
        except Lost:
            log.warning("job %s (%s) was taken over by another worker", run.id, run.claim.kind)
        except TenonError as error:
            self._fail(run, error.problems, may_retry=isinstance(error, TEMPORARY))
        except Exception as error:
            log.exception("job %s (%s) failed", run.id, run.claim.kind)
            self._fail(run, [_unexpected(error)], may_retry=True)
        finally:
            log.info("job %s (%s) ran for %.3f s", run.id, run.claim.kind, time.monotonic() - started)
            with self._guard:
                self._current = None

    def _end(self, run: JobRun, result: object, *, was_stopped: bool) -> None:
        try:
            with self._database.write() as connection:
                lease.finish(connection, run.claim, result, run.errors, real_now=self._outside.clock.real_now(), was_stopped=was_stopped)
        except Lost:
            log.warning("job %s (%s) had been taken over by another worker when it ended", run.id, run.claim.kind)

    def _fail(self, run: JobRun, problems: Sequence[Problem], *, may_retry: bool) -> None:
        try:
            with self._database.write() as connection:
                state = lease.fail(connection, run.claim, problems, real_now=self._outside.clock.real_now(), may_retry=may_retry)
        except (Lost, TenonError) as error:
            # The lease ends by itself, and then the job is tried again.
            log.warning("job %s (%s): its failure could not be kept: %s", run.id, run.claim.kind, error)
            return
        log.warning("job %s (%s) is %s after attempt %d", run.id, run.claim.kind, state, run.attempt)

    def _give_back(self) -> None:
        """Return to the queue what was claimed and not begun."""
        with self._guard:
            left = list(self._waiting)
            self._waiting.clear()
            if left:
                with self._database.write() as connection:
                    lease.give_back(connection, left)

    @contextmanager
    def _heartbeat(self) -> Iterator[None]:
        ended = threading.Event()
        thread = threading.Thread(target=self._beat, args=(ended,), name=f"tenon-lease-{self.name}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(5)

    def _beat(self, ended: threading.Event) -> None:
        while not ended.wait(self._lease.total_seconds() / 3):
            try:
                self._renew()
            except TenonError as error:
                log.warning("leases could not be renewed: %s", error)
            except Exception:
                log.exception("leases could not be renewed")

    def _renew(self) -> None:
        """Renew the lease of the running job; while it takes this long, let other workers have the ones that wait."""
        self._give_back()
        run = self._current
        if run is None or run.is_finished:
            return
        with self._database.write() as connection:
            lost = lease.renew(connection, [run.claim], self._outside.clock.real_now() + self._lease)
        if lost:
            run.is_lost = True


def _unexpected(error: Exception) -> Problem:
    message = say("The job failed unexpectedly ({error}).", "任务意外失败（{error}）。", error=type(error).__name__)
    hint = say("The log of the worker has the details; the job can be replayed.", "工作进程日志中有详细信息；该任务可以重新执行。")
    return Problem("", "failed", message, hint)

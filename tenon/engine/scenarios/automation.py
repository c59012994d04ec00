"""What happens by itself in the world of a story: its schedules and jobs, on its one connection and by its clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from tenon.engine.alerts.escalating import SWEEP
from tenon.engine.automation import automation_jobs
from tenon.engine.jobs import lease
from tenon.engine.jobs.queue import put
from tenon.engine.jobs.run import JobKind, JobRun, job_kinds
from tenon.engine.jobs.schedules import set_schedules, tick
from tenon.engine.outside import Outside
from tenon.engine.rules.looking import rule_schedules
from tenon.engine.rules.misses import Gathered
from tenon.engine.scenarios.world import World
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.sweeping import SWEEP as SWEEP_FLOWS
from tenon.metamodel.errors import TenonError

LONGEST = timedelta(hours=1)
MOST_ROUNDS = 50
"""So often what was done may bring about more at one moment of a story."""


@dataclass(frozen=True)
class _OneConnection:
    """The way of jobs to the database: the connection of the trial, each write a part of its transaction."""

    connection: Connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give the connection."""
        yield self.connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the connection, and take back what is written when it fails."""
        with self.connection.begin_nested():
            yield self.connection

    @contextmanager
    def staging(self) -> Iterator[Callable[[], Any]]:
        """Give what opens a read."""
        yield self.read


class Automation:
    """The rules, playbooks and workflows of a story at work."""

    def __init__(self, world: World) -> None:
        self.world, self.database = world, _OneConnection(world.uow.connection)
        self.outside: Outside = world.uow.outside
        language = "en"
        self.kinds: dict[str, JobKind] = job_kinds(automation_jobs(self._open_write, lambda: language, Gathered()))
        set_schedules(world.uow.connection, rule_schedules(world.model))
        self._tick()

    @contextmanager
    def _open_write(self) -> Iterator[UnitOfWork]:
        with self.world.apart() as uow, uow.connection.begin_nested():
            yield uow

    def work(self) -> None:
        """Do what is due, and what that brings about; what goes wrong in one job does not stop the others."""
        self._tick()
        for kind in (SWEEP, SWEEP_FLOWS):
            put(self.database.connection, kind, {})
        clock = self.outside.clock
        for _ in range(MOST_ROUNDS):
            claims = lease.claim(self.database, "scenario", 50, now=clock.now(), real_now=clock.real_now(), lease=LONGEST, kinds=sorted(self.kinds))
            for each in claims:
                run = JobRun(each, self.database, self.outside)
                try:
                    result = self.kinds[each.kind].run(run)
                except TenonError as error:
                    lease.fail(self.database.connection, each, error.problems, real_now=clock.real_now(), may_retry=False)
                else:
                    lease.finish(self.database.connection, each, result, run.errors, real_now=clock.real_now())
            if not claims:
                return

    def _tick(self) -> None:
        tick(self.world.uow.connection, now=self.outside.clock.now(), zone=self.world.uow.timezone)

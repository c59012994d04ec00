"""What a job's work sees of its job, and the registry of kinds of jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from tenon.engine.jobs import lease
from tenon.engine.jobs.lease import Claim, Lost, Transactions
from tenon.engine.jobs.table import jobs, keep_problems
from tenon.engine.outside import Outside
from tenon.metamodel.errors import Problem


class Cancelled(Exception):
    """The work stops because the job was cancelled."""


@dataclass
class JobRun:
    """One attempt at a job: what it was given, how far it is, and the way to the database.

    A step puts its effects and ``save`` into one transaction: then it happens once, whatever dies. Effects outside the
    database (mail, calls) happen at least once and carry ``id``, which stays the same over all attempts.
    """

    claim: Claim
    database: Transactions
    outside: Outside
    errors: list[dict[str, Any]] = field(default_factory=list)
    was_stopped: bool = False
    is_finished: bool = False
    is_lost: bool = False
    checkpoint: Any = None

    def __post_init__(self) -> None:
        self.checkpoint = self.claim.checkpoint

    @property
    def id(self) -> str:
        """The job's id."""
        return self.claim.id

    @property
    def payload(self) -> dict[str, Any]:
        """What the job was put with."""
        return self.claim.payload

    @property
    def attempt(self) -> int:
        """Which attempt this is, from 1."""
        return self.claim.attempts

    @property
    def is_cancelled(self) -> bool:
        """True once somebody asked the job to stop; work that then returns ends as cancelled. Raises Lost."""
        if self.is_lost:
            raise Lost(self.id)
        if not self.was_stopped:
            with self.database.read() as connection:
                asked = connection.execute(select(jobs.c.cancel_requested).where(jobs.c.id == self.id)).scalar()
            self.was_stopped = bool(asked)
        return self.was_stopped

    def check_cancelled(self) -> None:
        """Raise Cancelled once somebody asked the job to stop."""
        if self.is_cancelled:
            raise Cancelled(self.id)

    def save(self, connection: Connection, checkpoint: Any, *, done: int | None = None, total: int | None = None) -> None:
        """Keep how far the job is, as JSON, in the transaction of the step's effects; raises Lost when it was taken over."""
        lease.checkpoint(connection, self.claim, checkpoint, done=done, total=total)
        self.checkpoint = checkpoint

    def progress(self, done: int, total: int | None = None) -> None:
        """Show how much is done, in a transaction of its own; raises Lost when the job was taken over."""
        with self.database.write() as connection:
            lease.progress(connection, self.claim, done, total)

    def finish(self, connection: Connection, result: Any = None) -> None:
        """End the job in the transaction of its last effects; raises Lost when it was taken over."""
        lease.finish(connection, self.claim, result, self.errors, real_now=self.outside.clock.real_now())
        self.is_finished = True

    def add_error(self, problem: Problem) -> None:
        """Note something that went wrong without stopping the job: it ends "done with errors"."""
        self.errors += keep_problems([problem])


@dataclass(frozen=True)
class JobKind:
    """A kind of job: its name and its work, which returns the job's result as JSON.

    A `TenonError` ends the job as failed, except Unavailable, TooMany and Stale, which are tried again like any other exception.
    """

    name: str
    run: Callable[[JobRun], Any]


def job_kinds(*groups: Iterable[JobKind]) -> dict[str, JobKind]:
    """Return the registry a worker is given; raises ValueError when two kinds have one name."""
    registry: dict[str, JobKind] = {}
    for kind in (kind for group in groups for kind in group):
        if kind.name in registry:
            raise ValueError(f"two kinds of jobs are named {kind.name}")
        registry[kind.name] = kind
    return registry

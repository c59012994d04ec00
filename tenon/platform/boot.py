"""Building the one `Platform`: database, release in force, transactions, listeners, jobs and the world outside."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection

from tenon.engine.context import User
from tenon.engine.jobs.queue import NewJob, put_all
from tenon.engine.jobs.run import JobKind
from tenon.engine.outside import Outside
from tenon.engine.recompute.touch import Change, Recompute
from tenon.engine.records.events import Written
from tenon.engine.releases import store as releases
from tenon.engine.scores.realtime import realtime
from tenon.engine.tables import Tables
from tenon.engine.unit_of_work import Listeners, UnitOfWork
from tenon.metamodel.model import Model
from tenon.platform.clock import RealClock
from tenon.platform.database import Database
from tenon.platform.files import DiskFiles
from tenon.platform.mail import open_mail
from tenon.platform.migrate import migrate
from tenon.platform.principals import Principals
from tenon.platform.settings import Settings
from tenon.platform.web_client import SafeWebClient

RECOMPUTE = "recompute"


@dataclass
class Release:
    """The release in force: its model and its tables, swapped as a whole."""

    number: int
    model: Model
    tables: Tables


@dataclass
class Platform:
    """Everything one workspace's process has. Nothing of it is global: two platforms live side by side in one process."""

    settings: Settings
    database: Database
    outside: Outside
    principals: Principals
    listeners: Listeners
    kinds: Mapping[str, JobKind] = field(default_factory=dict)
    wake: Callable[[], None] = lambda: None
    _release: Release | None = None
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def release(self, connection: Connection) -> Release:
        """Return the release in force in this transaction, read anew after somebody published."""
        number = releases.current_number(connection)
        held = self._release
        if held is not None and held.number == number:
            return held
        with self._guard:
            if self._release is None or self._release.number != number:
                model = releases.load(connection)
                self._release = Release(number, model, Tables(model, self.database.dialect))
            return self._release

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """Open a read transaction."""
        with self.database.read() as connection:
            yield self.unit(connection)

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """Open a write transaction; what was asked for after the commit runs after it."""
        with self.database.write() as connection:
            uow = self.unit(connection)
            yield uow
        for work in uow.after_commit:
            work()

    def unit(self, connection: Connection, release: Release | None = None) -> UnitOfWork:
        """Return the unit of work of an open connection."""
        held = release or self.release(connection)
        clock = self.outside.clock
        return UnitOfWork(
            connection, held.model, held.tables, self.outside, self.settings.timezone, clock.now(), clock.real_now(), self.listeners
        )

    def builds(self, user: User) -> bool:
        """True when one of the person's roles lets its people build."""
        held = self._release
        roles = [held.model.find("role", r) for r in user.roles] if held else []
        return any(role is not None and role.body.builds for role in roles)

    def is_role(self, name: str) -> bool:
        """True when there is a role of that name."""
        with self.read() as uow:
            return uow.model.find("role", name) is not None

    def close(self) -> None:
        """Close the database."""
        self.database.dispose()


def recompute_later(uow: UnitOfWork, key: str, ids: Collection[str]) -> None:
    """Put a job that recomputes a formula or a score for many records."""
    put_all(uow.connection, [NewJob(RECOMPUTE, {"target": key, "ids": sorted(ids)})])


def make_recompute() -> Recompute:
    """Return what keeps formulas and scores fresh."""
    return Recompute(realtime, recompute_later)


def _keep_fresh(recompute: Recompute) -> Callable[[UnitOfWork, object], None]:
    def hear(uow: UnitOfWork, event: object) -> None:
        if isinstance(event, Written):
            recompute.after(uow, Change(event.entity.id, event.ids, event.fields, event.before))

    return hear


def open_outside(settings: Settings) -> Outside:
    """Return the real world outside."""
    return Outside(
        RealClock(settings.now, settings.now_file), open_mail(settings.smtp_url, settings.mail_from), DiskFiles(settings.files),
        SafeWebClient(allow_private=settings.allow_private_addresses),
    )


def open_platform(settings: Settings, *, outside: Outside | None = None) -> Platform:
    """Open the workspace of the settings, its tables brought up to date. Raises Unavailable."""
    database = Database(settings.database_url, synchronous=settings.sqlite_synchronous)
    migrate(database, backup_to=settings.home / "backups")
    return start(settings, database, outside or open_outside(settings))


def start(settings: Settings, database: Database, outside: Outside) -> Platform:
    """Return the platform over a migrated database."""
    return Platform(settings, database, outside, Principals(database), Listeners(after=(_keep_fresh(make_recompute()),)))

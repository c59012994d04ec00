"""The one `Platform` of a process: everything a workspace has, and its transactions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection

from tenon.engine.context import User
from tenon.engine.jobs import JobKind
from tenon.engine.outside import Outside
from tenon.engine.releases import Publisher, current_number, load
from tenon.engine.scenarios.run import Scenarios
from tenon.engine.tables import Tables
from tenon.engine.unit_of_work import Listeners, UnitOfWork
from tenon.metamodel.model import Model
from tenon.platform.bell import Bell
from tenon.platform.copied import Scratch
from tenon.platform.database import Database
from tenon.platform.principals import Principals
from tenon.platform.profile import HeldProfile
from tenon.platform.settings import Settings


@dataclass(frozen=True)
class InForce:
    """The release in force: its model and its tables, swapped as a whole."""

    model: Model
    tables: Tables


def _nobody() -> None:
    """Wake nobody: no worker runs in this process."""


@dataclass
class Platform:
    """Everything one workspace's process has. Nothing of it is global: two platforms live side by side in one process.

    ``copy`` says what it is a scratch copy of, None for a workspace of its own.
    """

    settings: Settings
    database: Database
    outside: Outside
    principals: Principals
    profile: HeldProfile
    listeners: Listeners
    publisher: Publisher = field(init=False)
    scenarios: Scenarios = field(init=False)
    bell: Bell = field(init=False)
    kinds: Mapping[str, JobKind] = field(default_factory=dict)
    wake: Callable[[], None] = _nobody
    copy: Scratch | None = None
    closing: list[Callable[[], None]] = field(default_factory=list)
    _held: InForce | None = None
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _open: threading.local = field(default_factory=threading.local)

    def __post_init__(self) -> None:
        self.bell = Bell(self.read)

    def release(self, connection: Connection) -> InForce:
        """Return the release in force in this transaction, read anew after somebody published."""
        first = connection.info.get("first")
        number = current_number(connection) if first is None else int(first[0])
        held = self._held
        if held is not None and held.model.release == number:
            return held
        with self._guard:
            if self._held is None or self._held.model.release != number:
                model = load(connection, known=held.model if held is not None else None)
                self._held = InForce(model, Tables(model, self.database.dialect))
            return self._held

    def latest(self, connection: Connection) -> Model:
        """Return the model in force now: whoever waited to publish began before somebody else's publish was through.

        One that is not held is not kept either, as this transaction may have published it and may yet fail.
        """
        held = self._held
        return held.model if held is not None and held.model.release == current_number(connection) else load(connection, known=held.model if held is not None else None)

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """Open a read transaction over one snapshot; inside a write transaction of the same thread, read in that one."""
        joined: UnitOfWork | None = getattr(self._open, "uow", None)
        if joined is not None:
            yield joined
            return
        with self.database.read() as connection:
            yield self.unit(connection)

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """Open a write transaction; what was asked for after the commit runs after it.

        Inside another one of the same thread it is a part of that one: it can fail by itself, and is durable with the whole.
        """
        joined: UnitOfWork | None = getattr(self._open, "uow", None)
        if joined is not None:
            events, waiting = len(joined.events), len(joined.after_commit)
            try:
                with joined.connection.begin_nested():
                    yield joined
            except BaseException:
                del joined.events[events:], joined.after_commit[waiting:]
                raise
            return
        with self.database.write() as connection:
            uow = self._open.uow = self.unit(connection)
            try:
                yield uow
            finally:
                self._open.uow = None
        for work in uow.after_commit:
            work()

    def unit(self, connection: Connection) -> UnitOfWork:
        """Return the unit of work of an open connection."""
        held = self.release(connection)
        clock, first = self.outside.clock, connection.info.get("first")
        return UnitOfWork(
            connection, held.model, held.tables, self.outside, self.settings.timezone, clock.now(), clock.real_now(), self.listeners,
            has_webhooks=first is None or bool(first[1]), has_waiting=first is None or bool(first[2]),
        )

    @property
    def language(self) -> str:
        """The language of new people, and of whoever names none: as chosen, else as the settings say."""
        return self.profile.read().language or self.settings.language

    def builds(self, user: User) -> bool:
        """True when one of the person's roles lets its people build."""
        held = self._held
        roles = [held.model.find("role", r) for r in user.roles] if held else []
        return any(role is not None and role.body.builds for role in roles)

    def is_role(self, name: str) -> bool:
        """True when there is a role of that name."""
        with self.read() as uow:
            return uow.model.find("role", name) is not None

    def cookie(self, name: str) -> str:
        """Return the name of a cookie that belongs to this workspace alone: a copy on the same host has its own."""
        return name + self.copy.suffix if self.copy is not None else name

    def close(self) -> None:
        """Close the database, and before it what was opened beside it."""
        self.bell.close()
        for work in self.closing:
            work()
        self.database.dispose()

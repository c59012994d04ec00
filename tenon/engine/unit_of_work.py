"""One transaction: its connection, the release it works with, its moment, its events and listeners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from tenon.engine.outside import Outside
from tenon.engine.tables import Tables
from tenon.metamodel.fields.base import Place
from tenon.metamodel.model import Model

Dialect = Literal["sqlite", "postgresql"]
Listener = Callable[["UnitOfWork", Any], None]


@dataclass(frozen=True)
class Listeners:
    """Who hears events: ``before`` inside the write before it is stored, ``after`` in the same transaction after it."""

    before: tuple[Listener, ...] = ()
    after: tuple[Listener, ...] = ()


@dataclass
class UnitOfWork:
    """One transaction over one release.

    ``now`` (UTC) and ``today`` (workspace zone) are taken once. ``real_now`` is for leases, sessions and limits.
    ``after_commit`` functions run once the transaction is durable (waking the worker, dropping caches).
    """

    connection: Connection
    model: Model
    tables: Tables
    outside: Outside
    timezone: ZoneInfo
    now: datetime
    real_now: datetime
    listeners: Listeners = field(default_factory=Listeners)
    events: list[Any] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    has_webhooks: bool = True
    """False when nobody subscribed to anything when the transaction began: then no write has to ask."""
    has_waiting: bool = True
    """False when nothing waited for a record when the transaction began: then no write has to look whether it is the one."""
    is_past: bool = False
    """What is written has happened before and is only being filled in (sample records): nobody is told, and no rule is woken."""

    @property
    def dialect(self) -> Dialect:
        """The database's name."""
        return "sqlite" if self.connection.dialect.name == "sqlite" else "postgresql"

    @property
    def today(self) -> date:
        """Today in the workspace's zone."""
        return self.now.astimezone(self.timezone).date()

    @property
    def place(self) -> Place:
        """What values are read against."""
        return Place(self.timezone, self.now, self.today)

    def new_id(self) -> str:
        """Return a fresh record id."""
        return self.outside.new_id()

    def tell_before(self, event: Any) -> None:
        """Let the before-listeners change or refuse what is about to be written."""
        for listener in self.listeners.before:
            listener(self, event)

    def tell(self, event: Any) -> None:
        """Keep an event and let the after-listeners act on it in this transaction."""
        self.events.append(event)
        for listener in self.listeners.after:
            listener(self, event)

"""What a statement is compiled against: dialect, tables, the moment, who acts, and who may read what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause

from tenon.engine.context import User
from tenon.engine.tables import Tables
from tenon.metamodel.model import Entity, Field, Model

Column = ColumnElement[Any]
Ranks = Callable[[str, str, Column], "tuple[Column, Column]"]
"""Ranks against stored cut points: (function, text of the argument, its value) to (count at or below, count of all)."""


class Resolver(Protocol):
    """Who may read what along the paths of an expression; the access layer implements it."""

    def column(self, environment: Environment, alias: FromClause, entity: Entity, field: Field) -> Column:
        """Return the column of a field, NULL on the rows where it may not be read."""
        ...

    def cell(self, environment: Environment, alias: FromClause, entity: Entity, field: Field) -> Column | None:
        """Return the condition that a field of a record may be read, for links that have no column; None where it always may."""
        ...

    def rows(self, environment: Environment, alias: FromClause, entity: Entity) -> Column | None:
        """Return the condition of the rows that may be seen when going over a relation or reference; None for all."""
        ...


class Everything:
    """The resolver of the platform itself: every row and every field."""

    def column(self, environment: Environment, alias: FromClause, entity: Entity, field: Field) -> Column:
        """Return the plain column."""
        return alias.c[field.column]

    def cell(self, environment: Environment, alias: FromClause, entity: Entity, field: Field) -> Column | None:
        """Return None: every cell."""
        return None

    def rows(self, environment: Environment, alias: FromClause, entity: Entity) -> Column | None:
        """Return None: all rows."""
        return None


@dataclass
class Moving:
    """What statements read off the clock, as parameters by name, so that they can be bound anew for another moment.

    ``is_fixed`` when the moment decided how a statement is built, too: then it serves that moment alone.
    """

    recipes: dict[str, Callable[[Environment], Column]] = field(default_factory=dict)
    is_fixed: bool = False


@dataclass(frozen=True)
class Environment:
    """What a statement is compiled against.

    ``now`` is aware, ``today`` the day in ``timezone``. ``values`` and ``old`` are the values of paths with the base "value" and
    "old". ``ranks`` answers population functions from stored cut points; without it they are window functions. ``moving`` takes the
    values that are read off the clock, when the statement is to serve other moments, too.
    """

    dialect: str
    tables: Tables
    model: Model
    now: datetime
    today: date
    timezone: ZoneInfo
    user: User | None = None
    resolver: Resolver = field(default_factory=Everything)
    values: Mapping[str, Any] = field(default_factory=dict)
    old: Mapping[str, Any] = field(default_factory=dict)
    ranks: Ranks | None = None
    moving: Moving | None = None

    @property
    def is_sqlite(self) -> bool:
        """True on SQLite."""
        return self.dialect == "sqlite"

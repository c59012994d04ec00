"""People and units: their tables, and the lookups the engine needs of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import CTE, Column, ColumnElement, Connection, ForeignKey, Index, Table, Text, cast, or_, select

from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.context import User
from tenon.engine.store import metadata

units = Table(
    "tenon_unit",
    metadata,
    Column("id", CodeText, primary_key=True),
    Column("name", CodeText, nullable=False),
    Column("parent", CodeText, ForeignKey("tenon_unit.id"), index=True),
    Column("created_at", Moment, nullable=False),
)

users = Table(
    "tenon_user",
    metadata,
    Column("id", CodeText, primary_key=True),
    Column("email", CodeText, nullable=False, unique=True),  # folded: NFKC and lower case
    Column("name", CodeText, nullable=False),
    Column("unit", CodeText, ForeignKey("tenon_unit.id"), index=True),
    Column("manager", CodeText, ForeignKey("tenon_user.id"), index=True),
    Column("roles", Json, nullable=False),  # a list of role names
    Column("language", CodeText, nullable=False),
    Column("state", CodeText, nullable=False),  # active, invited, disabled
    Column("password_hash", CodeText),
    Column("created_at", Moment, nullable=False),
    Column("last_sign_in", Moment),
    Column("password_at", Moment),
    Column("notices_by_mail", CodeText),  # off, urgent, alerts, all; empty: urgent
    Index("ix_tenon_user_name", "name", "id"),
)


def load_user(connection: Connection, user_id: str) -> User | None:
    """Return an active person with the ids of the units at and below theirs, or None."""
    row = connection.execute(select(users).where(users.c.id == user_id, users.c.state == "active")).mappings().first()
    return user_of(connection, dict(row)) if row else None


def user_of(connection: Connection, row: dict[str, Any]) -> User:
    """Return the person of a row of ``tenon_user``."""
    below = units_below(connection, row["unit"]) if row["unit"] else ()
    return User(row["id"], row["email"], row["name"], tuple(row["roles"]), row["unit"], below)


def units_below(connection: Connection, unit_id: str) -> tuple[str, ...]:
    """Return the ids of a unit and of every unit below it, itself first."""
    tree = unit_tree(unit_id)
    found = connection.execute(select(tree.c.id).order_by(tree.c.id)).scalars().all()
    return tuple(sorted(found, key=lambda each: each != unit_id))


def units_above(connection: Connection, unit_id: str) -> tuple[str, ...]:
    """Return the ids of a unit and of every unit above it, in no particular order."""
    start = select(units.c.id, units.c.parent).where(units.c.id == unit_id).cte("above", recursive=True)
    above = start.union(select(units.c.id, units.c.parent).where(units.c.id == start.c.parent))
    return tuple(connection.execute(select(above.c.id)).scalars())


def unit_tree(unit_id: str) -> CTE:
    """Return the recursive selection of a unit and all below it, with the one column ``id``."""
    start = select(units.c.id).where(units.c.id == unit_id).cte("below", recursive=True)
    return start.union(select(units.c.id).where(units.c.parent == start.c.id))


def has_role(role: str) -> ColumnElement[bool]:
    """Return the condition that a person has the role."""
    return cast(users.c.roles, Text).contains(f'"{role}"', autoescape=True)


def users_with_roles(connection: Connection, roles: Iterable[str]) -> list[str]:
    """Return the ids of the active people who have one of the roles."""
    wanted = [has_role(role) for role in roles]
    if not wanted:
        return []
    return list(connection.execute(select(users.c.id).where(users.c.state == "active", or_(*wanted)).order_by(users.c.id)).scalars())


def users_in_unit(connection: Connection, unit_id: str) -> list[str]:
    """Return the ids of the active people of a unit and of the units below it."""
    found = select(users.c.id).where(users.c.state == "active", users.c.unit.in_(select(unit_tree(unit_id).c.id)))
    return list(connection.execute(found.order_by(users.c.id)).scalars())


def names_of(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Return the names of people by id; unknown ids are left out."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {row.id: row.name for row in connection.execute(select(users.c.id, users.c.name).where(users.c.id.in_(wanted)))}


def unit_names_of(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Return the names of units by id; unknown ids are left out."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {row.id: row.name for row in connection.execute(select(units.c.id, units.c.name).where(units.c.id.in_(wanted)))}

"""People for the tests of accounts, sessions and tokens."""

from __future__ import annotations

from functools import cache
from typing import Any

from tenon.engine.context import Context, system_context
from tenon.engine.people import load_user
from tenon.platform import accounts
from tenon.platform.database import Database
from tenon.platform.passwords import hash_password

PASSWORD = "three blue boats"
SYSTEM = system_context()
OUTSIDE = Context(None, address="203.0.113.5")


@cache
def hash_once(password: str) -> str:
    """Return what is kept of a password, worked out once: it is slow on purpose."""
    return hash_password(password)


def add(database: Database, email: str, roles: list[str] | None = None, **more: Any) -> str:
    """Make somebody who can sign in with `PASSWORD`."""
    with database.write() as connection:
        if "password" not in more:
            more.setdefault("password_hash", hash_once(PASSWORD))
        return accounts.create(connection, SYSTEM, email, email.split("@")[0].title(), roles or [], is_role=lambda name: True, **more)


def as_user(database: Database, user_id: str, address: str = "10.0.0.1") -> Context:
    """Return the context of somebody."""
    with database.read() as connection:
        user = load_user(connection, user_id)
    assert user is not None
    return Context(user, address=address)


def change(database: Database, ctx: Context, user_id: str, **values: Any) -> dict[str, Any]:
    """Change an account in a transaction of its own."""
    with database.write() as connection:
        return accounts.change(connection, ctx, user_id, values, is_role=lambda name: name == "sales")

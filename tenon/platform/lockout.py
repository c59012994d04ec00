"""Locks a pair of account and address after too many failures, so that a stranger cannot lock out the owner."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Integer, Table, case, delete, or_, select

from tenon.engine.columns import CodeText, Moment
from tenon.engine.sql.inserting import insert_into
from tenon.engine.store import metadata
from tenon.metamodel.errors import Problem, TooMany
from tenon.metamodel.labels import say
from tenon.platform.secrets import hash_token

attempts = Table(
    "tenon_attempt",
    metadata,
    Column("account", CodeText, primary_key=True),  # hashed: people type passwords into the wrong box
    Column("address", CodeText, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Moment, nullable=False, index=True),
)
MOST_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)


def begin(connection: Connection, account: str, address: str, *, now: datetime) -> None:
    """Count an attempt before its outcome is known; raises TooMany while the pair is locked. `clear` takes it back."""
    key, past = hash_token(account), now - LOCKED_FOR
    insert = insert_into(attempts, connection.dialect.name)
    counted = insert.values(account=key, address=address, failures=1, last_at=now).on_conflict_do_update(
        index_elements=["account", "address"],
        set_={"failures": case((attempts.c.last_at <= past, 1), else_=attempts.c.failures + 1), "last_at": now},
        where=or_(attempts.c.failures < MOST_FAILURES, attempts.c.last_at <= past),
    )
    if connection.execute(counted.returning(attempts.c.failures)).first() is None:
        last = connection.execute(select(attempts.c.last_at).where(attempts.c.account == key, attempts.c.address == address)).scalar()
        raise _locked(last + LOCKED_FOR - now if last else LOCKED_FOR)


def clear(connection: Connection, account: str, address: str) -> None:
    """Forget the failures of a pair, after a success."""
    connection.execute(delete(attempts).where(attempts.c.account == hash_token(account), attempts.c.address == address))


def forget_old(connection: Connection, *, now: datetime) -> None:
    """Delete what no longer locks anything."""
    connection.execute(delete(attempts).where(attempts.c.last_at <= now - LOCKED_FOR))


def _locked(left: timedelta) -> TooMany:
    seconds = max(1, math.ceil(left.total_seconds()))
    message = say("There were too many attempts.", "尝试次数过多。")
    hint = say("Try again in {n} {n:minute|minutes}.", "请在 {n} 分钟后重试。", n=math.ceil(seconds / 60))
    return TooMany(Problem("", "over_limit", message, hint), headers={"Retry-After": str(seconds)})

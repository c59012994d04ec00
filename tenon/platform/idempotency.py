"""Answers kept for a day under an Idempotency-Key, so that a call sent twice acts once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Integer, Table, delete, insert, select

from tenon.engine.columns import CodeText, Moment
from tenon.engine.store import metadata
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.platform.clock import real_now

kept_answers = Table(
    "tenon_idempotency",
    metadata,
    Column("user_id", CodeText, primary_key=True),
    Column("key", CodeText, primary_key=True),
    Column("path_hash", CodeText, nullable=False),
    Column("body_hash", CodeText, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", CodeText, nullable=False),
    Column("location", CodeText),
    Column("at", Moment, nullable=False, index=True),
)
KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 255


@dataclass(frozen=True)
class Answer:
    """What a call answered: status, body as text, and the Location header."""

    status: int
    body: str
    location: str | None = None


def find(
    connection: Connection, user_id: str, key: str, *, path: str, body: bytes, now: datetime | None = None
) -> Answer | None:
    """Return the kept answer, or None for a new key; Invalid when the key came with another call or is too long.

    Called first in the write transaction of the effect: a second call with the key then waits for the first one's end.
    """
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        en, zh = "An Idempotency-Key has 1 to {n} printable characters.", "Idempotency-Key 须为 1 到 {n} 个可打印字符。"
        message = say(en, zh, n=LONGEST_KEY)
        raise Invalid(Problem("", "bad_format", message, say("Use a random one, such as a uuid.", "请使用随机值，如 uuid。")))
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(f"{user_id}\n{key}".encode()).digest()[:8], signed=True)
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%(number)s)", {"number": number})
    mine = (kept_answers.c.user_id == user_id, kept_answers.c.key == key)
    row = connection.execute(select(kept_answers).where(*mine)).first()
    if row is None:
        return None
    if row.at <= (now or real_now()) - KEPT_FOR:
        connection.execute(delete(kept_answers).where(*mine))
        return None
    if (row.path_hash, row.body_hash) != (_hash(path.encode()), _hash(body)):
        message = say("This Idempotency-Key was used for another call.", "此 Idempotency-Key 已用于另一个请求。")
        raise Invalid(Problem("", "conflict", message, say("Use a new key for a new call.", "新的请求请使用新的值。")))
    return Answer(row.status, row.body, row.location)


def keep(
    connection: Connection, user_id: str, key: str, answer: Answer, *, path: str, body: bytes, now: datetime | None = None
) -> None:
    """Keep an answer in the transaction of its effect."""
    connection.execute(insert(kept_answers).values(
        user_id=user_id, key=key, path_hash=_hash(path.encode()), body_hash=_hash(body), status=answer.status, body=answer.body,
        location=answer.location, at=now or real_now(),
    ))


def forget(connection: Connection, user_id: str, key: str) -> None:
    """Forget the answer of a call, so that it can be sent again."""
    connection.execute(delete(kept_answers).where(kept_answers.c.user_id == user_id, kept_answers.c.key == key))


def forget_old(connection: Connection, *, now: datetime | None = None) -> None:
    """Delete answers older than a day."""
    connection.execute(delete(kept_answers).where(kept_answers.c.at <= (now or real_now()) - KEPT_FOR))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

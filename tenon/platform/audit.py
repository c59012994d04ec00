"""The audit: who did what and when, as a chain of hashes that shows every later change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, Connection, Index, Table, insert, select

from tenon.engine.columns import CodeText, Moment, show_moment
from tenon.engine.context import Context
from tenon.engine.store import metadata
from tenon.platform.clock import real_now

audit = Table(
    "tenon_audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("user_id", CodeText),
    Column("address", CodeText),
    Column("action", CodeText, nullable=False),
    Column("kind", CodeText),
    Column("target", CodeText),
    Column("detail", CodeText, nullable=False),  # canonical JSON as text: the hash needs every character to stay
    Column("previous", CodeText, nullable=False),
    Column("hash", CodeText, nullable=False),
    Index("ix_tenon_audit_target", "kind", "target", "seq"),
    Index("ix_tenon_audit_user", "user_id", "seq"),
    Index("ix_tenon_audit_action", "action", "seq"),
)
CHAIN = ("seq", "at", "user_id", "address", "action", "kind", "target", "detail", "previous")
LOCK = 7_305_019_221  # any number, the same in every process
ROWS_A_READ = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done: the action (``sign_in``, ``user.create`` …), the kind of its target, the target's id, and more as JSON."""

    action: str
    kind: str | None = None
    target: str | None = None
    detail: dict[str, Any] | None = None
    user_id: str | None = None


def write(
    connection: Connection, ctx: Context, action: str, kind: str | None = None, target: str | None = None,
    detail: dict[str, Any] | None = None, *, user_id: str | None = None,
) -> None:
    """Append one row in the caller's transaction; ``user_id`` names who acts when the context does not know yet."""
    write_all(connection, ctx, [Entry(action, kind, target, detail, user_id)])


def write_all(connection: Connection, ctx: Context, entries: Sequence[Entry]) -> None:
    """Append many rows in the caller's transaction, in order; other writers of the audit wait until it ends."""
    if not entries:
        return
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    last = connection.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq, last.hash) if last else (0, "")
    at, cause, rows = real_now(), ctx.cause.to_json(), []
    for entry in entries:
        seq += 1
        detail = dict(entry.detail or {})
        if cause != {"kind": "person", "depth": 0}:
            detail.setdefault("cause", cause)
        row = {
            "seq": seq, "at": at, "user_id": entry.user_id or ctx.user_id, "address": ctx.address, "action": entry.action,
            "kind": entry.kind, "target": entry.target, "detail": _canonical(detail), "previous": previous,
        }
        row["hash"] = previous = _hash(row)
        rows.append(row)
    connection.execute(insert(audit), rows)


def page(
    connection: Connection, *, before: int | None = None, limit: int = 50, action: str | None = None, kind: str | None = None,
    target: str | None = None, user_id: str | None = None, since: datetime | None = None, until: datetime | None = None,
) -> list[dict[str, Any]]:
    """Return rows newest first, as JSON; ``before`` is the number of the last one of the page before."""
    query = select(audit).order_by(audit.c.seq.desc()).limit(limit)
    for name, value in (("action", action), ("kind", kind), ("target", target), ("user_id", user_id)):
        if value is not None:
            query = query.where(audit.c[name] == value)
    if before is not None:
        query = query.where(audit.c.seq < before)
    if since is not None:
        query = query.where(audit.c.at >= since)
    if until is not None:
        query = query.where(audit.c.at < until)
    return [_show(dict(row)) for row in connection.execute(query).mappings()]


def verify(connection: Connection) -> int | None:
    """Walk the chain and return the number of the first row that was changed, removed or put in, or None when all is well.

    Rows cut off at the end leave no trace in the chain itself: compare the last number with a backup.
    """
    seq, previous = 0, ""
    while True:
        rows = connection.execute(select(audit).where(audit.c.seq > seq).order_by(audit.c.seq).limit(ROWS_A_READ)).mappings().all()
        if not rows:
            return None
        for row in rows:
            seq += 1
            if row["seq"] != seq or row["previous"] != previous or row["hash"] != _hash(dict(row)):
                return seq
            previous = row["hash"]


def _show(row: dict[str, Any]) -> dict[str, Any]:
    shown = {key: row[key] for key in ("seq", "at", "user_id", "address", "action", "kind", "target", "hash")}
    return {**shown, "at": show_moment(row["at"]), "detail": orjson.loads(row["detail"])}


def _canonical(value: Any) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS).decode()


def _hash(row: dict[str, Any]) -> str:
    chained = [show_moment(row[key]) if key == "at" else row[key] for key in CHAIN]
    return hashlib.sha256(orjson.dumps(chained)).hexdigest()

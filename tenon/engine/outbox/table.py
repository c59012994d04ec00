"""The table of deliveries, and how one is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Integer, Table

from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.jobs.table import show_problem, show_time
from tenon.engine.store import metadata

# Every moment here is real time.
deliveries = Table(
    "tenon_delivery",
    metadata,
    Column("id", CodeText, primary_key=True),  # the idempotency key of every attempt
    Column("kind", CodeText, nullable=False),  # what it is: message, webhook …
    Column("channel", CodeText, nullable=False),  # how it goes: a file of outbox/channels
    Column("endpoint", CodeText, nullable=False),  # where to, as far as one target is slow or away as a whole; "" when the channel has one
    Column("order_key", CodeText),  # those with the same key go one after the other
    Column("title", CodeText, nullable=False),  # what people read of it
    Column("payload", Json, nullable=False),
    Column("state", CodeText, nullable=False),  # waiting, failed (it is tried again), sent, dead
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment),  # not before; None: at once
    Column("lease_until", Moment),  # a worker has it until then
    Column("problem", Json),  # what went wrong last, in both languages
    Column("answer", Json),  # what the channel answered last, shortened
    Column("cause", Json),
    Column("entity", CodeText),
    Column("record", CodeText),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
)

STATES = ("waiting", "failed", "sent", "dead")
OPEN = ("waiting", "failed")
is_open = deliveries.c.ended_at.is_(None)
Index("ix_tenon_delivery_open", deliveries.c.channel, deliveries.c.endpoint, deliveries.c.id, sqlite_where=is_open, postgresql_where=is_open)
Index("ix_tenon_delivery_order", deliveries.c.order_key, deliveries.c.id, sqlite_where=is_open, postgresql_where=is_open)
Index("ix_tenon_delivery_state", deliveries.c.state, deliveries.c.id)
Index("ix_tenon_delivery_ended_at", deliveries.c.ended_at)


@dataclass(frozen=True)
class Delivery:
    """One attempt at a delivery, as a channel sees it; ``id`` stays the same over all attempts.

    ``ready`` is what the channel's ``ready`` read in the transaction that claimed it, such as a secret; it is stored nowhere.
    """

    id: str
    kind: str
    channel: str
    endpoint: str
    order_key: str | None
    payload: Mapping[str, Any]
    attempts: int
    created_at: datetime
    cause: Mapping[str, Any] | None
    entity: str | None
    record: str | None
    ready: Any = None

    @classmethod
    def of(cls, row: Mapping[str, Any], ready: Any = None) -> Delivery:
        """Return what a row of the table says."""
        return cls(**{name: row[name] for name in cls.__dataclass_fields__ if name != "ready"}, ready=ready)


def delivery_json(row: Mapping[str, Any], language: str = "en") -> dict[str, Any]:
    """Return a delivery as the API shows it; what it holds is not shown: it may be personal or a secret."""
    return {
        "id": row["id"], "kind": row["kind"], "channel": row["channel"], "endpoint": row["endpoint"], "title": row["title"], "state": row["state"],
        "attempts": row["attempts"], "next_attempt": show_time(row["next_at"]) if row["state"] == "failed" else None,
        "problem": show_problem(row["problem"], language) if row["problem"] else None, "answer": row["answer"], "cause": row["cause"],
        "record": {"entity": row["entity"], "id": row["record"]} if row["record"] else None,
        "created_at": show_time(row["created_at"]), "ended_at": show_time(row["ended_at"]),
    }  # fmt: skip

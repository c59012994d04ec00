"""Putting deliveries into the outbox, looking at them and having them tried again by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from tenon.engine.jobs import NewJob, put_all as put_jobs
from tenon.engine.jobs.table import keep_problems, moment_of
from tenon.engine.outbox.table import OPEN, deliveries
from tenon.engine.outside import new_record_id
from tenon.metamodel.errors import Conflict, Problem, not_found
from tenon.metamodel.labels import say

DELIVER = "deliver"
BEHIND = 110  # what people wait for goes first
LONGEST_TITLE = 200
ROWS_A_STATEMENT = 500
SENT_FOR, DEAD_FOR = timedelta(days=30), timedelta(days=180)


@dataclass(frozen=True)
class NewDelivery:
    """Something to be delivered by a channel; ``title`` is what administrators read of it.

    Those of one ``order_key`` go one after the other, the next once the one before is sent or dead. Those of one ``endpoint`` rest
    together while it is away. ``entity`` (a name) and ``record`` say what it is about. ``not_before`` is real time.
    """

    kind: str
    channel: str
    title: str
    payload: dict[str, Any]
    endpoint: str = ""
    order_key: str | None = None
    cause: dict[str, Any] | None = None
    entity: str | None = None
    record: str | None = None
    not_before: datetime | None = None
    id: str | None = None


def put(connection: Connection, new: NewDelivery) -> str:
    """Put a delivery and its job into the caller's transaction and return its id; the caller wakes the worker after the commit."""
    return put_all(connection, [new])[0]


def put_all(connection: Connection, new: Iterable[NewDelivery]) -> list[str]:
    """Put many deliveries and their jobs into the caller's transaction; return their ids in the same order."""
    rows = [_row(each.id or new_record_id(), each) for each in new]
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        connection.execute(insert(deliveries), rows[start : start + ROWS_A_STATEMENT])
    call(connection, {(row["channel"], row["endpoint"]): row["next_at"] for row in reversed(rows)})
    return [row["id"] for row in rows]


def call(connection: Connection, lanes: dict[tuple[str, str], datetime | None]) -> None:
    """Put the jobs that deliver what waits for those channels and endpoints, at once or not before a real moment."""
    put_jobs(connection, [_job(channel, endpoint, at) for (channel, endpoint), at in lanes.items()])


def call_all(connection: Connection) -> None:
    """Put the jobs of everything that waits and is due: should workers have died over theirs, nothing stays behind."""
    found = connection.execute(select(deliveries.c.channel, deliveries.c.endpoint).where(deliveries.c.ended_at.is_(None)).distinct()).all()
    call(connection, {(row.channel, row.endpoint): None for row in found})


def _job(channel: str, endpoint: str, at: datetime | None) -> NewJob:
    key = f"{DELIVER}:{channel}:{endpoint}" + (f":{at:%Y%m%d%H%M%S}" if at else "")
    return NewJob(DELIVER, {"channel": channel, "endpoint": endpoint}, unique_key=key, key_until="started", priority=BEHIND, not_before=at)


def _row(id: str, new: NewDelivery) -> dict[str, Any]:
    return {
        "id": id, "kind": new.kind, "channel": new.channel, "endpoint": new.endpoint, "order_key": new.order_key, "title": new.title[:LONGEST_TITLE],
        "payload": new.payload, "state": "waiting", "attempts": 0, "next_at": new.not_before, "cause": new.cause, "entity": new.entity,
        "record": new.record, "created_at": moment_of(id),
    }  # fmt: skip


def find(connection: Connection, id: str) -> dict[str, Any] | None:
    """Return the row of a delivery, or None."""
    row = connection.execute(select(deliveries).where(deliveries.c.id == id)).mappings().first()
    return dict(row) if row else None


def get(connection: Connection, id: str) -> dict[str, Any]:
    """Return the row of a delivery; raises NotFound."""
    row = find(connection, id)
    if row is None:
        raise not_found()
    return row


def list_page(
    connection: Connection, *, states: Sequence[str] = (), channel: str | None = None, endpoint: str | None = None, kind: str | None = None,
    record: str | None = None, before: str | None = None, limit: int = 50,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return deliveries newest first; ``before`` is the id of the last one of the page before."""
    wanted = select(deliveries).where(*_narrowed(states, channel, endpoint, kind, record)).order_by(deliveries.c.id.desc()).limit(limit)
    if before:
        wanted = wanted.where(deliveries.c.id < before)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def counts(connection: Connection, *, channel: str | None = None) -> dict[str, int]:
    """Return how many deliveries there are by state, those of a channel if named."""
    wanted = select(deliveries.c.state, func.count().label("n")).where(*_narrowed((), channel, None, None, None)).group_by(deliveries.c.state)
    found = connection.execute(wanted)
    return {row.state: int(row.n) for row in found}


def replay(connection: Connection, id: str) -> dict[str, Any]:
    """Have a dead delivery tried anew, a failed one at once, under the same id; return its row. Raises NotFound, Conflict."""
    row = get(connection, id)
    if row["state"] not in ("dead", "failed"):
        message = say("This delivery has not failed.", "该投递并未失败。")
        raise Conflict(Problem("", "refused", message, say("Only failed ones can be tried again.", "只有失败的投递可以重试。")))
    _again(connection, deliveries.c.id == id)
    return get(connection, id)


def replay_all(connection: Connection, *, channel: str | None = None, endpoint: str | None = None, kind: str | None = None) -> int:
    """Have every dead letter tried anew, those of a channel, endpoint or kind if named; return how many."""
    return _again(connection, *_narrowed(("dead",), channel, endpoint, kind, None))


def suspend(connection: Connection, channel: str, endpoint: str, problem: Problem, *, real_now: datetime) -> int:
    """Make dead letters of everything that waits for an endpoint, such as one that wants nothing more; return how many."""
    return connection.execute(
        update(deliveries).where(*_narrowed(OPEN, channel, endpoint, None, None))
        .values(state="dead", ended_at=real_now, next_at=None, lease_until=None, problem=keep_problems([problem])[0])
    ).rowcount  # fmt: skip


def forget_old(connection: Connection, real_now: datetime) -> int:
    """Delete deliveries sent 30 days ago and dead letters of 180 days ago; return how many."""
    ended = deliveries.c.ended_at
    sent = connection.execute(delete(deliveries).where(ended < real_now - SENT_FOR, deliveries.c.state == "sent")).rowcount
    return sent + connection.execute(delete(deliveries).where(ended < real_now - DEAD_FOR)).rowcount


def _again(connection: Connection, *wanted: ColumnElement[bool]) -> int:
    found = connection.execute(
        update(deliveries).where(*wanted, deliveries.c.state.in_(("dead", "failed")))
        .values(state="waiting", attempts=0, next_at=None, lease_until=None, ended_at=None)
        .returning(deliveries.c.channel, deliveries.c.endpoint)
    ).all()  # fmt: skip
    call(connection, {(row.channel, row.endpoint): None for row in found})
    return len(found)


def _narrowed(
    states: Collection[str], channel: str | None, endpoint: str | None, kind: str | None, record: str | None
) -> list[ColumnElement[bool]]:  # fmt: skip
    found: list[ColumnElement[bool]] = [deliveries.c.state.in_(states)] if states else []
    for name, value in {"channel": channel, "endpoint": endpoint, "kind": kind, "record": record}.items():
        if value is not None:
            found.append(deliveries.c[name] == value)
    return found

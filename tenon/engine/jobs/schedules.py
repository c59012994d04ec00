"""Schedules: what is put into the queue again and again, each tick once however many workers look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from tenon.engine.columns import show_moment
from tenon.engine.jobs.cron import Cron
from tenon.engine.jobs.queue import TICK, NewJob, put_all
from tenon.engine.jobs.table import schedules
from tenon.engine.sql.inserting import insert_into

MOST_TICKS = 1_000
RECENT = timedelta(hours=1)
_DUE = select(schedules.c.name).where(or_(schedules.c.next_at.is_(None), schedules.c.next_at <= bindparam("now"))).limit(1)


@dataclass(frozen=True)
class Schedule:
    """A job that is put at each time of a cron line, read in the workspace's zone.

    The payload gets ``due`` (the tick) and ``since`` (the tick before, or the first one missed). ``catch_up`` decides about
    ticks missed while nothing ran: ``last`` puts one job for all of them, ``all`` puts one for each.
    """

    name: str
    cron: str
    kind: str
    payload: dict[str, Any] = field(default_factory=dict)
    queue: str = "default"
    catch_up: Literal["last", "all"] = "last"


def set_schedules(connection: Connection, wanted: Sequence[Schedule], *, prefix: str = "") -> None:
    """Make the schedules whose names begin with ``prefix`` be exactly these; raises Invalid for a bad cron line.

    One whose cron line stays the same keeps its next time, so that a tick missed while nothing ran is not forgotten.
    """
    for each in wanted:
        Cron.parse(each.cron)
    names = [each.name for each in wanted]
    connection.execute(delete(schedules).where(schedules.c.name.startswith(prefix, autoescape=True), schedules.c.name.not_in(names)))
    if not wanted:
        return
    insert = insert_into(schedules, connection.dialect.name)
    rows = [
        {"name": s.name, "cron": s.cron, "kind": s.kind, "payload": s.payload, "queue": s.queue, "catch_up": s.catch_up} for s in wanted
    ]
    changed = insert.on_conflict_do_update(
        index_elements=["name"],
        set_={key: insert.excluded[key] for key in ("cron", "kind", "payload", "queue", "catch_up")},
    )
    old = {row.name: row.cron for row in connection.execute(select(schedules.c.name, schedules.c.cron).where(schedules.c.name.in_(names)))}
    connection.execute(changed, rows)
    moved = [s.name for s in wanted if s.name in old and old[s.name] != s.cron]
    connection.execute(update(schedules).where(schedules.c.name.in_(moved)).values(next_at=None))


def tick(connection: Connection, *, now: datetime, zone: ZoneInfo) -> int:
    """Put the jobs of every schedule that is due, set its next time, and return how many were put."""
    due = or_(schedules.c.next_at.is_(None), schedules.c.next_at <= now)
    put = 0
    for row in connection.execute(select(schedules).where(due).order_by(schedules.c.name)).mappings().all():
        cron = Cron.parse(row["cron"])
        ticks, following = _ticks(cron, row["next_at"], now, zone, wants_all=row["catch_up"] == "all")
        # Whoever moves the time puts the job; for anybody else the row no longer matches.
        moved = update(schedules).where(schedules.c.name == row["name"], schedules.c.cron == row["cron"])
        moved = moved.where(schedules.c.next_at.is_not_distinct_from(row["next_at"]))
        last = ticks[-1] if ticks else row["last_at"]
        if connection.execute(moved.values(next_at=following, last_at=last)).rowcount:
            new = _jobs(dict(row), ticks)
            put_all(connection, new)
            put += len(new)
    return put


def is_due(connection: Connection, *, now: datetime) -> bool:
    """True when a schedule has something to put or no next time yet."""
    return connection.execute(_DUE, {"now": now}).first() is not None


def _ticks(cron: Cron, first: datetime | None, now: datetime, zone: ZoneInfo, *, wants_all: bool) -> tuple[list[datetime], datetime]:
    """Return the ticks up to now, the newest of very many, and the first one after now; where only the last is wanted, those long ago are left out but the first."""
    if first is None:
        return [], cron.next_after(now, zone)
    ticks, at = [], first
    if not wants_all and now - first > RECENT and (near := cron.next_after(now - RECENT, zone)) <= now:
        ticks, at = [first], near
    while at <= now:
        ticks.append(at)
        if len(ticks) > 2 * MOST_TICKS:
            del ticks[1:MOST_TICKS]
        at = cron.next_after(at, zone)
    return ticks, at


def _jobs(row: dict[str, Any], ticks: list[datetime]) -> list[NewJob]:
    chosen = ticks[-1:] if row["catch_up"] == "last" else ticks
    new, since = [], row["last_at"] or (ticks[0] if ticks else None)
    for at in chosen:
        payload = {**row["payload"], "schedule": row["name"], "due": show_moment(at), "since": show_moment(since or at)}
        key = f"{TICK}{row['name']}:{show_moment(at)}"
        new.append(NewJob(row["kind"], payload, unique_key=key, key_until="ever", queue=row["queue"]))
        since = at
    return new

"""What was refused, here or there, and waits to be tried again: nothing that came is lost, nothing that goes is forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from tenon.engine.jobs.table import keep_problems
from tenon.engine.outbox.sending import pause_after
from tenon.engine.sql.sets import id_set
from tenon.engine.syncing.tables import waiting
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.webhooks.payloads import to_text
from tenon.metamodel.errors import Problem


def keep_rows(uow: UnitOfWork, connector: str, refused: Iterable[tuple[str, dict[str, Any], Sequence[Problem]]]) -> None:
    """Keep rows that were refused here, each with its key and what is wrong; they are tried with every run, and replaced when they come again."""
    last = {key: _held(uow, connector, "in", key, problems, row=to_text(row)) for key, row, problems in refused}
    _keep(uow, connector, "in", last)


def keep_record(uow: UnitOfWork, connector: str, record: str, version: int, problems: Iterable[Problem]) -> None:
    """Keep that a record was refused there: it is sent again once it was changed, or after a while that grows."""
    wanted = select(waiting.c.attempts).where(*_of(connector, "out"), waiting.c.key == record)
    attempts = int(uow.connection.execute(wanted).scalar() or 0) + 1
    held = _held(uow, connector, "out", record, problems, version=version, attempts=attempts, next_at=uow.real_now + pause_after(min(attempts, 10)))
    _keep(uow, connector, "out", {record: held})


def _held(
    uow: UnitOfWork, connector: str, way: str, key: str, problems: Iterable[Problem], *, row: str | None = None, version: int = 0, attempts: int = 1,
    next_at: datetime | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "connector": connector, "way": way, "key": key, "row": row, "version": version, "problems": keep_problems(problems), "attempts": attempts, "next_at": next_at,
        "at": uow.real_now,
    }  # fmt: skip


def _keep(uow: UnitOfWork, connector: str, way: str, held: dict[str, dict[str, Any]]) -> None:
    forget(uow, connector, way, list(held))
    if held:
        uow.connection.execute(insert(waiting), list(held.values()))


def forget(uow: UnitOfWork, connector: str, way: str, keys: Sequence[str]) -> None:
    """Forget what has gone well since."""
    if keys:
        uow.connection.execute(delete(waiting).where(*_of(connector, way), waiting.c.key.in_(id_set(uow.dialect, keys))))


def rows_after(connection: Connection, connector: str, after: str, limit: int) -> tuple[list[dict[str, Any]], str | None]:
    """Return rows that were refused here, in the order of their keys, and the last key; None after the last ones."""
    wanted = select(waiting.c.key, waiting.c.row).where(*_of(connector, "in"), waiting.c.key > after).order_by(waiting.c.key).limit(limit)
    found = connection.execute(wanted).all()
    return [json.loads(row.row, parse_float=Decimal) for row in found], found[-1].key if len(found) == limit else None


def count(connection: Connection, connector: str) -> dict[str, int]:
    """Return how many wait, by way."""
    wanted = select(waiting.c.way, func.count().label("n")).where(waiting.c.connector == connector).group_by(waiting.c.way)
    return {row.way: int(row.n) for row in connection.execute(wanted)}


def _of(connector: str, way: str) -> tuple[Any, ...]:
    return waiting.c.connector == connector, waiting.c.way == way

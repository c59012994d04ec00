"""The records of a write too large for one transaction, fixed when it was asked for and kept range by range until each is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Literal

from sqlalchemy import Column, Connection, Integer, Table, delete, insert, select

from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.store import metadata
from tenon.engine.unit_of_work import UnitOfWork

AT_ONCE = 5_000
"""So many records are written in the call itself."""
RANGE = 1_000
"""So many are written in one transaction of a job: other writers wait for no more than that."""
A_TRANSACTION = 20
"""So many ranges are kept in one transaction."""
Step = Literal["change", "delete", "clear", "restore"]
OpenUnit = Callable[[], AbstractContextManager[UnitOfWork]]

ranges = Table(
    "tenon_range", metadata, Column("batch", CodeText(), primary_key=True), Column("number", Integer(), primary_key=True, autoincrement=False),
    Column("step", CodeText(), nullable=False), Column("entity", CodeText(), nullable=False), Column("field", CodeText()),
    Column("records", Json(), nullable=False), Column("at", Moment(), nullable=False),
)


@dataclass(frozen=True)
class Range:
    """Some records of one step: to change ``[id, version]``, to delete ``[id, root, version of the root]``, to clear ``[id, target]``, to restore ``[id]``.

    ``field`` is the reference to clear; of a deletion it is the entity of the roots.
    """

    step: Step
    entity: str
    records: Sequence[Sequence[Any]]
    field: str | None = None
    number: int = 0


def in_ranges(step: Step, entity: str, records: Iterable[Sequence[Any]], field: str | None = None) -> Iterator[Range]:
    """Cut records into ranges."""
    return (Range(step, entity, part, field) for part in _parts(records, RANGE))


def _parts(listed: Iterable[Any], size: int) -> Iterator[list[Any]]:
    following = iter(listed)
    while part := list(islice(following, size)):
        yield part


def keep(open_write: OpenUnit, batch: str, listed: Iterable[Range]) -> None:
    """Keep the ranges of a batch, some of them a transaction."""
    for part in _parts(enumerate(listed), A_TRANSACTION):
        with open_write() as uow:
            rows = [
                {"batch": batch, "number": n, "step": r.step, "entity": r.entity, "field": r.field, "records": [list(each) for each in r.records], "at": uow.real_now}
                for n, r in part
            ]
            uow.connection.execute(insert(ranges), rows)


def first(uow: UnitOfWork, batch: str) -> Range | None:
    """Return the range to be written next, None when all are."""
    statement = select(ranges).where(ranges.c.batch == batch).order_by(ranges.c.number).limit(1)
    row = uow.connection.execute(statement).first()
    return Range(row.step, row.entity, row.records, row.field, row.number) if row is not None else None


def drop(uow: UnitOfWork, batch: str, number: int) -> None:
    """Forget a range that was written."""
    uow.connection.execute(delete(ranges).where(ranges.c.batch == batch, ranges.c.number == number))


def planned(uow: UnitOfWork, batch: str, entity_id: str, field_id: str) -> set[str]:
    """Return the records of an entity that a batch has still to delete, or in which it has still to clear a field."""
    mine = (ranges.c.step == "delete") | (ranges.c.field == field_id)
    statement = select(ranges.c.records).where(ranges.c.batch == batch, ranges.c.entity == entity_id, mine)
    return {each[0] for listed in uow.connection.execute(statement).scalars() for each in listed}


def forget_old(connection: Connection, before: datetime) -> None:
    """Delete the ranges of writes that were cancelled or never began."""
    connection.execute(delete(ranges).where(ranges.c.at < before))

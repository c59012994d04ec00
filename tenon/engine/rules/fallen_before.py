"""The values that scores and numbers had one after the other, of the records for which they fell at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from tenon.engine.history import history
from tenon.engine.rules.traces import entries
from tenon.engine.scores.tables import snapshots
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Field

Values = Iterator[tuple[str, datetime, Decimal | None]]


def values_of_score(uow: UnitOfWork, score_id: str, start: datetime, end: datetime) -> Values:
    """Yield the values of a score from a moment to another, oldest first; records whose value never moved are left out."""
    c = snapshots.c
    among = (c.score == score_id, c.at >= start, c.at < end)
    moved = select(c.record).where(*among).group_by(c.record).having(func.max(c.value) > func.min(c.value))
    wanted = select(c.record, c.at, c.value).where(*among, c.record.in_(moved)).order_by(c.at, c.id)
    return ((row.record, row.at, None if row.value is None else Decimal(row.value)) for row in uow.connection.execute(wanted))


def values_of_field(uow: UnitOfWork, entity: Entity, field: Field, start: datetime, end: datetime) -> Values:
    """Yield the values of a written number, oldest first: what each change replaced the first time, and what it made of it."""
    seen: set[str] = set()
    for row in uow.connection.execute(entries(entity, start, end, [field.id]).order_by(history.c.id)):
        before, after = row.changes[field.id]
        if row.record not in seen and before is not None:
            yield row.record, start, Decimal(str(before))
        seen.add(row.record)
        yield row.record, row.at, None if after is None else Decimal(str(after))

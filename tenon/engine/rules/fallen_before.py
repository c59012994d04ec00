"""The values that scores and numbers had one after the other, of the records for which they fell at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from tenon.engine.history import history
from tenon.engine.recompute.fallen import changes_of
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
    """Yield the values of a number, oldest first: what each change replaced the first time, and what it made of it.

    Those of a formula are known since a rule in force watches it.
    """
    seen: set[str] = set()
    for record, at, changes in changes_of(uow, field, None, start, end) if field.is_formula else _written(uow, entity, field, start, end):
        before, after = changes[field.id]
        if record not in seen and before is not None:
            yield record, start, Decimal(str(before))
        seen.add(record)
        yield record, at, None if after is None else Decimal(str(after))


def _written(uow: UnitOfWork, entity: Entity, field: Field, start: datetime, end: datetime) -> Iterator[tuple[str, datetime, Any]]:
    for row in uow.connection.execute(entries(entity, start, end, [field.id]).order_by(history.c.id)):
        yield row.record, row.at, row.changes

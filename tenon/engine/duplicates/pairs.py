"""One pair of records that look alike, and what is decided about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import select, update

from tenon.engine.context import Context
from tenon.engine.duplicates.tables import duplicates
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import not_found
from tenon.metamodel.model import Entity

State = Literal["open", "merged", "dismissed"]
STATES: tuple[State, ...] = ("open", "merged", "dismissed")


@dataclass(frozen=True)
class Pair:
    """Two records that look alike; ``reasons`` as the table holds them. Who may see it is not asked here."""

    id: str
    entity: Entity
    first: str
    second: str
    score: Decimal
    reasons: list[dict[str, Any]]
    matching: str
    state: State
    found_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    batch: str | None = None


def read_pair(uow: UnitOfWork, row: Any) -> Pair | None:
    """Return a row of the table as a pair; None when its entity is no more."""
    entity = uow.model.find_entity(row.entity)
    if entity is None:
        return None
    return Pair(
        row.id, entity, row.first, row.second, row.score, row.reasons, row.matching, row.state, row.found_at, row.decided_at, row.decided_by, row.batch,
    )  # fmt: skip


def pair(uow: UnitOfWork, id: str) -> Pair:
    """Return a pair by its id, whoever asks. Raises NotFound."""
    row = uow.connection.execute(select(duplicates).where(duplicates.c.id == id)).first()
    found = None if row is None else read_pair(uow, row)
    if found is None:
        raise not_found()
    return found


def mark_merged_among(uow: UnitOfWork, ctx: Context, ids: Collection[str], batch: str) -> None:
    """Keep that all of these records became one by a write; before any of them is deleted, for a deleted record's open pairs go with it."""
    among = id_set(uow.dialect, ids)
    decided = {"state": "merged", "decided_at": uow.now, "decided_by": ctx.user_id, "batch": batch}
    both = (duplicates.c.first.in_(among), duplicates.c.second.in_(among), duplicates.c.state == "open")
    uow.connection.execute(update(duplicates).where(*both).values(decided))


def reopen(uow: UnitOfWork, batch: str) -> None:
    """Put the pairs that a write merged back into the queue."""
    open_again = {"state": "open", "decided_at": None, "decided_by": None, "batch": None}
    uow.connection.execute(update(duplicates).where(duplicates.c.batch == batch, duplicates.c.state == "merged").values(open_again))

"""Which records were merged into which; what followed is kept as long as the absorbed ones are in the trash, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Index, Table, delete, select

from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.sql.sets import id_set
from tenon.engine.store import metadata
from tenon.engine.unit_of_work import UnitOfWork

MOST_STEPS = 50

merges = Table(
    "tenon_merge", metadata, Column("batch", CodeText(), primary_key=True), Column("absorbed", CodeText(), primary_key=True),
    Column("entity", CodeText(), nullable=False), Column("survivor", CodeText(), nullable=False), Column("at", Moment(), nullable=False),
    Column("by", CodeText()), Column("choices", Json(), nullable=False), Column("log", CodeText()), Column("undone_at", Moment()),
    Index("ix_tenon_merge_absorbed", "absorbed"), Index("ix_tenon_merge_survivor", "survivor"),
)
"""A row for each record that was absorbed; ``batch`` is that of the history, ``choices`` says by field whose value was chosen, ``log`` is its record of the log."""

moved = Table(
    "tenon_merge_moved", metadata, Column("batch", CodeText(), primary_key=True), Column("what", CodeText(), primary_key=True),
    Column("record", CodeText(), primary_key=True), Column("was", CodeText(), primary_key=True),
)
"""What pointed at an absorbed record and points at the survivor now. ``what`` is the id of a reference, ``watch`` (``record`` a person),
``segment``, ``flow`` (an instance) or ``system`` (what another system is called); ``was`` the absorbed record."""


@dataclass(frozen=True)
class Merge:
    """One merge: the record that stayed, those that were absorbed, when, by whom, and whether it was taken back."""

    batch: str
    entity: str
    survivor: str
    absorbed: tuple[str, ...]
    at: datetime
    by: str | None
    is_undone: bool
    logs: tuple[str, ...] = ()


def merge_of(uow: UnitOfWork, batch: str) -> Merge | None:
    """Return the merge that a batch was, None for any other batch."""
    return next(iter(_read(uow, merges.c.batch == batch)), None)


def merges_into(uow: UnitOfWork, survivor: str) -> list[Merge]:
    """Return the merges into a record that hold, oldest first."""
    return _read(uow, merges.c.survivor == survivor, merges.c.undone_at.is_(None))


def merge_away(uow: UnitOfWork, absorbed: str) -> Merge | None:
    """Return the merge in which a record was absorbed, as long as it holds."""
    return next(iter(_read(uow, merges.c.absorbed == absorbed, merges.c.undone_at.is_(None))), None)


def survivor_of(uow: UnitOfWork, absorbed: str) -> str | None:
    """Return the record into which one was merged, and that one further, None for one that was not merged."""
    found = None
    for _ in range(MOST_STEPS):
        step = merge_away(uow, found or absorbed)
        if step is None:
            break
        found = step.survivor
    return found


def merged_among(uow: UnitOfWork, ids: Collection[str]) -> set[str]:
    """Return those of some records that are part of another one now."""
    found = select(merges.c.absorbed).where(merges.c.absorbed.in_(id_set(uow.dialect, ids)), merges.c.undone_at.is_(None))
    return set(uow.connection.execute(found).scalars())


def forget_merges(uow: UnitOfWork, ids: Collection[str]) -> None:
    """Forget what followed records that are gone for good: their merges are not taken back any more, but their addresses still lead on."""
    gone = id_set(uow.dialect, ids)
    batches = select(merges.c.batch).where(merges.c.absorbed.in_(gone) | merges.c.survivor.in_(gone))
    uow.connection.execute(delete(moved).where(moved.c.batch.in_(batches)))
    uow.connection.execute(delete(merges).where(merges.c.survivor.in_(gone)))


def _read(uow: UnitOfWork, *conditions: ColumnElement[bool]) -> list[Merge]:
    rows: dict[str, list[Any]] = {}
    for row in uow.connection.execute(select(merges).where(*conditions).order_by(merges.c.batch, merges.c.absorbed)):
        rows.setdefault(row.batch, []).append(row)
    return [_merge(found) for found in rows.values()]


def _merge(rows: list[Any]) -> Merge:
    first = rows[0]
    logs = tuple(row.log for row in rows if row.log is not None)
    return Merge(first.batch, first.entity, first.survivor, tuple(row.absorbed for row in rows), first.at, first.by, first.undone_at is not None, logs)

"""The history of scores: the value of a day, and thinning what is old."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import case, delete, func, or_, select

from tenon.engine.scores.tables import forms, overrides, ratings, snapshots, transitions
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity

KEPT_DAYS = 400


def end_of(uow: UnitOfWork, day: date) -> datetime:
    """Return the first moment after a day in the workspace's zone."""
    return datetime.combine(day + timedelta(days=1), time.min, uow.timezone)


def find_snapshot(uow: UnitOfWork, score_id: str, record: str, day: date) -> dict[str, Any] | None:
    """Return what a score was at the end of a day, or None before it existed."""
    s = snapshots.c
    found = (
        select(snapshots)
        .where(s.score == score_id, s.record == record, s.at < end_of(uow, day))
        .order_by(s.at.desc(), s.id.desc())
        .limit(1)
    )
    row = uow.connection.execute(found).mappings().first()
    return dict(row) if row else None


def history_of(uow: UnitOfWork, score_id: str, record: str, since: date, until: date) -> list[dict[str, Any]]:
    """Return how a score moved in a span of days, oldest first.

    Each has ``at``, ``value``, ``band``, ``computed_value``, ``variant``, ``form`` (of the model), ``release`` and ``cause``.
    """
    s = snapshots.c
    found = select(s.at, s.value, s.band, s.computed_value, s.variant, s.form, s.release, s.cause).where(
        s.score == score_id, s.record == record, s.at >= end_of(uow, since - timedelta(days=1)), s.at < end_of(uow, until)
    )
    return [dict(row) for row in uow.connection.execute(found.order_by(s.at, s.id)).mappings()]


def find_form(uow: UnitOfWork, form: str | None) -> dict[str, Any] | None:
    """Return what the shares of a form mean, or None."""
    found: dict[str, Any] | None = uow.connection.execute(select(forms.c.body).where(forms.c.form == form)).scalar()
    return found


def thin(uow: UnitOfWork) -> int:
    """Keep of snapshots older than 400 days the last of each month and every change of band; return how many went."""
    s = snapshots.c
    old = s.at < end_of(uow, uow.today - timedelta(days=KEPT_DAYS + 1))
    month = func.substr(s.at, 1, 7) if uow.dialect == "sqlite" else func.to_char(s.at, "YYYY-MM")
    own = (s.score, s.record)
    before = func.lag(s.band).over(partition_by=own, order_by=(s.at, s.id))
    first = func.row_number().over(partition_by=own, order_by=(s.at, s.id))
    last = func.row_number().over(partition_by=(*own, month), order_by=(s.at.desc(), s.id.desc()))
    is_kept = case((or_(last == 1, first == 1, before.is_distinct_from(s.band)), 1), else_=0)
    listed = select(s.id, is_kept.label("is_kept")).where(old).subquery("listed")
    return uow.connection.execute(delete(snapshots).where(s.id.in_(select(listed.c.id).where(listed.c.is_kept == 0)))).rowcount


def forget(uow: UnitOfWork, entity: Entity | None, records: Collection[str]) -> None:
    """Remove everything that scores keep of records that are gone for good; ``entity`` is None when it is gone, too."""
    gone = id_set(uow.dialect, records)
    for each in (snapshots, transitions, overrides, ratings):
        uow.connection.execute(delete(each).where(each.c.record.in_(gone)))
    for score in {f.score for f in entity.fields.values() if f.score is not None} if entity is not None else ():
        own = uow.tables.score(score)
        uow.connection.execute(delete(own).where(own.c.record.in_(gone)))

"""Which records came with the samples of which app, however much they were changed since."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Index,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from tenon.engine.columns import CodeText
from tenon.engine.history import history
from tenon.engine.records.events import Removed
from tenon.engine.sql.sets import id_set
from tenon.engine.store import metadata
from tenon.engine.trash import trash
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Model

# ``version`` is the one that samples wrote last: what a person changed later has a newer one.
marks = Table(
    "tenon_sample_record", metadata, Column("record", CodeText(), primary_key=True), Column("entity", CodeText(), nullable=False),
    Column("app", CodeText(), nullable=False), Column("version", BigInteger(), nullable=False), Index("ix_tenon_sample_record_app", "app", "entity"),
)


def mark(uow: UnitOfWork, app: str, entity: Entity, records: Sequence[str]) -> None:
    """Mark new records as samples of an app."""
    if records:
        uow.connection.execute(insert(marks), [{"record": r, "entity": entity.id, "app": app, "version": 1} for r in records])


def pass_on(uow: UnitOfWork, versions: Mapping[str, tuple[int, int]]) -> None:
    """Note that samples changed sample records, from one version to another; those a person had changed stay changed."""
    rows = [{"of": record, "was": before, "now": after} for record, (before, after) in versions.items()]
    if rows:
        found = (marks.c.record == bindparam("of"), marks.c.version == bindparam("was"))
        uow.connection.execute(update(marks).where(*found).values(version=bindparam("now")), rows)


def is_sample(column: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that a record is a sample record."""
    return select(marks.c.record).where(marks.c.record == column).exists()


def forget_removed(uow: UnitOfWork, event: object) -> None:
    """Keep no mark of records that are gone for good."""
    if isinstance(event, Removed):
        uow.connection.execute(delete(marks).where(marks.c.record.in_(id_set(uow.dialect, event.ids))))


def forget_entities(uow: UnitOfWork, entities: Sequence[str]) -> None:
    """Keep no mark of records of entities whose tables are gone."""
    uow.connection.execute(delete(marks).where(marks.c.entity.in_(entities)))


def count_samples(uow: UnitOfWork) -> dict[str, int]:
    """Return how many sample records there are of each app that has some, without those in the trash."""
    statement = _living(uow.model, marks.c.app, func.count()).group_by(marks.c.app)
    return {row[0]: int(row[1]) for row in uow.connection.execute(statement)}


def count_trashed(uow: UnitOfWork) -> dict[str, int]:
    """Return how many sample records of each app are in the trash."""
    own = and_(trash.c.record == marks.c.record, trash.c.entity.in_(list(uow.model.entities_by_id)))
    statement = select(marks.c.app, func.count()).select_from(marks.join(trash, own)).group_by(marks.c.app)
    return {row[0]: int(row[1]) for row in uow.connection.execute(statement)}


def find_samples(uow: UnitOfWork, records: Collection[str]) -> set[str]:
    """Return which of these records are samples of some app."""
    return set(uow.connection.execute(select(marks.c.record).where(marks.c.record.in_(id_set(uow.dialect, records)))).scalars())


def samples_of(uow: UnitOfWork, app: str) -> dict[str, list[str]]:
    """Return the sample records of an app by entity id, without those in the trash."""
    found: dict[str, list[str]] = {}
    for row in uow.connection.execute(_living(uow.model, marks.c.entity, marks.c.record).where(marks.c.app == app).order_by(marks.c.record)):
        found.setdefault(row[0], []).append(row[1])
    return found


def edited_samples(uow: UnitOfWork, app: str) -> list[tuple[str, str]]:
    """Return the entity id and id of the sample records of an app that a person has changed, the latest change first."""
    since = (history.c.record == marks.c.record, history.c.version > marks.c.version, history.c.action == "update", history.c.by.is_not(None))
    statement = _living(uow.model, marks.c.entity, marks.c.record, joined=marks.join(history, and_(*since))).where(marks.c.app == app)
    statement = statement.group_by(marks.c.entity, marks.c.record).order_by(func.max(history.c.id).desc())
    return [(row[0], row[1]) for row in uow.connection.execute(statement)]


def _living(model: Model, *columns: ColumnElement[Any], joined: FromClause = marks) -> Select[Any]:
    source = joined.outerjoin(trash, trash.c.record == marks.c.record)
    return select(*columns).select_from(source).where(trash.c.record.is_(None), marks.c.entity.in_(list(model.entities_by_id)))

"""What formulas were before, for the few that a rule watches for a fall: computed values have no history of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Index, Table, delete, insert, select

from tenon.engine.columns import CodeText, Moment
from tenon.engine.rules.documents import rule_documents
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.values import from_db
from tenon.engine.store import metadata
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Field, Model

KEPT = timedelta(days=401)
"""A day longer than the longest time within which a fall can be watched."""

changes = Table(
    "tenon_computed_change", metadata, Column("id", CodeText(), primary_key=True), Column("field", CodeText(), nullable=False), Column("record", CodeText(), nullable=False),
    Column("at", Moment(), nullable=False), Column("before", CodeText()), Column("after", CodeText()),
    Index("ix_tenon_computed_change_record", "field", "record", "id"),
)
"""Each change of a computed number that a rule watches, as texts of decimals."""


def watched(model: Model) -> frozenset[str]:
    """Return the formulas (ids of fields) whose fall wakes a rule."""
    if "watched_formulas" not in model.cache:
        found = set()
        for document in rule_documents(model):
            trigger, entity = document.body.trigger, model.find_entity(document.body.entity)
            field = entity.find_field(trigger.field) if trigger.type == "value_fell" and trigger.field and entity is not None else None
            if field is not None and field.is_formula:
                found.add(field.id)
        model.cache["watched_formulas"] = frozenset(found)
    kept: frozenset[str] = model.cache["watched_formulas"]
    return kept


def named(model: Model) -> frozenset[str]:
    """Return the formulas (ids of fields) that a rule names as what has to change: of each it is told by itself for which records it did."""
    if "named_formulas" not in model.cache:
        found = set()
        for document in rule_documents(model):
            trigger, entity = document.body.trigger, model.find_entity(document.body.entity)
            if trigger.type == "updated" and entity is not None:
                found |= {f.id for key in trigger.fields if (f := entity.find_field(key)) is not None and f.is_formula}
        model.cache["named_formulas"] = frozenset(found)
    kept: frozenset[str] = model.cache["named_formulas"]
    return kept


def values_now(uow: UnitOfWork, entity: Entity, field: Field, ids: Collection[str]) -> dict[str, Decimal | None]:
    """Return what a stored number of records is."""
    table = uow.tables.of(entity)
    stored = uow.connection.execute(select(table.c.id, table.c[field.column]).where(table.c.id.in_(id_set(uow.dialect, ids))))
    return {record: None if (value := from_db(field.type, cell)) is None else Decimal(value) for record, cell in stored}


def keep_changes(uow: UnitOfWork, entity: Entity, before: Mapping[str, Mapping[str, Decimal | None]], ids: Sequence[str]) -> None:
    """Keep how watched formulas changed (``before``: by field id, by record) on these records; what is too old to count goes."""
    for field_id, values in before.items():
        field = entity.fields_by_id[field_id]
        now = values_now(uow, entity, field, ids)
        rows: list[dict[str, Any]] = [
            {"id": uow.new_id(), "field": field_id, "record": each, "at": uow.now, "before": _text(values.get(each)), "after": _text(now.get(each))}
            for each in ids if values.get(each) != now.get(each)
        ]  # fmt: skip
        if rows:
            among = id_set(uow.dialect, [row["record"] for row in rows])
            uow.connection.execute(delete(changes).where(changes.c.field == field_id, changes.c.record.in_(among), changes.c.at < uow.now - KEPT))
            uow.connection.execute(insert(changes), rows)


def forget_changes(uow: UnitOfWork, field_ids: Collection[str]) -> None:
    """Forget how formulas changed: they are computed otherwise now."""
    gone = sorted(watched(uow.model).intersection(field_ids))
    if gone:
        uow.connection.execute(delete(changes).where(changes.c.field.in_(gone)))


def changes_of(uow: UnitOfWork, field: Field, ids: Collection[str] | None, start: datetime, end: datetime | None = None) -> Iterator[tuple[str, datetime, dict[str, list[Any]]]]:
    """Yield the changes of a watched formula since a moment, oldest first, as those of written fields stand in the history."""
    c = changes.c
    wanted = select(c.record, c.at, c.before, c.after).where(c.field == field.id, c.at > start).order_by(c.id)
    wanted = wanted if ids is None else wanted.where(c.record.in_(id_set(uow.dialect, ids)))
    for row in uow.connection.execute(wanted if end is None else wanted.where(c.at < end)):
        yield row.record, row.at, {field.id: [row.before, row.after]}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")

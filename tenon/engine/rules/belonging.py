"""To which records of the entity of a rule others belong: a usage event to its customer, a comment to the record it is on."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from tenon.engine.sql.sets import id_set
from tenon.engine.tables import entity_column
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.belonging import reference_to
from tenon.metamodel.model import Entity


def belongs(uow: UnitOfWork, source: Entity, target: Entity, ids: Collection[str]) -> dict[str, str]:
    """Return the record of the target that each of some records belongs to, by their ids; those that belong to none are left out."""
    if source is target:
        return {each: each for each in ids}
    field = reference_to(source, target)
    if field is None:
        return {}
    table = uow.tables.of(source)
    wanted = select(table.c.id, table.c[field.column]).where(table.c.id.in_(id_set(uow.dialect, ids)), table.c[field.column].is_not(None))
    if field.storage.kind == "pair":
        wanted = wanted.where(table.c[entity_column(field)] == target.id)
    return {row[0]: row[1] for row in uow.connection.execute(wanted.order_by(table.c.id))}

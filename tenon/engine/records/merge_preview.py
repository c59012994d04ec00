"""What would follow a merge, counted before it: the records that point at each of the ones to be merged, as far as somebody sees them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select

from tenon.engine.access.resolver import action_condition, environment
from tenon.engine.access.rights import Rights
from tenon.engine.records.merge_parts import Joining
from tenon.engine.sql.sets import id_set
from tenon.engine.tables import entity_column
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity


def count_pointing(uow: UnitOfWork, rights: Rights, entity: Entity, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return by record how many living records of each entity (by name) point at it, a statement for each reference."""
    counts: dict[str, dict[str, int]] = {id: {} for id in ids}
    env, wanted = environment(uow, rights), id_set(uow.dialect, ids)
    for near, reference in Joining(uow.model, entity, ids[0], tuple(ids[1:]), "").references():
        if not rights.may(near, "read") or not rights.may_read(near, reference):
            continue
        table = uow.tables.of(near)
        conditions: list[ColumnElement[bool]] = [table.c.deleted_at.is_(None)]
        seen = action_condition(env, table, near, rights, "read")
        conditions += [] if seen is None else [seen]
        if reference.is_to_many:
            links = uow.tables.links(reference)
            target, source = links.c.target, links.join(table, table.c.id == links.c.record)
            statement = select(target, func.count()).select_from(source)
        else:
            target = table.c[reference.column]
            statement = select(target, func.count())
            conditions += [table.c[entity_column(reference)] == entity.id] if reference.storage.kind == "pair" else []
        for id, number in uow.connection.execute(statement.where(target.in_(wanted), *conditions).group_by(target)):
            counts[id][near.name] = counts[id].get(near.name, 0) + number
    return counts

"""The records of a relation, by the near ones that they hang on."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import Rights
from tenon.engine.rules.expressions import read
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.links import key_of
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source, visible
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Relation
from tenon.metamodel.naming import find_path, find_to_many


def far_records(uow: UnitOfWork, rights: Rights, near: Entity, path: str, ids: Collection[str], where: str | None) -> dict[str, list[str]]:
    """Return the living records at the end of a path such as ``customer.orders`` that the rights let see and for which a condition holds, by near record.

    Near records without any are left out.
    """
    relation, head = find_to_many(uow.model, near, path), path.rpartition(".")[0]
    if relation is None:
        return {}
    if not head:
        return _behind(uow, rights, relation, ids, where)
    source = Source(environment(uow, rights), near)
    reached = source.reach(tuple(find_path(uow.model, near, head) or ())).alias.c.id
    over = select(source.alias.c.id, reached).select_from(source.from_clause).where(source.alias.c.id.in_(id_set(uow.dialect, ids)), reached.is_not(None))
    by_near: dict[str, str] = dict(uow.connection.execute(over).all())
    found = _behind(uow, rights, relation, set(by_near.values()), where)
    return {record: found[at] for record, at in by_near.items() if at in found}


def _behind(uow: UnitOfWork, rights: Rights, relation: Relation, ids: Collection[str], where: str | None) -> dict[str, list[str]]:
    """Return the far records of a relation, by the record that they hang on."""
    far = uow.model.get_entity(relation.far_id)
    source = Source(environment(uow, rights), far)
    near, more = key_of(source, relation)
    conditions = [near.in_(id_set(uow.dialect, ids)), *more, *visible(source.environment, source.alias, far)]
    if where:
        conditions.append(compile_condition(source, read(uow.model, far, where, "boolean")))
    found: dict[str, list[str]] = {}
    for record, one in uow.connection.execute(select(near, source.alias.c.id).select_from(source.from_clause).where(*conditions).order_by(source.alias.c.id)):
        found.setdefault(record, []).append(one)
    return found

"""Changing the records of a relation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.records.masses import change_part
from tenon.engine.rules.expressions import read
from tenon.engine.rules.work import Work
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source, visible
from tenon.metamodel.actions.update_records import UpdateRecords
from tenon.metamodel.naming import find_to_many


def run(work: Work, action: UpdateRecords) -> dict[str, Any]:
    """Change the far records for which the condition holds, as one part."""
    uow = work.uow
    relation = find_to_many(uow.model, work.entity, action.relation)
    if relation is None:
        return {}
    far = uow.model.get_entity(relation.far_id)
    source = Source(environment(uow, work.rights), far)
    reference = far.fields_by_id[relation.field_id]
    conditions = [source.alias.c[reference.column].in_(id_set(uow.dialect, work.ids)), *visible(source.environment, source.alias, far)]
    if action.where:
        conditions.append(compile_condition(source, read(uow.model, far, action.where, "boolean")))
    statement = select(source.alias.c.id, source.alias.c[reference.column]).select_from(source.from_clause).where(*conditions)
    found = dict(uow.connection.execute(statement).all())
    changes = {far.get_field(key).name: {"expr": text} for key, text in action.fields.items()}
    if found:
        change_part(uow, work.ctx, far, list(found), changes, work.batch)
    counts = {each: sum(near == each for near in found.values()) for each in work.ids}
    return {each: {"changed": count, "entity": far.name} for each, count in counts.items()}

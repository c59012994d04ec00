"""Changing the records of a relation."""

from __future__ import annotations

from typing import Any

from tenon.engine.records.masses import change_part
from tenon.engine.rules.far import far_records
from tenon.engine.rules.work import Work
from tenon.metamodel.actions.update_records import UpdateRecords
from tenon.metamodel.naming import find_to_many


def run(work: Work, action: UpdateRecords) -> dict[str, Any]:
    """Change the far records for which the condition holds, as one part."""
    uow = work.uow
    relation = find_to_many(uow.model, work.entity, action.relation)
    if relation is None:
        return {}
    far = uow.model.get_entity(relation.far_id)
    found = far_records(uow, work.rights, work.entity, action.relation, work.ids, action.where)
    changes = {far.get_field(key).name: {"expr": text} for key, text in action.fields.items()}
    ids = sorted({each for listed in found.values() for each in listed})
    if ids:
        change_part(uow, work.ctx, far, ids, changes, work.batch)
    return {each: {"changed": len(found.get(each, ())), "entity": far.name} for each in work.ids}

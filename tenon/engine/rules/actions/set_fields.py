"""Setting fields of the record."""

from __future__ import annotations

from typing import Any

from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.records.computing import as_sent
from tenon.engine.records.events import Writing
from tenon.engine.records.masses import change_part
from tenon.engine.records.row import Row
from tenon.engine.rules.book import Rule
from tenon.engine.rules.expressions import read
from tenon.engine.rules.work import Work
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.actions.set_fields import SetFields
from tenon.metamodel.fields.base import BadValue


def run(work: Work, action: SetFields) -> dict[str, Any]:
    """Set the fields of all records, as one part."""
    changes = {work.entity.get_field(key).name: {"expr": text} for key, text in action.fields.items()}
    change_part(work.uow, work.ctx, work.entity, work.living(), changes, work.batch)
    return {each: {"set": sorted(changes)} for each in work.ids}


def before(uow: UnitOfWork, event: Writing, rule: Rule, action: SetFields, row: Row) -> dict[str, Any]:
    """Set the fields of a row that is not stored yet; return which."""
    facts = RecordFacts(uow, rule.entity, {**row.after(), "id": row.id}, row.before)
    for key, text in action.fields.items():
        field = rule.entity.get_field(key)
        value = value_of(uow, read(uow.model, rule.entity, text), facts, event.ctx.user)
        if value is not None and not field.targets:
            try:
                value = field.spec.clean(as_sent(rule.entity, field.name, value), uow.place)
            except BadValue as error:
                row.refuse(error.problem(f"/{field.name}"))
                continue
        row.values[field.name] = value
    return {"set": sorted(rule.entity.get_field(key).name for key in action.fields)}

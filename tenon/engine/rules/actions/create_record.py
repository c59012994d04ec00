"""Making a record."""

from __future__ import annotations

from typing import Any

from tenon.engine.records.computing import compute
from tenon.engine.records.writing import write_many
from tenon.engine.rules.work import Work
from tenon.metamodel.actions.create_record import CreateRecord


def run(work: Work, action: CreateRecord) -> dict[str, Any]:
    """Make a record for each, its values read with that one."""
    target = work.uow.model.get_entity(action.entity)
    texts = {target.get_field(key).name: text for key, text in action.fields.items()}
    values = compute(work.uow, work.rights, work.entity, texts, work.ids, target=target) if texts else {}
    listed = [each for each in work.ids if not texts or each in values]
    rows = write_many(work.uow, work.ctx, target, [values.get(each, {}) for each in listed], batch=work.batch, path="/actions")
    return {each: {"created": {"entity": target.name, "id": row.id}} for each, row in zip(listed, rows, strict=True)}

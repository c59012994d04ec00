"""Making a record."""

from __future__ import annotations

from typing import Any

from tenon.engine.records.computing import as_sent, compute
from tenon.engine.records.writing import write_many
from tenon.engine.reports.figures import figure
from tenon.engine.rules.work import Work
from tenon.metamodel.actions.create_record import CreateRecord
from tenon.metamodel.errors import Invalid
from tenon.metamodel.model import Entity

TAKEN = "not_unique"


def run(work: Work, action: CreateRecord) -> dict[str, Any]:
    """Make a record for each, its values read with that one; none where a figure has no value, or where it would be there twice."""
    target = work.uow.model.get_entity(action.entity)
    figures = _figures(work, action, target)
    if None in figures.values():
        return {}
    texts = {target.get_field(key).name: text for key, text in action.fields.items()}
    values = compute(work.uow, work.rights, work.entity, texts, work.ids, target=target) if texts else {}
    listed = [each for each in work.ids if not texts or each in values]
    sent = [{**values.get(each, {}), **figures} for each in listed]
    rows = write_many(work.uow, work.ctx, target, sent, on_error="skip" if action.skip_existing else "stop", batch=work.batch, path="/actions")
    wrong = [problem for row in rows for problem in row.problems if problem.code != TAKEN]
    if wrong:
        raise Invalid(wrong)
    return {each: {"created": {"entity": target.name, "id": row.id}} for each, row in zip(listed, rows, strict=True) if row.is_good}


def _figures(work: Work, action: CreateRecord, target: Entity) -> dict[str, Any]:
    """Return what the widgets show now, by the field that keeps it."""
    fields = {target.get_field(each.field).name: each.widget for each in action.figures}
    return {name: as_sent(target, name, figure(work.uow, work.ctx, widget)) for name, widget in fields.items()}

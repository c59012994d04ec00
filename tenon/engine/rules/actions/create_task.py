"""Making a task about the record."""

from __future__ import annotations

from typing import Any

from tenon.engine.calendars import due_after
from tenon.engine.records.computing import compute
from tenon.engine.records.writing import write_many
from tenon.engine.rules.whom import first_of, role_of
from tenon.engine.rules.work import Work, needs
from tenon.metamodel.actions.create_task import CreateTask


def run(work: Work, action: CreateTask) -> dict[str, Any]:
    """Make a task for each record, for whom it is, due when the expression says, or after hours."""
    task = needs(work, "task")
    due = compute(work.uow, work.rights, work.entity, {"due": action.due}, work.ids, target=task) if action.due else {}
    if action.due_hours is not None:
        at = due_after(work.uow, action.due_hours, business_hours=action.business_hours, calendar=action.calendar).isoformat()
        due = {record: {"due": at} for record in work.ids}
    whose = first_of(work, action.assign_to) if action.assign_to else {}
    language = work.language
    rows: list[dict[str, Any]] = []
    for record in work.ids:
        values: dict[str, Any] = {
            "title": action.title.show(language), "assignee": whose.get(record), "due": due.get(record, {}).get("due"), "priority": action.priority,
            "description": action.description.show(language) if action.description else None, "for_role": role_of(work, action.assign_to),
            "origin": {"entity": work.entity.name, "id": record}, "customer": work.customers.get(record),
        }
        if whose.get(record):
            values["owner"] = whose[record]
        rows.append({k: v for k, v in values.items() if v is not None and (k in task.fields or k == "owner")})
    made = write_many(work.uow, work.ctx, task, rows, batch=work.batch, path="/actions")
    return {record: {"created": {"entity": task.name, "id": row.id}} for record, row in zip(work.ids, made, strict=True)}

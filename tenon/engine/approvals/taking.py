"""What a task may come to, and what whoever does it may change."""

from __future__ import annotations

from tenon.engine.access.rights import rights_of
from tenon.engine.approvals.journal import Task, acting
from tenon.engine.approvals.seats import APPROVE, REJECT
from tenon.engine.context import Context
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.flow import flow_of
from tenon.metamodel.kinds.form import FormField, FormKind
from tenon.metamodel.labels import Text, say

DONE = "done"
DECIDED = {APPROVE: "approved", REJECT: "rejected"}


def outcomes_of(uow: UnitOfWork, task: Task) -> list[str]:
    """Return the names of what a task may come to."""
    return [name for name, _ in labelled_outcomes(uow, task)]


def labelled_outcomes(uow: UnitOfWork, task: Task) -> list[tuple[str, Text]]:
    """Return what a task may come to, with what people call it."""
    if task.type == "approval":
        return [(APPROVE, say("Approve", "同意")), (REJECT, say("Reject", "拒绝"))]
    step = flow_of(uow, task.version).steps[task.step].step
    return [(o.name, o.label or Text.of(o.name)) for o in getattr(step, "outcomes", ())] or [(DONE, say("Done", "完成"))]


def writable(uow: UnitOfWork, task: Task) -> list[str]:
    """Return the names of the fields that whoever does a task may change by it: those of its form, of an approval those that say so."""
    entity, step = uow.model.find_entity(task.entity), flow_of(uow, task.version).steps[task.step].step
    if entity is None:
        return []
    if task.type == "approval":
        return [f.name for key in step.editable if (f := entity.find_field(key)) is not None]
    form = uow.model.find("form", task.form) if task.form else None
    if form is None:
        return []
    rights, body = rights_of(uow.model, acting(uow, Context(None), task)), form.body
    return [f.name for key in _fields_of(body) if (f := entity.find_field(key)) is not None and rights.may_write(entity, f, "update")]


def _fields_of(form: FormKind) -> list[str]:
    """Return the fields of a form that it does not show for reading only."""
    return [item.field for section in form.sections for item in section.items if isinstance(item, FormField) and item.read_only is not True]

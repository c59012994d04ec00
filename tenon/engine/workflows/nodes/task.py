"""Something that a person does; what happens when the time is over is in `approvals/overdue`."""

from __future__ import annotations

from tenon.engine.approvals.overdue import first_look, overdue
from tenon.engine.approvals.seating import Sheet, ask, due_of, role_asked
from tenon.engine.workflows.batch import Batch


def enter(batch: Batch) -> None:
    """Make a task for each and wait for the answer."""
    step, due = batch.step, due_of(batch)
    role = role_asked(batch, step.assign_to)
    sheet = Sheet(step.type, batch.title, getattr(step, "description", None), step.form, due_at=due, role=role, unit=step.assign_to.unit)
    ask(batch, batch.tokens, [step.assign_to], sheet)
    batch.wait(batch.tokens, "person", due_at=first_look(batch))


def wake(batch: Batch, why: str) -> None:
    """Go on as was answered: into the steps of the outcome, else after this one."""
    if why == "time":
        overdue(batch)
    if why != "person":
        return
    places = {outcome.name: index for index, outcome in enumerate(getattr(batch.step, "outcomes", ()))}
    for answer in sorted({t.answer or "" for t in batch.tokens}):
        part = f"/outcomes/{places[answer]}/steps" if answer in places else None
        batch.leave([t for t in batch.tokens if (t.answer or "") == answer], answer or None, part=part)

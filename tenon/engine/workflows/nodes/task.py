"""Something that a person does; what happens when the time is over is in `overdue`."""

from __future__ import annotations

from tenon.engine.workflows.batch import Batch
from tenon.engine.workflows.overdue import overdue
from tenon.engine.workflows.people import ask


def enter(batch: Batch) -> None:
    """Make a task for each and wait for the answer."""
    step = batch.step
    due = batch.after_hours(step.due_hours, business_hours=step.business_hours) if step.due_hours is not None else None
    ask(batch, [step.assign_to], due_at=due)


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

"""Approval, in its plainest form: one of the people decides.

``wake`` with "person" gets the answer in ``token.answer``: "approve" or "reject". Whoever decides over the rows of a task
(`tables.task_people`) calls `token.wake` once the whole is decided.
"""

from __future__ import annotations

from tenon.engine.workflows.batch import Batch
from tenon.engine.workflows.overdue import overdue
from tenon.engine.workflows.people import ask
from tenon.metamodel.whom import Whom

REJECT = "reject"


def enter(batch: Batch) -> None:
    """Ask the approvers."""
    step = batch.step
    due = batch.after_hours(step.due_hours, business_hours=step.business_hours) if step.due_hours is not None else None
    ask(batch, [step.approvers] if isinstance(step.approvers, Whom) else list(step.approvers), mode=step.mode, due_at=due)


def wake(batch: Batch, why: str) -> None:
    """Go on when it was approved; else into what is done then, and to the end or back."""
    if why == "time":
        overdue(batch)
    if why != "person":
        return
    rejected = [t for t in batch.tokens if t.answer == REJECT]
    batch.leave(rejected, REJECT, part="/rejected")
    batch.leave([t for t in batch.tokens if t not in rejected], "approve")

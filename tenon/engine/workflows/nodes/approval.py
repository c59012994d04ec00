"""Approval: people decide, and when they have, it goes on, into what is done on a rejection, or back to an earlier step.

``wake`` with "person" gets the answer in ``token.answer``: "approve", "reject", or "return:" and a step. Who was asked and what they
said is in `engine/approvals`.
"""

from __future__ import annotations

from tenon.engine.approvals.overdue import first_look, overdue
from tenon.engine.approvals.seating import Sheet, ask, copy_to, due_of
from tenon.engine.approvals.seats import REJECT
from tenon.engine.approvals.ways_back import RETURN
from tenon.engine.workflows.batch import Batch
from tenon.metamodel.whom import Whom


def enter(batch: Batch) -> None:
    """Ask the approvers, and let those know who get a copy."""
    step, due = batch.step, due_of(batch)
    whom = [step.approvers] if isinstance(step.approvers, Whom) else list(step.approvers)
    share = str(step.share) if step.share is not None else None
    ask(batch, batch.tokens, whom, Sheet("approval", batch.title, form=step.form, mode=step.mode, share=share, due_at=due))
    copy_to(batch, batch.tokens, step)
    batch.wait(batch.tokens, "person", due_at=first_look(batch))


def wake(batch: Batch, why: str) -> None:
    """Go on as was answered; look what to do when the time is over."""
    if why == "time":
        overdue(batch)
    if why != "person":
        return
    for answer in sorted({str(t.answer) for t in batch.tokens}):
        answered = [t for t in batch.tokens if t.answer == answer]
        if answer.startswith(RETURN):
            batch.go_to(answered, answer.removeprefix(RETURN), "returned")
        else:
            batch.leave(answered, answer, part="/rejected" if answer == REJECT else None)



"""Another workflow about the record."""

from __future__ import annotations

from tenon.engine.workflows.batch import Batch
from tenon.engine.workflows.starting import begin


def enter(batch: Batch) -> None:
    """Begin it and wait for its end, or go on at once; where it did not begin (a journey that runs already), go on."""
    document = batch.uow.model.find("workflow", batch.step.workflow)
    began: dict[str, str] = {}
    if document is not None:
        for work, about in batch.works():
            parents = {record: t.id for record, t in about.items()} if batch.step.wait else None
            found = begin(batch.uow, work.ctx, document, list(about), parents=parents)
            began |= {about[record].id: instance for record, instance in found.items()}
    waiting = [t for t in batch.tokens if batch.step.wait and t.id in began]
    batch.wait(waiting, "flow")
    rest = [t for t in batch.tokens if t not in waiting]
    batch.leave(rest, None if began else "not_begun", effects={t.id: {"began": began.get(t.id)} for t in rest})


def wake(batch: Batch, why: str) -> None:
    """Go on when it has ended, however it did."""
    if why == "flow":
        for answer in sorted({t.answer or "" for t in batch.tokens}):
            batch.leave([t for t in batch.tokens if (t.answer or "") == answer], answer or None)

"""The end, whatever else of the instance runs."""

from __future__ import annotations

from tenon.engine.workflows import ending
from tenon.engine.workflows.batch import Batch


def enter(batch: Batch) -> None:
    """End the instances."""
    ending.note(batch.uow, batch.flow, batch.tokens, None, {})
    ending.end(batch.uow, [t.instance for t in batch.tokens], "done")

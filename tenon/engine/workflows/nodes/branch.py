"""Branching: the first path whose condition holds, judged for all records at once."""

from __future__ import annotations

from tenon.engine.workflows.batch import Batch
from tenon.engine.workflows.conditions import holding


def enter(batch: Batch) -> None:
    """Take the first path that is open to each; where none is, go on."""
    rest = batch.tokens
    for index, path in enumerate(batch.step.paths):
        holds = holding(batch.uow, batch.entity, path.when, {t.record for t in rest}) if path.when is not None else {t.record for t in rest}
        batch.leave([t for t in rest if t.record in holds], str(index), part=f"/paths/{index}/steps")
        rest = [t for t in rest if t.record not in holds]
    batch.leave(rest, "none")

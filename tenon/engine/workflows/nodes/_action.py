"""Actions of rules as steps: done for all records at once, then on."""

from __future__ import annotations

from typing import Any

from tenon.engine.rules.actions import DOING
from tenon.engine.workflows.batch import Batch
from tenon.engine.workflows.reaching import hold_back


def enter(batch: Batch) -> None:
    """Do it, and go on; what reaches people waits for a time at which it may."""
    acting = hold_back(batch)
    effects: dict[str, dict[str, Any]] = {}
    for work, about in batch.works(acting):
        for record, effect in DOING[batch.step.type].run(work, batch.step).items():
            effects[about[record].id] = effect
    batch.leave(acting, effects=effects)


def wake(batch: Batch, why: str) -> None:
    """Try again when the time has come that was waited for."""
    if why == "time":
        enter(batch)

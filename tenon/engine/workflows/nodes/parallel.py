"""Paths side by side."""

from __future__ import annotations

from tenon.engine.workflows import ending, token
from tenon.engine.workflows.batch import Batch
from tenon.metamodel.steps_inside import Standing


def enter(batch: Batch) -> None:
    """Place a token at the start of each path and wait; an empty path has ended already."""
    starts = [batch.flow.into(batch.standing, f"/paths/{index}/steps") for index in range(len(batch.step.paths))]
    steps = [goal.step.id for goal in starts if isinstance(goal, Standing)]
    if not steps or (batch.step.wait == "any" and len(steps) < len(starts)):
        batch.leave(batch.tokens)
        return
    batch.fork([(parent, step, batch.entity, parent.record) for parent in batch.tokens for step in steps])
    batch.wait(batch.tokens, "paths")


def wake(batch: Batch, why: str) -> None:
    """Go on when a path has ended and one is enough, or when all have."""
    if why != "paths":
        return
    waiting = token.parents(batch.uow, [t.id for t in batch.tokens])
    if batch.step.wait == "any":
        ending.give_up(batch.uow, token.below(batch.uow, waiting))
        waiting = set()
    batch.wait([t for t in batch.tokens if t.id in waiting], "paths")
    batch.leave([t for t in batch.tokens if t.id not in waiting])

"""The same steps for each record of a relation, side by side; inside them there may be others of their own."""

from __future__ import annotations

from tenon.engine.access.rights import rights_of
from tenon.engine.rules.far import far_records
from tenon.engine.workflows import token
from tenon.engine.workflows.batch import Batch
from tenon.metamodel.steps_inside import Standing


def enter(batch: Batch) -> None:
    """Place a token for each record of the relation and wait; where there is none, go on."""
    first = batch.flow.into(batch.standing, "/steps")
    far = records_of(batch) if isinstance(first, Standing) else {}
    if isinstance(first, Standing) and first.entity is not None:
        batch.fork([(parent, first.step.id, first.entity, record) for parent in batch.tokens for record in far.get(parent.record, ())])
    batch.wait([t for t in batch.tokens if t.record in far], "paths")
    batch.leave([t for t in batch.tokens if t.record not in far])


def wake(batch: Batch, why: str) -> None:
    """Go on when the steps have ended for all of them."""
    if why != "paths":
        return
    waiting = token.parents(batch.uow, [t.id for t in batch.tokens])
    batch.wait([t for t in batch.tokens if t.id in waiting], "paths")
    batch.leave([t for t in batch.tokens if t.id not in waiting])


def records_of(batch: Batch) -> dict[str, list[str]]:
    """Return the records of the relation for which the condition holds, by the near one."""
    rights = rights_of(batch.uow.model, batch.reader)
    return far_records(batch.uow, rights, batch.entity, batch.step.relation, {t.record for t in batch.tokens}, batch.step.where)

"""The same steps for each record of a relation, side by side."""

from __future__ import annotations

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.context import system_context
from tenon.engine.rules.expressions import read
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source, visible
from tenon.engine.workflows import token
from tenon.engine.workflows.batch import Batch
from tenon.metamodel.naming import find_to_many
from tenon.metamodel.steps_inside import Standing


def enter(batch: Batch) -> None:
    """Place a token for each record of the relation and wait; where there is none, go on."""
    first = batch.flow.into(batch.standing, "/steps")
    far = _far(batch) if isinstance(first, Standing) else {}
    for parent in batch.tokens:
        if isinstance(first, Standing) and first.entity is not None:
            batch.fork(parent, [(first.step.id, first.entity, record) for record in far.get(parent.record, ())])
    batch.wait([t for t in batch.tokens if t.record in far], "paths")
    batch.leave([t for t in batch.tokens if t.record not in far])


def wake(batch: Batch, why: str) -> None:
    """Go on when the steps have ended for all of them."""
    if why != "paths":
        return
    waiting = {t.parent for t in token.below(batch.uow, [t.id for t in batch.tokens])}
    batch.wait([t for t in batch.tokens if t.id in waiting], "paths")
    batch.leave([t for t in batch.tokens if t.id not in waiting])


def _far(batch: Batch) -> dict[str, list[str]]:
    """Return the records of the relation for which the condition holds, by the near one."""
    uow, step = batch.uow, batch.step
    relation = find_to_many(uow.model, batch.entity, step.relation)
    if relation is None:
        return {}
    far = uow.model.get_entity(relation.far_id)
    source = Source(environment(uow, ctx=system_context("workflow")), far)
    near = source.alias.c[far.fields_by_id[relation.field_id].column]
    conditions = [near.in_(id_set(uow.dialect, {t.record for t in batch.tokens})), *visible(source.environment, source.alias, far)]
    if step.where:
        conditions.append(compile_condition(source, read(uow.model, far, step.where, "boolean")))
    found: dict[str, list[str]] = {}
    for record, one in uow.connection.execute(select(near, source.alias.c.id).select_from(source.from_clause).where(*conditions).order_by(source.alias.c.id)):
        found.setdefault(record, []).append(one)
    return found

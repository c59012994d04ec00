"""What people did with an approval, written into the history of the record."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Row, insert

from tenon.engine import history
from tenon.engine.context import Cause, Context
from tenon.engine.history import Entry
from tenon.engine.records.stored import load_versions
from tenon.engine.unit_of_work import UnitOfWork

Deed = Literal[
    "approved", "rejected", "returned", "completed", "handed_over", "signer_added", "claimed", "recalled", "reminded", "escalated",
]  # fmt: skip
Task = Row[Any]
"""A row of the table of what people have to do."""


def acting(uow: UnitOfWork, ctx: Context, task: Task, *, is_system: bool = True) -> Context:
    """Return who acts as somebody whose writes are those of the workflow."""
    document = next((d for d in uow.model.all("workflow") if d.id == task.workflow), None)
    cause = Cause("workflow", task.workflow, document.name if document is not None else None, uow.new_id())
    return Context(ctx.user, ctx.language, cause, is_system=is_system, address=ctx.address)


def note(uow: UnitOfWork, ctx: Context, task: Task, deed: Deed, **more: str | None) -> None:
    """Write what was done into the history; ``more`` are a comment, whom it went ``to``, and ``instead_of`` whom."""
    entity = uow.model.find_entity(task.entity)
    if entity is None:
        return
    version = load_versions(uow, entity, [task.record], lock=False).get(task.record)
    if version is None:
        return
    rows = history.to_rows(uow, acting(uow, ctx, task), entity, [Entry(task.record, version, deed, {})])
    told = {"task": task.id, "step": task.step, "instance": task.instance, **{k: v for k, v in more.items() if v}}
    uow.connection.execute(insert(history.history), [{**row, "cause": {**row["cause"], **told}} for row in rows])

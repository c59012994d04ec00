"""What people did with an approval, written into the history of the record."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import Row, insert

from tenon.engine import history
from tenon.engine.context import Cause, Context
from tenon.engine.history import Entry
from tenon.engine.records.stored import load_versions
from tenon.engine.unit_of_work import UnitOfWork

Deed = Literal[
    "approved", "rejected", "returned", "completed", "handed_over", "taken_back", "signer_added", "claimed", "recalled", "reminded", "escalated",
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
    note_all(uow, ctx, [task], deed, **more)


def note_all(uow: UnitOfWork, ctx: Context, tasks: Sequence[Task], deed: Deed, **more: str | None) -> None:
    """Write into the histories of their records that the same was done with tasks, as `note` does for one."""
    said, rows = {k: v for k, v in more.items() if v}, []
    for (key, _), some in groupby(sorted(tasks, key=_kind), _kind):
        listed, entity = list(some), uow.model.find_entity(key)
        if entity is None:
            continue
        versions = load_versions(uow, entity, list({t.record for t in listed}), lock=False)
        there, ctx_of = [t for t in listed if t.record in versions], acting(uow, ctx, listed[0])
        noted = history.to_rows(uow, ctx_of, entity, [Entry(t.record, versions[t.record], deed, {}) for t in there])
        told = [{"task": t.id, "step": t.step, "instance": t.instance, **said} for t in there]
        rows += [{**row, "cause": {**row["cause"], **each}} for row, each in zip(noted, told, strict=True)]
    if rows:
        uow.connection.execute(insert(history.history), rows)


def _kind(task: Task) -> tuple[str, str]:
    return task.entity, task.workflow

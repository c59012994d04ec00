"""A record whose approval is pending is locked: only the workflow itself, and whoever decides through it, writes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from tenon.engine.context import Context
from tenon.engine.records.events import Deleting, Writing
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.tables import human_tasks
from tenon.metamodel.errors import Conflict, Problem
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity


def hear_locked(uow: UnitOfWork, event: Any) -> None:
    """Refuse changes of locked records, and that they are deleted."""
    if isinstance(event, Writing):
        updates = [row for row in event.updates if row.id is not None]
        locks = locks_of(uow, event.ctx, event.entity, [str(row.id) for row in updates])
        for row in updates:
            if row.id in locks:
                row.refuse(_problem(locks[str(row.id)]))
    elif isinstance(event, Deleting):
        locks = locks_of(uow, event.ctx, event.entity, event.ids)
        if locks:
            raise Conflict(_problem(next(iter(locks.values()))))


def locks_of(uow: UnitOfWork, ctx: Context, entity: Entity, ids: Sequence[str]) -> dict[str, Text]:
    """Return the titles of the approvals that lock records for who writes, by record."""
    if not ids or not any(True for _ in uow.model.all("workflow")):
        return {}
    own = ctx.cause.id if ctx.cause.kind == "workflow" else None
    found = select(human_tasks.c.record, human_tasks.c.title, human_tasks.c.workflow).where(
        human_tasks.c.record.in_(id_set(uow.dialect, ids)), human_tasks.c.state == "open", human_tasks.c.type == "approval", human_tasks.c.entity == entity.id,
    )
    return {row.record: Text.of(row.title) for row in uow.connection.execute(found) if row.workflow != own}


def lock_of(uow: UnitOfWork, ctx: Context, entity: Entity, id: str) -> Problem | None:
    """Return what keeps somebody from writing a record, None when it is free."""
    locks = locks_of(uow, ctx, entity, [id])
    return _problem(locks[id]) if id in locks else None


def _problem(title: Text) -> Problem:
    message = say("The record is locked: “{approval}” is being decided.", "记录已锁定：“{approval}”正在审批中。", approval=title)
    hint = say("Wait for the decision, or have who submitted it recall it.", "请等待审批完成，或由发起人撤回。")
    return Problem("", "blocked", message, hint)

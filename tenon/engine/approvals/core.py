"""Tasks of the app core behind the verbs that all tasks have: they are ordinary records, written with the rights of who acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from tenon.engine.access.rights import rights_of
from tenon.engine.approvals.listing import CORE_FIELDS, CORE_OUTCOMES, core_shape, core_tasks
from tenon.engine.context import Context
from tenon.engine.query.pages import get
from tenon.engine.records import writing
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity

OPEN = ("open", "in_progress")


def is_core(uow: UnitOfWork, id: str) -> bool:
    """True when a record of the entity of tasks has this id."""
    entity = uow.model.entities.get("task")
    if entity is None or entity.document.app != "core":
        return False
    table = uow.tables.of(entity)
    return uow.connection.execute(select(table.c.id).where(table.c.id == id, table.c.deleted_at.is_(None))).first() is not None


def find(uow: UnitOfWork, ctx: Context, id: str) -> dict[str, Any] | None:
    """Return a task in the shape of the list, None where the id is that of none. Raises NotFound for one out of sight."""
    if not is_core(uow, id):
        return None
    entity = _entity(uow, ctx)
    return core_shape(uow, ctx, entity, _record(uow, ctx, entity, id))


def complete(uow: UnitOfWork, ctx: Context, id: str, outcome: str | None, comment: str | None, data: Mapping[str, Any] | None) -> None:
    """Move a task to done, with what came of it; ``data`` are other values of the task. Raises Conflict for one that is closed."""
    entity = _entity(uow, ctx)
    record = _record(uow, ctx, entity, id)
    if record.get("state") not in OPEN:
        raise Conflict(Problem("", "conflict", say("This has been done already.", "该任务已完成。"), say("Look at the list again.", "请刷新列表。")))
    known = [name for name, _ in CORE_OUTCOMES]
    if outcome is not None and outcome not in known:
        message = say("Say how it went: {known}.", "请选择结果：{known}。", known=", ".join(known))
        raise Invalid(Problem("/outcome", "bad_choice", message, say("Choose one of them.", "请从中选择。")))
    rights = rights_of(uow.model, ctx)
    more = {"done_at": uow.now.isoformat(), **({"outcome": comment[:200]} if comment else {})}
    own = {name: value for name, value in more.items() if name in entity.fields and rights.may_write(entity, entity.fields[name], "update")}
    writing.change(uow, ctx, entity, id, {**own, **(data or {}), "state": "done"})


def assign(uow: UnitOfWork, ctx: Context, id: str, person: str) -> None:
    """Give a task to somebody else."""
    entity = _entity(uow, ctx)
    _record(uow, ctx, entity, id)
    writing.change(uow, ctx, entity, id, {"assignee": person})


def claim(uow: UnitOfWork, ctx: Context, id: str) -> None:
    """Take a task that nobody has. Raises Conflict when somebody was faster, Forbidden for one of a role one has not."""
    entity = _entity(uow, ctx)
    record = _record(uow, ctx, entity, id)
    if record.get("assignee") is not None:
        raise Conflict(Problem("", "conflict", say("Somebody has this task already.", "该任务已有人领取。"), say("Choose another one.", "请选择其他任务。")))
    role = record.get("for_role")
    if role and (ctx.user is None or role not in ctx.user.roles):
        raise Forbidden(Problem("", "forbidden", say("This is for others.", "该任务面向其他人员。"), say("Ask somebody of the role.", "请联系该角色的人员。")))
    writing.change(uow, ctx, entity, id, {"assignee": ctx.user_id})


def _entity(uow: UnitOfWork, ctx: Context) -> Entity:
    found = core_tasks(uow, ctx)
    if found is None:
        raise not_found()
    return found


def _record(uow: UnitOfWork, ctx: Context, entity: Entity, id: str) -> dict[str, Any]:
    rights = rights_of(uow.model, ctx)
    names = ["id", *(f for f in CORE_FIELDS if f in entity.fields and rights.may_read(entity, entity.fields[f]))]

    return get(uow, ctx, entity, id, names)

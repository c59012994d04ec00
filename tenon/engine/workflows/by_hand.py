"""What people do with workflows: start one for a record, cancel what runs, try again what failed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, select, update

from tenon.engine.context import Context
from tenon.engine.notices.telling import readable
from tenon.engine.rules.pressing import may_change, offered
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows import token
from tenon.engine.workflows.ending import RUNNING, end, give_up
from tenon.engine.workflows.flow import Flow, goals_of, version_of
from tenon.engine.workflows.starting import begin
from tenon.engine.workflows.tables import human_tasks, instances, tokens
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.triggers.button import Button


def start(uow: UnitOfWork, ctx: Context, name: str, record: str) -> str:
    """Begin a workflow for a record that who acts may change and return the id of the instance. Raises NotFound, Forbidden, Conflict."""
    document = uow.model.get("workflow", name)
    entity = uow.model.get_entity(document.body.entity)
    require_record(uow, ctx, entity.id, record)
    if document.body.state == "paused":
        message = say("This workflow is paused.", "此流程已暂停。")
        raise Conflict(Problem("", "conflict", message, say("Set it in force first.", "请先启用。")))
    is_button = isinstance(document.body.start, Button)
    if is_button and document.id not in {rule.id for rule in offered(uow, ctx, entity, record)}:
        message = say("This cannot be done with the record as it is.", "当前记录状态不允许执行此操作。")
        raise Conflict(Problem("/record", "conflict", message, say("Look at the record again.", "请刷新记录后再试。")))
    began = begin(uow, ctx, document, [record])
    if record not in began:
        message = say("This record is on this workflow already.", "此记录已在该流程中。")
        raise Conflict(Problem("/record", "conflict", message, say("Wait for its end, or cancel it.", "请等待其结束，或取消它。")))
    return began[record]


def cancel(uow: UnitOfWork, ctx: Context, id: str) -> None:
    """End an instance of a record that who acts may change; builders may end any. Raises NotFound, Forbidden, Conflict."""
    row = instance_row(uow, id)
    if not _builds(ctx):
        require_record(uow, ctx, row["entity"], row["record"])
        _require_starter(uow, ctx, row)
    if row["state"] not in RUNNING:
        message = say("This has ended already.", "该实例已结束。")
        raise Conflict(Problem("", "conflict", message, say("Look at it again.", "请刷新后再试。")))
    end(uow, [id], "cancelled", "by_hand")


def replay(uow: UnitOfWork, id: str) -> None:
    """Try the step again at which an instance failed. Raises NotFound, Conflict."""
    row = instance_row(uow, id)
    if row["state"] != "failed":
        message = say("Only what failed is tried again.", "只能重试失败的实例。")
        raise Conflict(Problem("", "conflict", message, say("Look at it again.", "请刷新后再试。")))
    uow.connection.execute(update(instances).where(instances.c.id == id).values(state="running", problem=None))
    before = case((tokens.c.waits_for.is_not(None) & tokens.c.woken.is_(None), "waiting"), else_="ready")
    uow.connection.execute(update(tokens).where(tokens.c.instance == id, tokens.c.state == "failed").values(state=before))
    token.call(uow, row["workflow"])


def move(uow: UnitOfWork, name: str, step: str) -> int:
    """Take what runs of older versions of a workflow to a step of the newest; return how many instances. Raises NotFound, Invalid.

    Whatever they waited for is given up; the step is one that every instance comes to for its own record, outside of paths side by side.
    """
    flow = version_of(uow, uow.model.get("workflow", name))
    known = [each.step.id for each in goals_of(flow.body, uow.model)]
    if step not in known:
        message = say("{step} is no step to go to.", "{step} 不是可移到的步骤。", step=step[:80])
        raise Invalid(Problem("/step", "bad_choice", message, say("There are: {some}.", "可用的有：{some}。", some=", ".join(known[:20]) or "-")))
    return take_to(uow, flow, step, instances.c.version != flow.version)


def take_to(uow: UnitOfWork, flow: Flow, step: str, which: ColumnElement[bool]) -> int:
    """Let those instances of a workflow that run stand at a step of a version of it, and nowhere else; return how many."""
    running = [instances.c.workflow == flow.id, which, instances.c.state.in_(RUNNING)]
    rows = uow.connection.execute(select(instances).where(*running).with_for_update()).mappings().all()
    ids = [row["id"] for row in rows]
    give_up(uow, token.of_instances(uow, ids))
    changed = {"version": flow.version, "release": uow.model.release, "state": "running", "problem": None}
    uow.connection.execute(update(instances).where(instances.c.id.in_(id_set(uow.dialect, ids))).values(changed))
    token.place(uow, [
        {
            "id": uow.new_id(), "instance": row["id"], "workflow": flow.id, "version": flow.version, "entity": row["entity"], "record": row["record"], "step": step,
            "parent": None, "root": row["root"], "depth": row["depth"],
        }
        for row in rows
    ])
    return len(ids)


def instance_row(uow: UnitOfWork, id: str) -> dict[str, Any]:
    """Return the row of an instance. Raises NotFound."""
    row = uow.connection.execute(select(instances).where(instances.c.id == id)).mappings().first()
    if row is None:
        raise not_found()
    return dict(row)


def require_record(uow: UnitOfWork, ctx: Context, entity_id: str, record: str) -> None:
    """Refuse who may not read a record (NotFound) or not change it (Forbidden)."""
    entity = uow.model.get_entity(entity_id)
    if record not in readable(uow, ctx, entity, [record], ()):
        raise not_found()
    if not may_change(uow, ctx, entity, [record]):
        message = say("You may not change this record.", "您无权修改此记录。")
        raise Forbidden(Problem("/record", "forbidden", message, say("Ask its owner.", "请联系记录负责人。")))


def _require_starter(uow: UnitOfWork, ctx: Context, row: Any) -> None:
    """Raise Forbidden for an instance that waits for an approval and was started by somebody else: ending it would free the record."""
    pending = select(human_tasks.c.id).where(human_tasks.c.instance == row["id"], human_tasks.c.type == "approval", human_tasks.c.state == "open")
    if row["by"] != ctx.user_id and uow.connection.execute(pending).first() is not None:
        raise Forbidden(Problem("", "forbidden", say("Only who started it may end it.", "仅发起人可以结束。"), say("Ask them.", "请联系发起人。")))


def _builds(ctx: Context) -> bool:
    return ctx.is_system or (ctx.user is not None and ctx.user.may_build)

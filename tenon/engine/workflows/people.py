"""Tasks of people: what somebody has to do before an instance goes on, who may do it, and their answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update

from tenon.engine.context import Context
from tenon.engine.people import users_in_unit
from tenon.engine.rules.whom import people_of, role_of
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows import token
from tenon.engine.workflows.batch import Batch
from tenon.engine.workflows.flow import flow_of
from tenon.engine.workflows.tables import human_tasks, task_people
from tenon.engine.workflows.token import Token
from tenon.metamodel.errors import Conflict, Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.whom import Whom

DONE = "done"


def ask(batch: Batch, whom: Sequence[Whom], *, mode: str = "any", due_at: datetime | None = None) -> None:
    """Make a task for each token and let it wait for the answer; who may act is looked up now, people of a role or unit also when they come later."""
    work = batch.plain_work(batch.tokens)
    step = batch.step
    people: dict[str, list[str]] = {record: [] for record in work.ids}
    for each in whom:
        for record, found in people_of(work, each).items():
            people[record] += [person for person in found if person not in people[record]]
    rows, persons = [], []
    for each_token in batch.tokens:
        id = batch.uow.new_id()
        rows.append({
            "id": id, "instance": each_token.instance, "token": each_token.id, "workflow": each_token.workflow, "version": each_token.version, "step": each_token.step,
            "type": step.type, "entity": each_token.entity, "record": each_token.record, "title": batch.label.to_json(),
            "description": description.to_json() if (description := getattr(step, "description", None)) is not None else None,
            "form": getattr(step, "form", None), "role": next((role_of(work, w) for w in whom if w.role is not None), None),
            "unit": next((w.unit for w in whom if w.unit is not None), None), "mode": mode, "share": str(share) if (share := getattr(step, "share", None)) else None,
            "state": "open", "outcome": None, "comment": None, "due_at": due_at, "reminded_at": None, "escalated_at": None, "created_at": batch.uow.now,
            "done_at": None, "done_by": None,
        })
        is_turn = mode != "sequence"
        persons += [
            {
                "id": batch.uow.new_id(), "task": id, "person": person, "order": order, "state": "open" if is_turn or order == 0 else "waiting",
                "decided_by": None, "decided_at": None, "comment": None, "added_by": None,
            }
            for order, person in enumerate(people[each_token.record])
        ]
    batch.uow.connection.execute(insert(human_tasks), rows)
    if persons:
        batch.uow.connection.execute(insert(task_people), persons)
    batch.wait(batch.tokens, "person", due_at=due_at)


def may_act(uow: UnitOfWork, ctx: Context, task: Mapping[str, Any]) -> bool:
    """True when a task is somebody's: it names them, or they are of its role or unit; administrators may do every one."""
    if ctx.user is None:
        return ctx.is_system
    if ctx.user.is_admin or (task["role"] is not None and task["role"] in ctx.user.roles):
        return True
    if task["unit"] is not None and ctx.user.id in users_in_unit(uow.connection, task["unit"]):
        return True
    named = select(task_people.c.id).where(task_people.c.task == task["id"], task_people.c.person == ctx.user.id, task_people.c.state == "open")
    return uow.connection.execute(named).first() is not None


def task_for_update(uow: UnitOfWork, id: str) -> dict[str, Any]:
    """Return a task, held until the end of the transaction. Raises NotFound."""
    row = uow.connection.execute(select(human_tasks).where(human_tasks.c.id == id).with_for_update()).mappings().first()
    if row is None:
        raise not_found()
    return dict(row)


def complete(uow: UnitOfWork, ctx: Context, id: str, outcome: str | None = None, comment: str | None = None) -> dict[str, Any]:
    """Do a task of a step ``task`` or ``form`` and let its instance go on. Raises NotFound, Conflict when it is done already, Invalid for another outcome."""
    task = task_for_update(uow, id)
    if not may_act(uow, ctx, task):
        raise not_found()
    if task["state"] != "open":
        message = say("This has been done already.", "该任务已完成。")
        raise Conflict(Problem("", "conflict", message, say("Look at the list again.", "请刷新列表。")))
    known = [each.name for each in getattr(flow_of(uow, task["version"]).steps[task["step"]].step, "outcomes", ())]
    if (outcome is not None or known) and outcome not in (known or [DONE]):
        message = say("Say how it went: {known}.", "请选择结果：{known}。", known=", ".join(known) or DONE)
        raise Invalid(Problem("/outcome", "bad_choice", message, say("Choose one of them.", "请从中选择。")))
    close(uow, [id], outcome or DONE, by=ctx.user_id, comment=comment)
    token.wake(uow, [task["token"]], "person", outcome or DONE)
    return {**task, "state": "done", "outcome": outcome or DONE, "comment": comment, "done_by": ctx.user_id, "done_at": uow.now}


def close(uow: UnitOfWork, ids: Iterable[str], outcome: str | None, *, by: str | None = None, comment: str | None = None, state: str = "done") -> None:
    """Close tasks that are open, and with them what was asked of each person."""
    among = id_set(uow.dialect, list(ids))
    values = {"state": state, "outcome": outcome, "comment": comment, "done_at": uow.now, "done_by": by}
    uow.connection.execute(update(human_tasks).where(human_tasks.c.id.in_(among), human_tasks.c.state == "open").values(values))
    asked = [task_people.c.task.in_(among), task_people.c.state.in_(("open", "waiting"))]
    if by is not None:
        uow.connection.execute(update(task_people).where(*asked, task_people.c.person == by).values(state="done", decided_by=by, decided_at=uow.now, comment=comment))
    uow.connection.execute(update(task_people).where(*asked).values(state="skipped"))


def open_tasks(uow: UnitOfWork, tokens: Sequence[Token]) -> dict[str, dict[str, Any]]:
    """Return the open task of each token."""
    wanted = select(human_tasks).where(human_tasks.c.token.in_(id_set(uow.dialect, [t.id for t in tokens])), human_tasks.c.state == "open")
    return {row["token"]: dict(row) for row in uow.connection.execute(wanted).mappings()}


def tasks_of(uow: UnitOfWork, person: str) -> list[dict[str, Any]]:
    """Return the open tasks that name somebody, oldest first."""
    mine = select(task_people.c.task).where(task_people.c.person == person, task_people.c.state == "open")
    wanted = select(human_tasks).where(or_(human_tasks.c.id.in_(mine)), human_tasks.c.state == "open").order_by(human_tasks.c.id)
    return [dict(row) for row in uow.connection.execute(wanted).mappings()]

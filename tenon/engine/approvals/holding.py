"""A task as somebody comes to act on it: held against others who act at the same time, and whether it is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from tenon.engine.approvals.journal import Task
from tenon.engine.approvals.seats import seats_of
from tenon.engine.context import Context
from tenon.engine.notices.telling import readable
from tenon.engine.people import load_user, names_of, users, users_in_unit
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.tables import human_tasks, instances
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Problem, not_found
from tenon.metamodel.labels import say


@dataclass(frozen=True)
class Held:
    """A task with who was asked, and who comes to act."""

    uow: UnitOfWork
    ctx: Context
    task: Task
    seats: list[Row[Any]]

    @property
    def me(self) -> str:
        """The id of who acts; '' for the system."""
        return self.ctx.user_id or ""

    @property
    def mine(self) -> list[Row[Any]]:
        """The seats of who acts whose turn it is."""
        return [seat for seat in self.seats if seat.person == self.me and seat.state == "open"]

    def may_claim(self) -> bool:
        """True when nobody has the task and who acts is of the role or the unit it is for."""
        task, user = self.task, self.ctx.user
        if user is None or self.seats or task.type == "approval":
            return False
        return (task.role is not None and task.role in user.roles) or (task.unit is not None and user.id in users_in_unit(self.uow.connection, task.unit))

    def require_open(self) -> None:
        """Raise Conflict for a task that is closed, saying who did it."""
        if self.task.state == "open":
            return
        if self.task.state == "cancelled":
            message = say("This is no longer asked: it was recalled, or its workflow has ended.", "该任务已撤回，或其流程已结束。")
        else:
            name = names_of(self.uow.connection, [self.task.done_by]).get(self.task.done_by) if self.task.done_by else None
            message = say("This was decided already, by {who}.", "该任务已由{who}处理。", who=name or say("the system", "系统"))
        raise Conflict(Problem("", "conflict", message, say("Look at the list again.", "请刷新列表。")))

    def require_turn(self) -> list[Row[Any]]:
        """Return the seats of who acts. Raises Conflict when they have decided or it is not their turn, Forbidden when they were not asked."""
        self.require_open()
        if self.mine:
            return self.mine
        theirs = [seat.state for seat in self.seats if seat.person == self.me]
        if "waiting" in theirs:
            message = say("It is not your turn yet: others decide before you.", "尚未轮到您：需等待前面的人员处理。")
            raise Conflict(Problem("", "conflict", message, say("You are told when it is.", "轮到您时会收到通知。")))
        if theirs:
            message = say("You have decided this already, or handed it over.", "您已处理或转交该任务。")
            raise Conflict(Problem("", "conflict", message, say("Look at the list again.", "请刷新列表。")))
        raise Forbidden(Problem("", "forbidden", say("This is not yours to decide.", "您无权处理该任务。"), say("Ask whose turn it is.", "请联系当前处理人。")))


def hold(uow: UnitOfWork, ctx: Context, id: str) -> Held:
    """Return a task, held until the end of the transaction. Raises NotFound for one that is not there or out of sight."""
    uow.connection.execute(select(human_tasks.c.id).where(human_tasks.c.id == id).with_for_update())
    return look(uow, ctx, id)


def look(uow: UnitOfWork, ctx: Context, id: str) -> Held:
    """Return a task as it is. Raises NotFound for one that is not there or out of sight."""
    row = uow.connection.execute(select(human_tasks).where(human_tasks.c.id == id)).first()
    if row is None:
        raise not_found()
    held = Held(uow, ctx, row, seats_of(uow, [id])[id])
    if not _sees(held):
        raise not_found()
    return held


def require_person(uow: UnitOfWork, person: str, path: str) -> str:
    """Return the id of somebody active, given by id or e-mail. Raises Invalid."""
    if load_user(uow.connection, person) is not None:
        return person
    found = uow.connection.execute(select(users.c.id).where(users.c.email == person.lower(), users.c.state == "active")).scalar()
    if found is None:
        message = say("There is no such person, or they are not active.", "没有该人员，或其账号未启用。")
        raise Invalid(Problem(path, "no_such_record", message, say("Choose another person.", "请选择其他人员。")))
    return str(found)


def starter_of(uow: UnitOfWork, instance: str) -> str | None:
    """Return who started an instance."""
    found: str | None = uow.connection.execute(select(instances.c.by).where(instances.c.id == instance)).scalar()
    return found


def _sees(held: Held) -> bool:
    user, task = held.ctx.user, held.task
    if user is None:
        return held.ctx.is_system
    asked = {person for s in held.seats for person in (s.person, s.instead_of, s.added_by)}
    if user.is_admin or user.id in asked or held.may_claim() or starter_of(held.uow, task.instance) == user.id:
        return True
    entity = held.uow.model.find_entity(task.entity)
    return entity is not None and task.record in readable(held.uow, held.ctx, entity, [task.record], ())

"""What people do with what they are asked: decide, complete, hand over, have others sign too, send back, take, recall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update

from tenon.engine.approvals.absence import stand_ins
from tenon.engine.approvals.form_rules import check_answers
from tenon.engine.approvals.holding import Held, hold, require_person
from tenon.engine.approvals.journal import acting, note
from tenon.engine.approvals.reseating import give_out, reseat
from tenon.engine.approvals.seating import seat_row
from tenon.engine.approvals.seats import REJECT, close, settle
from tenon.engine.approvals.taking import DECIDED, DONE, outcomes_of, writable
from tenon.engine.approvals.ways_back import RETURN, ways_back
from tenon.engine.context import Context
from tenon.engine.notices.telling import readable
from tenon.engine.records import writing
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows import ending
from tenon.engine.workflows.deciding import Side
from tenon.engine.workflows.tables import human_tasks, instances, task_people
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Problem, not_found
from tenon.metamodel.labels import say


def complete(uow: UnitOfWork, ctx: Context, id: str, outcome: str | None = None, comment: str | None = None, data: Mapping[str, Any] | None = None) -> None:
    """Say how something went: approve, reject, or an outcome of a task; ``data`` are values of the record that its form may set.

    Raises NotFound, Forbidden, Conflict when somebody was faster or it is not one's turn, Invalid.
    """
    held = hold(uow, ctx, id)
    held.require_open()
    if held.may_claim():
        held = _claim(held)
    seats = held.require_turn()
    known = outcomes_of(uow, held.task)
    if outcome is None and known == [DONE]:
        outcome = DONE
    if outcome not in known:
        message = say("Say how it went: {known}.", "请选择结果：{known}。", known=", ".join(known))
        raise Invalid(Problem("/outcome", "required" if outcome is None else "bad_choice", message, say("Choose one of them.", "请从中选择。")))
    is_approval = held.task.type == "approval"
    _write(held, data or {}, is_whole=outcome != REJECT or not is_approval)
    values = {"state": DECIDED[outcome] if is_approval else "done", "decided_by": held.me, "decided_at": uow.now, "comment": comment}
    uow.connection.execute(update(task_people).where(task_people.c.id.in_([s.id for s in seats])).values(values))
    instead = next((s.instead_of for s in seats if s.instead_of), None)
    note(uow, ctx, held.task, DECIDED[outcome] if is_approval else "completed", comment=comment, instead_of=instead, outcome=None if is_approval else outcome)  # type: ignore[arg-type]
    if is_approval:
        settle(uow, held.task, by=held.me, comment=comment)
    else:
        close(uow, held.task, outcome, by=held.me, comment=comment)


def hand_over(uow: UnitOfWork, ctx: Context, id: str, to: str, comment: str | None = None) -> None:
    """Give one's place to somebody else, or to who acts for them; administrators give on what nobody moves. Raises NotFound, Forbidden, Conflict, Invalid."""
    held = hold(uow, ctx, id)
    held.require_open()
    if held.may_claim():
        held = _claim(held)
    is_admin = ctx.user is not None and ctx.user.is_admin
    seats = [s for s in held.seats if s.state == "open"] if is_admin and not held.mine else held.require_turn()
    person = require_person(uow, to, "/to")
    if any(seat.person == person for seat in seats):
        raise Invalid(Problem("/to", "bad_choice", say("They have it already.", "该任务已在此人处。"), say("Choose another person.", "请选择其他人员。")))
    acts = stand_ins(uow, [person]).get(person, person)
    if not seats:  # nobody has taken it yet: it is given out
        give_out(uow, held.task, acts, by=held.me, instead_of=person if acts != person else None)
    elif acts == person or any(seat.person == acts for seat in seats):  # who hands it over does not get it back
        reseat(uow, [held.task], seats, person, by=held.me)
    else:
        reseat(uow, [held.task], seats, acts, by=held.me, instead_of=person)
    note(uow, ctx, held.task, "handed_over", comment=comment, to=person)


def add_signer(uow: UnitOfWork, ctx: Context, id: str, person: str, side: Side, comment: str | None = None) -> None:
    """Have somebody else sign before or after oneself; whoever asks for one after approves with it. Raises as `hand_over`."""
    held = hold(uow, ctx, id)
    if held.task.type != "approval":
        raise Conflict(Problem("", "conflict", say("Only approvals are signed.", "仅审批可以加签。"), say("Hand it over instead.", "请改为转办。")))
    mine = held.require_turn()[0]
    signer = require_person(uow, person, "/person")
    if signer == held.me or any(s.person == signer and s.beside == mine.id and s.state in ("open", "waiting") for s in held.seats):
        raise Invalid(Problem("/person", "bad_choice", say("They are asked already.", "此人已在审批人中。"), say("Choose another person.", "请选择其他人员。")))
    away = stand_ins(uow, [signer])
    order = max((s.order for s in held.seats), default=0) + 1
    more = {"added_by": held.me, "beside": mine.id, "side": side, "instead_of": signer if signer in away else None}
    uow.connection.execute(insert(task_people), [seat_row(uow, id, away.get(signer, signer), order, **more)])
    note(uow, ctx, held.task, "signer_added", comment=comment, to=signer, side=side)
    if side == "after":
        values = {"state": "approved", "decided_by": held.me, "decided_at": uow.now, "comment": comment}
        uow.connection.execute(update(task_people).where(task_people.c.id == mine.id).values(values))
        note(uow, ctx, held.task, "approved", comment=comment)
    settle(uow, held.task, by=held.me, comment=comment)


def send_back(uow: UnitOfWork, ctx: Context, id: str, to: str | None, comment: str | None = None) -> str:
    """Send an approval back to an earlier step, by default the last that people did, and return which; a new round begins there."""
    held = hold(uow, ctx, id)
    seats = held.require_turn()
    known = ways_back(uow, held.task)
    target = to if to is not None else next(iter(known), None)
    if held.task.type != "approval" or target is None or target not in known:
        message = say("It cannot be sent back there.", "无法退回到该步骤。")
        hint = say("It can go back to: {known}.", "可退回到：{known}。", known=", ".join(known) or "-")
        raise Invalid(Problem("/to", "bad_choice", message, hint))
    values = {"state": "rejected", "decided_by": held.me, "decided_at": uow.now, "comment": comment}
    uow.connection.execute(update(task_people).where(task_people.c.id.in_([s.id for s in seats])).values(values))
    note(uow, ctx, held.task, "returned", comment=comment, to=target)
    close(uow, held.task, RETURN + target, by=held.me, comment=comment)
    return target


def claim(uow: UnitOfWork, ctx: Context, id: str) -> None:
    """Take a task of one's role or unit that nobody has. Raises NotFound, Conflict when somebody was faster."""
    held = hold(uow, ctx, id)
    held.require_open()
    if not held.may_claim():
        if held.seats:
            raise Conflict(Problem("", "conflict", say("Somebody has this task already.", "该任务已有人领取。"), say("Choose another one.", "请选择其他任务。")))
        raise Forbidden(Problem("", "forbidden", say("This is for others.", "该任务面向其他人员。"), say("Ask somebody of the role.", "请联系该角色的人员。")))
    _claim(held)
    note(uow, ctx, held.task, "claimed")


def recall(uow: UnitOfWork, ctx: Context, instance: str, comment: str | None = None) -> None:
    """Take back what one has started while it is not decided; the record is free again. Raises NotFound, Forbidden, Conflict."""
    row = uow.connection.execute(select(instances).where(instances.c.id == instance).with_for_update()).first()
    user = ctx.user
    if row is None or user is None:
        raise not_found()
    if row.by != user.id and not user.is_admin:
        entity = uow.model.find_entity(row.entity)
        if entity is None or row.record not in readable(uow, ctx, entity, [row.record], ()):
            raise not_found()
        raise Forbidden(Problem("", "forbidden", say("Only who started it may recall it.", "仅发起人可以撤回。"), say("Ask them.", "请联系发起人。")))
    waiting = uow.connection.execute(select(human_tasks).where(human_tasks.c.instance == instance, human_tasks.c.state == "open")).all()
    asked = [task for task in waiting if task.type == "approval"]
    if row.state != "running" or not asked:
        message = say("There is nothing to recall: it was decided, or has ended.", "无法撤回：审批已完成或流程已结束。")
        raise Conflict(Problem("", "conflict", message, say("Look at the record again.", "请刷新记录后查看。")))
    note(uow, ctx, asked[0], "recalled", comment=comment)
    ending.end(uow, [instance], "cancelled", "recalled")


def _claim(held: Held) -> Held:
    row = seat_row(held.uow, held.task.id, held.me, 0, state="open")
    held.uow.connection.execute(insert(task_people), [row])
    return hold(held.uow, held.ctx, held.task.id)


def _write(held: Held, data: Mapping[str, Any], *, is_whole: bool) -> None:
    """Write what the step lets its person change, as a part of the workflow: their own rights are not asked, the conditions of its form are."""
    uow, task = held.uow, held.task
    if not data and task.form is None:
        return
    entity = uow.model.get_entity(task.entity)
    allowed = writable(uow, task)
    for name in data:
        if name not in allowed:
            raise Invalid(Problem(f"/data/{name}", "read_only" if name in entity.fields else "unknown_field",
                                  say("This step does not let you change it.", "此步骤不允许修改该字段。"), say("Leave it out.", "请去掉它。")))
    check_answers(uow, held.ctx, task, data, allowed, is_whole=is_whole)
    if not data:
        return
    try:
        writing.change(uow, acting(uow, held.ctx, task), entity, task.record, dict(data))
    except Invalid as error:
        raise error.at("/data") from error

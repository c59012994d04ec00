"""Somebody else sits where somebody was asked: seats are handed over, go to who acts for a person that is away, and come back with them."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, insert, select, update

from tenon.engine.approvals.absence import Absence, stand_ins
from tenon.engine.approvals.journal import Task, note_all
from tenon.engine.approvals.seating import seat_row
from tenon.engine.approvals.telling import tell_asked
from tenon.engine.context import Context
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.deciding import UNDECIDED
from tenon.engine.workflows.tables import human_tasks, task_people

AT_ONCE = 2_000


def reseat(uow: UnitOfWork, tasks: Sequence[Task], seats: Sequence[Row[Any]], person: str, *, by: str, instead_of: str | None = None, is_back: bool = False) -> None:
    """Let somebody else sit at seats of tasks: the old ones stay as handed over, and who was to sign beside them signs beside the new ones.

    ``instead_of`` is who is away, left out whoever was so before; where they are back nobody is.
    """
    if not seats:
        return
    new = {
        old.id: seat_row(
            uow, old.task, person, old.order, state=old.state, added_by=by, beside=old.beside, side=old.side, instead_of=None if is_back else instead_of or old.instead_of,
        )
        for old in seats
    }
    uow.connection.execute(insert(task_people), list(new.values()))
    beside = update(task_people).where(task_people.c.task == bindparam("of"), task_people.c.beside == bindparam("old")).values(beside=bindparam("new"))
    uow.connection.execute(beside, [{"of": row["task"], "old": old, "new": row["id"]} for old, row in new.items()])
    left = update(task_people).where(task_people.c.id.in_(id_set(uow.dialect, new)))
    uow.connection.execute(left.values(state="handed_over", decided_at=uow.now))
    fresh = select(task_people).where(task_people.c.id.in_(id_set(uow.dialect, [row["id"] for row in new.values()])), task_people.c.state == "open")
    tell_asked(uow, {t.id: t for t in tasks}, uow.connection.execute(fresh.order_by(task_people.c.id)).all())


def give_out(uow: UnitOfWork, task: Task, person: str, *, by: str, instead_of: str | None) -> None:
    """Give somebody a task that nobody has."""
    row = seat_row(uow, task.id, person, 0, state="open", added_by=by, instead_of=instead_of)
    uow.connection.execute(insert(task_people), [row])
    tell_asked(uow, {task.id: task}, [SimpleNamespace(**row)])


def go_away(uow: UnitOfWork, ctx: Context, away: Absence, *, move: bool) -> int:
    """Give what waits for somebody who is away to who acts for them: what went to another one because of it, with ``move`` also their own; return how much was theirs."""
    acts, mine = stand_ins(uow, [away.person]).get(away.person, away.delegate), task_people.c.person == away.person
    moved = _all_to(uow, ctx, mine, acts, instead_of=away.person) if move else 0
    _all_to(uow, ctx, (task_people.c.instead_of == away.person) & ~mine & (task_people.c.person != acts), acts, instead_of=away.person)
    return moved


def come_back(uow: UnitOfWork, ctx: Context, person: str) -> int:
    """Give back what went to others because somebody was away and is not decided yet; return how much."""
    return _all_to(uow, ctx, (task_people.c.instead_of == person) & (task_people.c.person != person), person)


def _all_to(uow: UnitOfWork, ctx: Context, whose: ColumnElement[bool], person: str, *, instead_of: str | None = None) -> int:
    """Let somebody sit at all undecided seats of a sort, some thousand tasks at once, and write it into the history; return at how many tasks."""
    there, count = (whose, task_people.c.state.in_(UNDECIDED), human_tasks.c.state == "open"), 0
    of_task = human_tasks.c.id == task_people.c.task
    while True:
        held = select(human_tasks).where(human_tasks.c.id.in_(select(task_people.c.task).join(human_tasks, of_task).where(*there))).order_by(human_tasks.c.id)
        tasks = uow.connection.execute(held.limit(AT_ONCE).with_for_update()).all()
        among = task_people.c.task.in_(id_set(uow.dialect, [t.id for t in tasks]))
        seats = uow.connection.execute(select(task_people).join(human_tasks, of_task).where(*there, among)).all() if tasks else []
        reseat(uow, tasks, seats, person, by=ctx.user_id or person, instead_of=instead_of, is_back=instead_of is None)
        note_all(uow, ctx, tasks, "handed_over" if instead_of is not None else "taken_back", to=person, instead_of=instead_of)
        count += len(tasks)
        if len(tasks) < AT_ONCE:
            return count

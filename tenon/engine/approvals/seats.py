"""The rows of who was asked: whose turn it is kept up to date, and the task closed once it is decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from tenon.engine.approvals.journal import Task
from tenon.engine.approvals.telling import tell_asked
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows import token
from tenon.engine.workflows.deciding import UNDECIDED, Seat, Standing, standing
from tenon.engine.workflows.tables import human_tasks, task_people

APPROVE, REJECT = "approve", "reject"
OUTCOMES = {"approved": APPROVE, "rejected": REJECT}


def seats_of(uow: UnitOfWork, tasks: Iterable[str]) -> dict[str, list[Row[Any]]]:
    """Return who was asked, by task, in their order."""
    ids = list(tasks)
    found = select(task_people).where(task_people.c.task.in_(id_set(uow.dialect, ids))).order_by(task_people.c.order, task_people.c.id)
    seats: dict[str, list[Row[Any]]] = {each: [] for each in ids}
    for row in uow.connection.execute(found):
        seats[row.task].append(row)
    return seats


def standing_of(task: Task, rows: Sequence[Row[Any]]) -> Standing:
    """Return how an approval stands."""
    return standing(task.mode, [Seat(r.id, r.person, r.state, r.beside, r.side) for r in rows], Decimal(task.share) if task.share else None)


def settle(uow: UnitOfWork, task: Task, *, by: str | None, comment: str | None = None) -> Standing:
    """Give the turn to whose it is now, and tell them; an approval that is decided is closed and its workflow goes on."""
    rows = seats_of(uow, [task.id])[task.id]
    found = standing_of(task, rows)
    is_decided = found.verdict != "pending"
    wanted = {r.id: "skipped" if is_decided else "open" if r.id in found.turns else "waiting" for r in rows if r.state in UNDECIDED}
    changed = [{"seat": r.id, "now": wanted[r.id]} for r in rows if r.id in wanted and wanted[r.id] != r.state]
    if changed:
        uow.connection.execute(update(task_people).where(task_people.c.id == bindparam("seat")).values(state=bindparam("now")), changed)
    if is_decided:
        close(uow, task, OUTCOMES[found.verdict], by=by, comment=comment)
    else:
        opened = {each["seat"] for each in changed if each["now"] == "open"}
        tell_asked(uow, {task.id: task}, [r for r in rows if r.id in opened])
    return found


def close(uow: UnitOfWork, task: Task, outcome: str, *, by: str | None, comment: str | None = None) -> None:
    """Close a task with what came of it, and let its workflow go on."""
    values = {"state": "done", "outcome": outcome, "comment": comment, "done_at": uow.now, "done_by": by}
    uow.connection.execute(update(human_tasks).where(human_tasks.c.id == task.id).values(values))
    skipped = update(task_people).where(task_people.c.task == task.id, task_people.c.state.in_(UNDECIDED))
    uow.connection.execute(skipped.values(state="skipped"))
    token.wake(uow, [task.token], "person", outcome)

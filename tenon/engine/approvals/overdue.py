"""What happens when the time of a task is over: people are reminded, it goes to somebody else, or it is decided by itself.

Where it goes to somebody else first, it is decided by itself only when the same time has gone by once more. Where it does not stay with
whoever has it, they are reminded when half of their time is over: the first and the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from tenon.engine.approvals.absence import stand_ins
from tenon.engine.approvals.journal import note
from tenon.engine.approvals.seating import people_for, seat_row
from tenon.engine.approvals.seats import close, seats_of
from tenon.engine.approvals.telling import REMINDED, tell_asked
from tenon.engine.context import system_context
from tenon.engine.sql.sets import id_set
from tenon.engine.workflows.batch import Batch
from tenon.engine.workflows.deciding import UNDECIDED
from tenon.engine.workflows.tables import human_tasks, task_people
from tenon.metamodel.steps.due import OnDue


def first_look(batch: Batch, *, is_next: bool = False) -> datetime | None:
    """Return when to look first at a task that somebody gets now, or after it went to somebody else (``is_next``); None for never."""
    step = batch.step
    rule: OnDue | None = step.on_due
    if step.due_hours is None or (is_next and rule is not None and not rule.remind and rule.decide is None):
        return None
    goes_on = rule is not None and (rule.decide is not None or (rule.escalate_to is not None and not is_next))
    hours = step.due_hours / 2 if rule is not None and rule.remind and goes_on else step.due_hours
    return batch.after_hours(hours, business_hours=step.business_hours)


def overdue(batch: Batch) -> None:
    """Do what the step says for tasks whose time is over, or half of it; those that stay open go on waiting."""
    tokens = {t.id: t for t in batch.tokens}
    early: dict[datetime, list[Row[Any]]] = {}
    for task in _open(batch):
        end = _end_of(batch, task)
        if end is not None and end > batch.uow.now:
            early.setdefault(end, []).append(task)
    for end, tasks in early.items():
        batch.wait([tokens.pop(task.token) for task in tasks], "person", due_at=end)
        _remind(batch, tasks)
    if tokens:
        _over(replace(batch, tokens=list(tokens.values())))


def _end_of(batch: Batch, task: Row[Any]) -> datetime | None:
    """Return when the time is over of whoever has a task."""
    if task.escalated_at is None:
        end: datetime | None = task.due_at
        return end
    return batch.after_hours(batch.step.due_hours, business_hours=batch.step.business_hours, since=task.escalated_at)


def _over(batch: Batch) -> None:
    rule: OnDue | None = batch.step.on_due
    tokens = {t.id: t for t in batch.tokens}
    tasks = _open(batch)
    escalating = [t for t in tasks if rule is not None and rule.escalate_to is not None and t.escalated_at is None]
    deciding = [t for t in tasks if rule is not None and rule.decide is not None and t not in escalating]
    staying = [t for t in tasks if t not in escalating and t not in deciding]
    batch.wait([t for t in batch.tokens if t.id not in {e.token for e in escalating}], "person")
    batch.wait([tokens[t.token] for t in escalating], "person", due_at=first_look(batch, is_next=True))
    _escalate(batch, escalating)
    _decide(batch, deciding)
    if rule is not None and rule.remind:
        _remind(batch, staying)


def _open(batch: Batch) -> list[Row[Any]]:
    wanted = human_tasks.c.token.in_(id_set(batch.uow.dialect, [t.id for t in batch.tokens])), human_tasks.c.state == "open"
    return list(batch.uow.connection.execute(select(human_tasks).where(*wanted)))


def _escalate(batch: Batch, tasks: Sequence[Row[Any]]) -> None:
    """Give tasks to somebody else: who had not decided no longer has to."""
    if not tasks:
        return
    uow, step = batch.uow, batch.step
    found = people_for(batch, batch.tokens, [step.on_due.escalate_to])
    acting = stand_ins(uow, {person for people in found.values() for person in people})
    moved = [t for t in tasks if found.get(t.record)]
    seats = seats_of(uow, [t.id for t in moved])
    left = [s.id for rows in seats.values() for s in rows if s.state in UNDECIDED]
    uow.connection.execute(update(task_people).where(task_people.c.id.in_(id_set(uow.dialect, left))).values(state="handed_over", decided_at=uow.now))
    rows = []
    for task in moved:
        for order, person in enumerate(found[task.record]):
            is_turn = step.type != "approval" or step.mode != "sequence" or order == 0
            rows.append(seat_row(uow, task.id, acting.get(person, person), 1_000 + order, state="open" if is_turn else "waiting", instead_of=person if person in acting else None))
    if rows:
        uow.connection.execute(insert(task_people), rows)
    ids = [t.id for t in tasks]
    uow.connection.execute(update(human_tasks).where(human_tasks.c.id.in_(id_set(uow.dialect, ids))).values(escalated_at=uow.now))
    fresh = {row["id"] for row in rows if row["state"] == "open"}
    tell_asked(uow, {t.id: t for t in moved}, [s for each in seats_of(uow, [t.id for t in moved]).values() for s in each if s.id in fresh])
    for task in moved:
        note(uow, system_context("workflow"), task, "escalated", to=found[task.record][0])


def _decide(batch: Batch, tasks: Sequence[Row[Any]]) -> None:
    for task in tasks:
        outcome = batch.step.on_due.decide
        note(batch.uow, system_context("workflow"), task, {"approve": "approved", "reject": "rejected"}.get(outcome, "completed"), by_time="true")  # type: ignore[arg-type]
        close(batch.uow, task, outcome, by=None)


def _remind(batch: Batch, tasks: Sequence[Row[Any]]) -> None:
    if not tasks:
        return
    uow, ids = batch.uow, [t.id for t in tasks]
    seats = seats_of(uow, ids)
    tell_asked(uow, {t.id: t for t in tasks}, [s for rows in seats.values() for s in rows if s.state == "open"], REMINDED)
    uow.connection.execute(update(human_tasks).where(human_tasks.c.id.in_(id_set(uow.dialect, ids))).values(reminded_at=uow.now))

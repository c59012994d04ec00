"""Asking people: the tasks of a step for many records at once, who has them, and who stands in for whoever is away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import insert, select

from tenon.engine.approvals.absence import stand_ins
from tenon.engine.approvals.tables import copies
from tenon.engine.approvals.telling import COPIED, tell_asked, tell_people
from tenon.engine.context import ADMIN
from tenon.engine.people import users_with_roles
from tenon.engine.rules.whom import people_of, role_of
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.batch import Batch
from tenon.engine.workflows.deciding import Seat, standing
from tenon.engine.workflows.tables import human_tasks, task_people
from tenon.engine.workflows.token import Token
from tenon.metamodel.labels import Text
from tenon.metamodel.steps.approval import Approval
from tenon.metamodel.whom import Whom


@dataclass(frozen=True)
class Sheet:
    """What people are asked to do at a step; ``role`` and ``unit`` are whose it is while nobody has taken it."""

    type: str
    title: Text
    description: Text | None = None
    form: str | None = None
    mode: str = "any"
    share: str | None = None
    due_at: datetime | None = None
    role: str | None = None
    unit: str | None = None


def ask(batch: Batch, tokens: Sequence[Token], whom: Sequence[Whom], sheet: Sheet) -> None:
    """Ask people about records. Where nobody is found, administrators are asked, so that nothing stands still unseen.

    A task (not an approval) for a role or a unit is nobody's until somebody of it takes it.
    """
    uow = batch.uow
    people = people_for(batch, tokens, whom)
    is_open = sheet.type != "approval" and (sheet.role is not None or sheet.unit is not None) and any(people.values())
    spare = users_with_roles(uow.connection, [ADMIN]) if not is_open and any(not people.get(t.record) for t in tokens) else []
    rows = [_row(uow, batch, each, sheet) for each in tokens]
    if not rows:
        return
    uow.connection.execute(insert(human_tasks), rows)
    seats = seat(uow, sheet, [(row["id"], people.get(row["record"]) or spare) for row in rows] if not is_open else [])
    tell_asked(uow, {row["id"]: SimpleNamespace(**row) for row in rows}, [s for s in seats if s.state == "open"])


def seat(uow: UnitOfWork, sheet: Sheet, asked: Sequence[tuple[str, Sequence[str]]]) -> list[Any]:
    """Seat people at tasks, in their order; who is away has somebody else sit there. Return the rows."""
    acting = stand_ins(uow, {person for _, people in asked for person in people})
    rows: list[dict[str, Any]] = []
    for task, people in asked:
        here = [seat_row(uow, task, acting.get(p, p), at, instead_of=p if p in acting else None) for at, p in enumerate(people)]
        turns = standing(sheet.mode, [Seat(r["id"], r["person"], "waiting") for r in here]).turns  # type: ignore[arg-type]
        rows += [{**r, "state": "open" if r["id"] in turns else "waiting"} for r in here]
    if rows:
        uow.connection.execute(insert(task_people), rows)
    return [SimpleNamespace(**row) for row in rows]


def seat_row(uow: UnitOfWork, task: str, person: str, order: int, **more: Any) -> dict[str, Any]:
    """Return the row of somebody who is asked."""
    blank = dict.fromkeys(("decided_by", "decided_at", "comment", "added_by", "instead_of", "beside", "side"))
    return {"id": uow.new_id(), "task": task, "person": person, "order": order, "state": "waiting", **blank, **more}


def people_for(batch: Batch, tokens: Sequence[Token], whom: Sequence[Whom]) -> dict[str, list[str]]:
    """Return who is meant for each record, in the order they are named, each once."""
    work = batch.plain_work(tokens)
    found: dict[str, dict[str, None]] = {record: {} for record in work.ids}
    for each in whom:
        for record, people in people_of(work, each).items():
            found[record].update(dict.fromkeys(people))
    return {record: list(people) for record, people in found.items()}


def copy_to(batch: Batch, tokens: Sequence[Token], step: Approval) -> None:
    """Let people know of approvals that have just begun, without asking them."""
    if not step.cc or not tokens:
        return
    uow, people = batch.uow, people_for(batch, tokens, step.cc)
    found = select(human_tasks).where(human_tasks.c.token.in_(id_set(uow.dialect, [t.id for t in tokens])), human_tasks.c.state == "open")
    tasks = {row.id: row for row in uow.connection.execute(found)}
    told = [(task.id, person) for task in tasks.values() for person in people.get(task.record, ())]
    if told:
        uow.connection.execute(insert(copies), [{"id": uow.new_id(), "task": task, "person": person, "at": uow.now} for task, person in told])
        tell_people(uow, tasks, told, COPIED)


def role_asked(batch: Batch, whom: Whom) -> str | None:
    """Return the name of the role that is asked, None when people are."""
    return role_of(batch.plain_work(()), whom)


def due_of(batch: Batch) -> datetime | None:
    """Return when the time for what the step asks is over, None without one."""
    step = batch.step
    return batch.after_hours(step.due_hours, business_hours=step.business_hours) if step.due_hours is not None else None


def _row(uow: UnitOfWork, batch: Batch, each: Token, sheet: Sheet) -> dict[str, Any]:
    blank = dict.fromkeys(("outcome", "comment", "reminded_at", "escalated_at", "done_at", "done_by"))
    return {
        "id": uow.new_id(), "instance": each.instance, "token": each.id, "workflow": each.workflow, "version": each.version, "step": each.step,
        "type": sheet.type, "entity": each.entity, "record": each.record, "title": sheet.title.to_json(),
        "description": sheet.description.to_json() if sheet.description else None, "form": sheet.form, "role": sheet.role, "unit": sheet.unit,
        "mode": sheet.mode, "share": sheet.share, "state": "open", "due_at": sheet.due_at, "created_at": uow.now, **blank,
    }

"""What happens when the time of a task is over: people are reminded, it goes to somebody else, or it is decided by itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from tenon.engine.notices.telling import contexts_of, notice, tell, titles
from tenon.engine.rules.whom import people_of
from tenon.engine.sql.sets import id_set
from tenon.engine.workflows import token
from tenon.engine.workflows.batch import Batch
from tenon.engine.workflows.people import close, open_tasks
from tenon.engine.workflows.tables import human_tasks, task_people
from tenon.metamodel.labels import say


def overdue(batch: Batch) -> None:
    """Do what the step says for tasks whose time is over; without a decision they go on waiting."""
    uow, rule = batch.uow, batch.step.on_due
    tasks = open_tasks(uow, batch.tokens)
    if rule is not None and rule.escalate_to is not None:
        _escalate(batch, tasks)
    if rule is not None and (rule.remind or rule.escalate_to is not None):
        _remind(batch, tasks)
    batch.wait(batch.tokens, "person")
    if rule is not None and rule.decide is not None:
        close(uow, [task["id"] for task in tasks.values()], rule.decide)
        token.wake(uow, list(tasks), "person", rule.decide)


def _escalate(batch: Batch, tasks: dict[str, dict[str, Any]]) -> None:
    """Give the tasks to somebody besides."""
    uow = batch.uow
    found = people_of(batch.plain_work(batch.tokens), batch.step.on_due.escalate_to)
    among = id_set(uow.dialect, [task["id"] for task in tasks.values()])
    there = {(row.task, row.person) for row in uow.connection.execute(select(task_people.c.task, task_people.c.person).where(task_people.c.task.in_(among)))}
    rows = [
        {
            "id": uow.new_id(), "task": task["id"], "person": person, "order": 1_000 + order, "state": "open", "decided_by": None, "decided_at": None,
            "comment": None, "added_by": None,
        }
        for task in tasks.values() for order, person in enumerate(found.get(task["record"], ())) if (task["id"], person) not in there
    ]  # fmt: skip
    if rows:
        uow.connection.execute(insert(task_people), rows)
    uow.connection.execute(update(human_tasks).where(human_tasks.c.id.in_(among)).values(escalated_at=uow.now))


def _remind(batch: Batch, tasks: dict[str, dict[str, Any]]) -> None:
    """Tell whose tasks they are, in their language, about records that they may read."""
    uow = batch.uow
    among = id_set(uow.dialect, [task["id"] for task in tasks.values()])
    records = {task["id"]: task["record"] for task in tasks.values()}
    whose: dict[str, set[str]] = {}
    for row in uow.connection.execute(select(task_people.c.task, task_people.c.person).where(task_people.c.task.in_(among), task_people.c.state == "open")):
        whose.setdefault(row.person, set()).add(records[row.task])
    rows = []
    for person, ctx in contexts_of(uow, whose).items():
        for record, title in titles(uow, ctx, batch.entity, whose[person]).items():
            text = say("The time for “{task}” is over.", "“{task}”已超时。", task=batch.label).show(ctx.language)
            rows.append(notice(person, f"{batch.label.show(ctx.language)} · {title}", (batch.entity, record), text, "urgent"))
    tell(uow, rows, f"workflow:{batch.flow.document.name}")
    uow.connection.execute(update(human_tasks).where(human_tasks.c.id.in_(among)).values(reminded_at=uow.now))

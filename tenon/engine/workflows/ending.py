"""Ends of instances: done, exited, cancelled or failed; what still stood is cleared away, and who waits for the end hears of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal

from sqlalchemy import insert, select, update

from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows import token
from tenon.engine.workflows.deciding import UNDECIDED
from tenon.engine.workflows.flow import Flow
from tenon.engine.workflows.tables import human_tasks, instances, passages, task_people
from tenon.engine.workflows.token import Token

State = Literal["done", "exited", "cancelled"]
RUNNING = ("running", "failed")
GIVEN_UP = "given_up"


def end(uow: UnitOfWork, ids: Collection[str], state: State, reason: str | None = None) -> list[str]:
    """End instances that run, with the workflows that they started and wait for; return those that were ended."""
    running = select(instances.c.id, instances.c.parent).where(instances.c.id.in_(id_set(uow.dialect, ids)), instances.c.state.in_(RUNNING)).with_for_update()
    found = uow.connection.execute(running).all()
    if not found:
        return []
    ended = [row.id for row in found]
    give_up(uow, token.of_instances(uow, ended))
    values = {"state": state, "reason": reason, "ended_at": uow.now, "once": None}
    uow.connection.execute(update(instances).where(instances.c.id.in_(id_set(uow.dialect, ended))).values(values))
    token.wake(uow, [row.parent for row in found if row.parent is not None], "flow", state)
    return ended


def give_up(uow: UnitOfWork, gone: Sequence[Token]) -> None:
    """Take tokens away before they came to their end: their tasks are cancelled, and the workflows that they wait for."""
    if not gone:
        return
    ids = [each.id for each in gone]
    token.remove(uow, ids)
    among = id_set(uow.dialect, ids)
    asked = (human_tasks.c.token.in_(among), human_tasks.c.state == "open")
    undecided = update(task_people).where(task_people.c.task.in_(select(human_tasks.c.id).where(*asked)), task_people.c.state.in_(UNDECIDED))
    uow.connection.execute(undecided.values(state="skipped"))
    uow.connection.execute(update(human_tasks).where(*asked).values(state="cancelled", done_at=uow.now))
    inner = list(uow.connection.execute(select(instances.c.id).where(instances.c.parent.in_(among), instances.c.state.in_(RUNNING))).scalars())
    if inner:
        uow.connection.execute(update(instances).where(instances.c.id.in_(id_set(uow.dialect, inner))).values(parent=None))
        end(uow, inner, "cancelled", "parent")


def fail(uow: UnitOfWork, failed: Token, problem: list[dict[str, Any]]) -> None:
    """Stop an instance at a step that could not be done; it can be tried again, or cancelled."""
    uow.connection.execute(update(instances).where(instances.c.id == failed.instance).values(state="failed", problem=problem))


def finish_thread(uow: UnitOfWork, flow: Flow, ended: Sequence[Token]) -> None:
    """End tokens that came to the end of their steps: the instance is done, or the step that waits for its paths looks whether to go on."""
    end(uow, [t.instance for t in ended if t.parent is None], "done")
    inner = [t for t in ended if t.parent is not None]
    token.remove(uow, [t.id for t in inner])
    token.wake(uow, {str(t.parent) for t in inner}, "paths")


def note(uow: UnitOfWork, flow: Flow, left: Sequence[Token], outcome: str | None, effects: dict[str, dict[str, Any]]) -> None:
    """Write that tokens passed the step at which they stand."""
    types = {step_id: standing.step.type for step_id, standing in flow.steps.items()}
    rows = [
        {
            "id": uow.new_id(), "instance": t.instance, "workflow": t.workflow, "token": t.id, "step": t.step, "type": types.get(t.step, ""), "record": t.record,
            "at": t.at, "left_at": uow.now, "outcome": outcome, "effects": effects.get(t.id),
        }
        for t in left
    ]
    if rows:
        uow.connection.execute(insert(passages), rows)

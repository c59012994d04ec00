"""The journal of workflows: instances, the way each has come, where it stands, and how many stand at which step."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from tenon.engine.columns import show_moment
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.by_hand import instance_row
from tenon.engine.workflows.tables import instances, passages, tokens, versions
from tenon.metamodel.document import Document
from tenon.metamodel.naming import to_shown
from tenon.metamodel.parse import reread

STATES = ("running", "done", "exited", "cancelled", "failed")
MOST_PASSED = 1_000


def page_of_instances(uow: UnitOfWork, workflow: Document, *, before: str | None = None, limit: int = 50, record: str | None = None, state: str | None = None) -> list[dict[str, Any]]:
    """Return instances newest first, each with the steps at which it stands; ``before`` is the id of the last one of the page before."""
    wanted = select(instances).where(instances.c.workflow == workflow.id).order_by(instances.c.id.desc()).limit(limit)
    for column, value in ((instances.c.record, record), (instances.c.state, state)):
        wanted = wanted if value is None else wanted.where(column == value)
    if before is not None:
        wanted = wanted.where(instances.c.id < before)
    rows = [dict(row) for row in uow.connection.execute(wanted).mappings()]
    standing = _standing(uow, [row["id"] for row in rows])
    return [{**_instance(uow, row), "stands": standing.get(row["id"], [])} for row in rows]


def one_instance(uow: UnitOfWork, id: str) -> dict[str, Any]:
    """Return an instance with its way so far, where it stands, and the workflow as it was when it began. Raises NotFound."""
    row = instance_row(uow, id)
    found = select(passages).where(passages.c.instance == id).order_by(passages.c.id).limit(MOST_PASSED)
    path = [
        {
            "step": each["step"], "type": each["type"], "record": each["record"], "at": show_moment(each["at"]),
            "left_at": show_moment(each["left_at"]) if each["left_at"] else None, "outcome": each["outcome"], "effects": each["effects"],
        }
        for each in uow.connection.execute(found).mappings()
    ]
    json = uow.connection.execute(select(versions.c.json).where(versions.c.id == row["version"])).scalar_one()
    now = uow.model.documents.get(row["workflow"])
    return {
        **_instance(uow, row), "stands": _standing(uow, [id]).get(id, []), "path": path, "document": to_shown(reread(json), uow.model),
        "is_current": now is not None and now.json == json,
    }


def counts(uow: UnitOfWork, workflow: Document) -> dict[str, Any]:
    """Return how many instances are in each state, and how many stand at each step: ``{"states", "steps": [{"step", "count", "failed", "since"}]}``."""
    states = select(instances.c.state, func.count()).where(instances.c.workflow == workflow.id).group_by(instances.c.state)
    at = select(tokens.c.step, tokens.c.state, func.count(), func.min(tokens.c.at)).where(tokens.c.workflow == workflow.id).group_by(tokens.c.step, tokens.c.state)
    steps: dict[str, dict[str, Any]] = {}
    for step, state, count, since in uow.connection.execute(at):
        found = steps.setdefault(step, {"step": step, "count": 0, "failed": 0, "since": since})
        found["count"] += count
        found["failed"] += count if state == "failed" else 0
        found["since"] = min(found["since"], since)
    known = dict.fromkeys(STATES, 0) | dict(uow.connection.execute(states).all())
    return {"states": known, "steps": [{**each, "since": show_moment(each["since"])} for each in steps.values()]}


def _instance(uow: UnitOfWork, row: dict[str, Any]) -> dict[str, Any]:
    workflow, entity = uow.model.documents.get(row["workflow"]), uow.model.find_entity(row["entity"])
    return {
        "id": row["id"], "workflow": workflow.name if workflow is not None else None, "state": row["state"], "reason": row["reason"],
        "entity": entity.name if entity is not None else None, "record": row["record"], "release": row["release"], "by": row["by"], "cause": row["cause"],
        "started_at": show_moment(row["started_at"]), "ended_at": show_moment(row["ended_at"]) if row["ended_at"] else None, "problem": row["problem"],
    }


def _standing(uow: UnitOfWork, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in uow.connection.execute(select(tokens).where(tokens.c.instance.in_(ids)).order_by(tokens.c.id)).mappings():
        found.setdefault(row["instance"], []).append({
            "step": row["step"], "state": row["state"], "waits_for": row["waits_for"], "due_at": show_moment(row["due_at"]) if row["due_at"] else None,
            "since": show_moment(row["at"]), "record": row["record"],
        })
    return found

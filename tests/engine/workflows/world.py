"""Short ways to write workflows, to begin them and to see where they stand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tenon.engine.workflows.starting import begin
from tenon.engine.workflows.tables import human_tasks, instances, passages, tokens
from tests.engine.rules.world import SYSTEM, Rules


def flow(name: str, *steps: dict[str, Any], entity: str = "customer", **more: Any) -> dict[str, Any]:
    """Return the document of a workflow."""
    return {"kind": "workflow", "name": name, "entity": entity, "steps": list(steps), **more}


def path(when: str | None, *steps: dict[str, Any]) -> dict[str, Any]:
    """Return a path of a branch, or of paths side by side."""
    return {"steps": list(steps), **({"when": when} if when else {})}


def put(text: str, id: str | None = None, field: str = "notes") -> dict[str, Any]:
    """Return the step that adds a word to the notes."""
    return {"type": "set_fields", "fields": {field: f"concat(left({field}, 900), '{text} ')"}, **({"id": id} if id else {})}


def start(w: Rules, name: str, *records: str) -> list[str]:
    """Begin a workflow for records and do what is due."""
    with w.platform.write() as uow:
        began = begin(uow, SYSTEM, uow.model.get("workflow", name), list(records))
    w.work()
    return [began[each] for each in records if each in began]


def states(w: Rules, *ids: str) -> list[str]:
    """Return the states of instances, with the reason where there is one; without ids all, oldest first."""
    with w.platform.read() as uow:
        rows = uow.connection.execute(select(instances).order_by(instances.c.id)).all()
    return [row.state if row.reason is None else f"{row.state}: {row.reason}" for row in rows if not ids or row.id in ids]


def stands(w: Rules) -> list[tuple[str, str]]:
    """Return the steps at which tokens stand, and what they wait for."""
    with w.platform.read() as uow:
        return [(row.step, row.waits_for or row.state) for row in uow.connection.execute(select(tokens).order_by(tokens.c.id))]


def problems(w: Rules, instance: str) -> list[tuple[str, str]]:
    """Return path and code of what stopped an instance."""
    with w.platform.read() as uow:
        found = uow.connection.execute(select(instances.c.problem).where(instances.c.id == instance)).scalar_one()
    return [(each["path"], each["code"]) for each in found or ()]


def passed(w: Rules, instance: str) -> list[tuple[str, str | None]]:
    """Return the steps that an instance passed, with their outcomes."""
    with w.platform.read() as uow:
        found = select(passages.c.step, passages.c.outcome).where(passages.c.instance == instance).order_by(passages.c.id)
        return [(row.step, row.outcome) for row in uow.connection.execute(found)]


def tasks(w: Rules, state: str = "open") -> list[dict[str, Any]]:
    """Return the tasks of people in a state."""
    with w.platform.read() as uow:
        found = select(human_tasks).where(human_tasks.c.state == state).order_by(human_tasks.c.id)
        return [dict(row) for row in uow.connection.execute(found).mappings()]

"""The tasks of playbooks that began: which there are for an alert or a record, and how far they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Model

OPEN, OVER = ("open", "in_progress"), ("done", "cancelled")
NEEDED = ("title", "state", "origin", "playbook", "step", "position")


@dataclass(frozen=True)
class PlayTask:
    """A task of a playbook."""

    id: str
    origin: str
    playbook: str
    step: str | None
    position: int
    title: str
    state: str | None
    due: datetime | None
    assignee: str | None

    @property
    def is_open(self) -> bool:
        """True while it is to be done."""
        return self.state in OPEN


@dataclass(frozen=True)
class Play:
    """A playbook that began for an alert or a record: its tasks in their order."""

    origin: str
    playbook: str
    tasks: tuple[PlayTask, ...]

    @property
    def counted(self) -> tuple[PlayTask, ...]:
        """Those that were not called off."""
        return tuple(t for t in self.tasks if t.state != "cancelled")

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(t.state == "done" for t in self.tasks)

    @property
    def next(self) -> PlayTask | None:
        """The first that is to be done."""
        return next((t for t in self.tasks if t.is_open), None)


def task_entity(model: Model) -> Entity | None:
    """Return the entity of tasks, None where no app has one that playbooks can use."""
    found = model.entities.get("task")
    return found if found is not None and all(name in found.fields for name in NEEDED) else None


def plays_of(uow: UnitOfWork, origins: Sequence[str], *, lock: bool = False) -> list[Play]:
    """Return the playbooks that began for alerts or records, those begun last first."""
    task = task_entity(uow.model)
    if task is None or not origins:
        return []
    table = uow.tables.of(task)
    names = {"origin": "origin", "playbook": "playbook", "step": "step", "position": "position", "title": "title", "state": "state", "due": "due", "assignee": "assignee"}
    columns = [table.c[task.fields[name].column].label(key) for key, name in names.items() if name in task.fields]
    origin, playbook = (table.c[task.fields[name].column] for name in ("origin", "playbook"))
    wanted = select(table.c.id, *columns).where(table.c.deleted_at.is_(None), playbook.is_not(None), origin.in_(id_set(uow.dialect, origins)))
    wanted = wanted.order_by(table.c.id)
    together: dict[tuple[str, str], list[PlayTask]] = defaultdict(list)
    for row in uow.connection.execute(wanted.with_for_update() if lock else wanted).mappings():
        values: dict[str, Any] = {"due": None, "assignee": None, **row, "position": int(row["position"] or 0)}
        together[(row["origin"], row["playbook"])].append(PlayTask(**values))
    plays = [Play(key[0], key[1], tuple(sorted(tasks, key=lambda t: (t.position, t.id)))) for key, tasks in together.items()]
    return sorted(plays, key=lambda play: max(t.id for t in play.tasks), reverse=True)

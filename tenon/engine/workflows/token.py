"""Tokens: where instances stand, and how they are moved, woken and put to wait; everything for many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, delete, func, insert, select, update

from tenon.engine.jobs.queue import put
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.tables import tokens
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say

FLOWS = "workflows"
MOST = 10_000
"""At so many places an instance stands at the most."""
Waits = Literal["time", "condition", "event", "person", "paths", "flow", "hours"]
"""What a token waits for; "hours": until it may reach somebody."""
Woken = Literal["time", "news", "event", "person", "paths", "flow"]
"""Who wakes a token: its time is over, its record changed, an event came, a person answered, the last path ended, the other workflow ended."""
AT_REST: dict[str, Any] = {
    "state": "ready", "woken": None, "answer": None, "waits_for": None, "event": None, "due_at": None, "listens": False, "news_at": None,
}  # fmt: skip


@dataclass(frozen=True)
class Token:
    """A place where an instance stands."""

    id: str
    instance: str
    workflow: str
    version: str
    entity: str
    record: str
    step: str
    state: str
    woken: str | None
    answer: str | None
    waits_for: str | None
    event: str | None
    due_at: datetime | None
    listens: bool
    news_at: datetime | None
    parent: str | None
    root: str
    depth: int
    at: datetime

    @classmethod
    def of(cls, row: Row[Any]) -> Token:
        """Return the token of a row."""
        return cls(**{key: row._mapping[key] for key in cls.__dataclass_fields__})


def call(uow: UnitOfWork, workflow: str, due_at: datetime | None = None) -> None:
    """Let a worker look at the tokens of a workflow, now or at a time; all of one transaction ask once."""
    asked: set[tuple[str, datetime | None]] = uow.notes.setdefault("flows_called", set())
    if (workflow, due_at) in asked:
        return
    asked.add((workflow, due_at))
    when = f":{due_at.isoformat()}" if due_at is not None else ""
    put(uow.connection, FLOWS, {"workflow": workflow}, due_at=due_at, unique_key=f"flows:{workflow}{when}", key_until="started", priority=50)


def place(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Insert tokens that are ready at their step; ``rows`` say which instance, workflow, version, entity, record, step, parent, root and depth."""
    if not rows:
        return
    uow.connection.execute(insert(tokens), [{**AT_REST, "at": uow.now, **row} for row in rows])
    for workflow in {row["workflow"] for row in rows}:
        call(uow, workflow)


def move(uow: UnitOfWork, moved: Sequence[Token], step: str) -> None:
    """Let tokens stand at another step, ready to be advanced; who was woken by time or by a person begins another chain of causes."""
    again = [t for t in moved if t.woken in ("time", "person", "event", "news")]
    _set(uow, [t.id for t in moved if t not in again], {**AT_REST, "step": step, "at": uow.now})
    _set(uow, [t.id for t in again], {**AT_REST, "step": step, "at": uow.now, "root": uow.new_id() if again else None, "depth": 0})
    for workflow in {t.workflow for t in moved}:
        call(uow, workflow)


def wait(uow: UnitOfWork, waiting: Sequence[Token], for_: Waits, *, due_at: datetime | None = None, event: str | None = None, listens: bool = False) -> None:
    """Put tokens to wait where they stand; what was already over wakes them at the next look."""
    rest = {**AT_REST, "state": "waiting", "waits_for": for_, "due_at": due_at, "event": event, "listens": listens}
    _set(uow, [t.id for t in waiting], rest)
    if due_at is not None:
        for workflow in {t.workflow for t in waiting}:
            call(uow, workflow, due_at)


def wake(uow: UnitOfWork, ids: Collection[str], why: Woken, answer: str | None = None) -> int:
    """Wake waiting tokens, with what was answered; return how many were waiting."""
    found = tokens.c.id.in_(id_set(uow.dialect, ids)), tokens.c.state == "waiting"
    changed = update(tokens).where(*found).values(state="ready", woken=why, answer=answer, due_at=None).returning(tokens.c.workflow)
    workflows = list(uow.connection.execute(changed).scalars())
    for workflow in set(workflows):
        call(uow, workflow)
    return len(workflows)


def of_instances(uow: UnitOfWork, ids: Collection[str]) -> list[Token]:
    """Return the tokens of instances."""
    return [Token.of(row) for row in uow.connection.execute(select(tokens).where(tokens.c.instance.in_(id_set(uow.dialect, ids))))]


def parents(uow: UnitOfWork, ids: Collection[str]) -> set[str]:
    """Return those tokens that still wait for paths of theirs."""
    found = select(tokens.c.parent).where(tokens.c.parent.in_(id_set(uow.dialect, ids))).distinct()
    return {str(parent) for parent in uow.connection.execute(found).scalars()}


def require_room(uow: UnitOfWork, more: Mapping[str, int], path: str, step: Text) -> None:
    """Raise Invalid where an instance would stand at too many places with so many more."""
    held = select(tokens.c.instance, func.count()).where(tokens.c.instance.in_(id_set(uow.dialect, more))).group_by(tokens.c.instance)
    there: dict[str, int] = dict(uow.connection.execute(held).all())
    most = max((there.get(instance, 0) + count for instance, count in more.items()), default=0)
    if most > MOST:
        message = say("“{step}” would make it stand at {n} places at once; it may at {most}.", "“{step}”将使实例同时停留在 {n} 处，上限为 {most} 处。", step=step, n=most, most=MOST)
        raise Invalid(Problem(path, "out_of_range", message, say("Take fewer records by a condition, or start a workflow for each of them.", "请用条件减少记录，或为每条记录单独启动流程。")))


def below(uow: UnitOfWork, parents: Iterable[str]) -> list[Token]:
    """Return the tokens of the paths that tokens wait for, and of the paths inside these."""
    found: list[Token] = []
    waiting = list(parents)
    while waiting:
        inner = [Token.of(row) for row in uow.connection.execute(select(tokens).where(tokens.c.parent.in_(id_set(uow.dialect, waiting))))]
        found += inner
        waiting = [t.id for t in inner]
    return found


def remove(uow: UnitOfWork, gone: Iterable[str]) -> None:
    """Remove tokens."""
    listed = list(gone)
    if listed:
        uow.connection.execute(delete(tokens).where(tokens.c.id.in_(id_set(uow.dialect, listed))))


def _set(uow: UnitOfWork, ids: Sequence[str], values: dict[str, Any]) -> None:
    if ids:
        uow.connection.execute(update(tokens).where(tokens.c.id.in_(id_set(uow.dialect, ids))).values(values))

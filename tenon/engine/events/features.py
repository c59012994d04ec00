"""Which feature an event stands for: names and patterns of events to features, records that people edit like any others."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, update

from tenon.engine.context import Context
from tenon.engine.jobs import JobKind, JobRun
from tenon.engine.records.events import Written, tell
from tenon.engine.records.stored import search_text
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity

MAP, USAGE = "event_feature", "usage_event"
APPLY = "apply_features"
PART = 5_000


def feature_of(uow: UnitOfWork) -> Callable[[str], str | None]:
    """Return what gives the feature of an event by its name, None when nothing is said of it.

    A whole name comes before patterns, in which ``*`` stands for anything; of two patterns the longer one decides.
    """
    entity = uow.model.find_entity(MAP)
    if entity is None:
        return lambda _: None
    table = uow.tables.of(entity)
    pattern, feature = table.c[entity.fields["pattern"].column], table.c[entity.fields["feature"].column]
    said = {row[0]: row[1] for row in uow.connection.execute(select(pattern, feature).where(table.c.deleted_at.is_(None)))}
    patterns = [(p.split("*"), said[p]) for p in sorted((p for p in said if "*" in p), key=lambda p: (-len(p), p))]
    seen: dict[str, str | None] = {}

    def find(event: str) -> str | None:
        if event not in seen:
            seen[event] = said[event] if event in said else next((f for parts, f in patterns if _fits(event, parts)), None)
        return seen[event]

    return find


def _fits(event: str, parts: list[str]) -> bool:
    """Return whether a name is made of these parts with anything between; the first place of each part is as good as any, so none is looked at twice."""
    first, *inner, last = parts
    if len(event) < len(first) + len(last) or not event.startswith(first) or not event.endswith(last):
        return False
    place, end = len(first), len(event) - len(last)
    for part in inner:
        found = event.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True


def feature_jobs(open_write: Callable[..., object]) -> list[JobKind]:
    """Return the kind of job that gives stored events the features that are said now."""

    def run_applying(run: JobRun) -> dict[str, int]:
        state = run.checkpoint or {"after": "", "changed": 0, "seen": 0}
        while True:
            run.check_cancelled()
            with open_write() as uow:  # type: ignore[attr-defined]
                ids, changed = apply_part(uow, state["after"])
                if not ids:
                    return {"events": state["seen"], "changed": state["changed"]}
                state = {"after": ids[-1], "changed": state["changed"] + changed, "seen": state["seen"] + len(ids)}
                run.save(uow.connection, state, done=state["seen"])

    return [JobKind(APPLY, run_applying)]


def apply_part(uow: UnitOfWork, after: str) -> tuple[list[str], int]:
    """Give the next events after an id their features; return their ids and how many changed. Of what no pattern speaks stays as it is."""
    entity = uow.model.find_entity(USAGE)
    if entity is None:
        return [], 0
    table, find = uow.tables.of(entity), feature_of(uow)
    event, feature = table.c[entity.fields["event"].column], table.c[entity.fields["feature"].column]
    rows = uow.connection.execute(select(table.c.id, event, feature).where(table.c.id > after, table.c.deleted_at.is_(None)).order_by(table.c.id).limit(PART)).all()
    wanted: dict[tuple[str, str], list[str]] = {}
    before: dict[str, dict[str, str | None]] = {}
    for id, name, has in rows:
        said = find(name)
        if said is not None and said != has:
            wanted.setdefault((name, said), []).append(id)
            before[id] = {"feature": has}
    for (name, said), ids in wanted.items():
        _set(uow, entity, ids, name, said)
    if before:
        written = {id: {"feature": said} for (_, said), ids in wanted.items() for id in ids}
        ctx = Context(None, is_system=True)
        tell(uow, Written(entity, "update", tuple(before), frozenset((entity.fields["feature"].id,)), before, written, ctx))
    return [row[0] for row in rows], len(before)


def _set(uow: UnitOfWork, entity: Entity, ids: list[str], name: str, said: str) -> None:
    table = uow.tables.of(entity)
    columns = {entity.fields["feature"].column: said, "search": search_text(entity, {"event": name, "feature": said})}
    uow.connection.execute(update(table).where(table.c.id.in_(id_set(uow.dialect, ids))).values(columns))

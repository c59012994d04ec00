"""Going through all records of an entity: after its matchings changed, and every week for what came past each other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import delete

from tenon.engine.context import Context
from tenon.engine.duplicates.book import matchings_of
from tenon.engine.duplicates.finding import PART, count_open, renew
from tenon.engine.duplicates.tables import duplicates, keys
from tenon.engine.jobs import JobKind, JobRun, Schedule
from tenon.engine.jobs.queue import put
from tenon.engine.recompute.refresh import count, next_ids
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.model import Entity, Model

FIND = "find_duplicates"
AT_ONCE = 1_000
SCHEDULE = Schedule("tenon:duplicates", "21 4 * * 0", FIND)
OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]


def find_after_publish(uow: UnitOfWork, _ctx: Context, old: Model, _release: Any) -> None:
    """Look for duplicates anew where a matching came, went or compares otherwise: among few records at once, among many by a job."""
    before, after = ({d.id: d for d in model.all("matching")} for model in (old, uow.model))
    changed = {id for id in before.keys() | after.keys() if _said(before.get(id)) != _said(after.get(id))}
    if not changed:
        return
    gone = id_set(uow.dialect, changed)
    uow.connection.execute(delete(keys).where(keys.c.matching.in_(gone)))
    uow.connection.execute(delete(duplicates).where(duplicates.c.matching.in_(id_set(uow.dialect, changed - after.keys())), duplicates.c.state == "open"))
    documents = [d for found in (before, after) for id, d in found.items() if id in changed]
    entities = {entity.id: entity for d in documents if (entity := uow.model.find_entity(d.body.entity)) is not None}
    for entity in entities.values():
        if count(uow, entity) <= AT_ONCE:
            renew(uow, entity, next_ids(uow, entity, "", AT_ONCE))
        else:
            put(uow.connection, FIND, {"entity": entity.id}, unique_key=f"{FIND}:{entity.id}", key_until="started")


def _said(document: Document | None) -> Any:
    """Return what of a matching says which records are alike."""
    return None if document is None else [document.json.get(key) for key in ("entity", "compare", "propose_from")]


def duplicate_jobs(open_write: OpenWrite) -> list[JobKind]:
    """Return the kind of job that looks for duplicates among all records of an entity, or of every one that has a matching."""

    def run_finding(run: JobRun) -> dict[str, Any]:
        return _find(run, open_write)

    return [JobKind(FIND, run_finding)]


def _find(run: JobRun, open_write: OpenWrite) -> dict[str, Any]:
    state = dict(run.checkpoint or {"entity": run.payload.get("entity"), "after": "", "done": 0, "total": None})
    while True:
        run.check_cancelled()
        with open_write() as uow:
            entity = uow.model.find_entity(state["entity"]) if state["entity"] else _next(uow.model, "")
            if entity is None or not matchings_of(uow.model, entity):
                return {"records": state["done"], "pairs": count_open(uow)}
            if state["total"] is None:
                state["total"] = state["done"] + count(uow, entity)
            ids = next_ids(uow, entity, state["after"], PART)
            if ids:
                renew(uow, entity, ids, is_sweep=True)
            state |= {"entity": entity.id, "after": ids[-1] if ids else "", "done": state["done"] + len(ids)}
            if len(ids) < PART:
                following = _next(uow.model, entity.id) if run.payload.get("entity") is None else None
                if following is None:
                    return {"records": state["done"], "pairs": count_open(uow)}
                state |= {"entity": following.id, "after": "", "total": None}
            run.save(uow.connection, state, done=state["done"], total=state["total"])


def _next(model: Model, after: str) -> Entity | None:
    """Return the entity with matchings that follows in the order of ids."""
    listed = sorted(each.id for each in model.entities.values() if matchings_of(model, each) and each.id > after)
    return model.find_entity(listed[0]) if listed else None

"""Merging by itself the pairs that are as alike as their matching asks for: the later record goes into the earlier one, as when a person merges them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import and_, exists, or_, select

from tenon.engine.context import Cause, Context
from tenon.engine.duplicates.book import matchings_of
from tenon.engine.duplicates.pairs import Pair, read_pair
from tenon.engine.duplicates.tables import duplicates
from tenon.engine.jobs import JobKind, JobRun
from tenon.engine.jobs.queue import put
from tenon.engine.records.merges import merges
from tenon.engine.records.merging import merge
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import TenonError
from tenon.metamodel.model import Entity

MERGE = "merge_duplicates"
OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]


def merge_later(uow: UnitOfWork, entity: Entity) -> None:
    """Have pairs merged by a job where a matching of an entity says so."""
    if any(m.document.body.merge_from is not None for m in matchings_of(uow.model, entity)):
        put(uow.connection, MERGE, {"entity": entity.id}, unique_key=f"{MERGE}:{entity.id}", key_until="started")


def merging_jobs(open_write: OpenWrite) -> list[JobKind]:
    """Return the kind of job that merges what is alike enough; what cannot be merged waits for a person."""

    def run_merging(run: JobRun) -> dict[str, Any]:
        state = dict(run.checkpoint or {"after": "", "merged": 0})
        while True:
            run.check_cancelled()
            with open_write() as uow:
                pair = _next(uow, run.payload["entity"], state["after"])
            if pair is None:
                return {"merged": state["merged"]}
            done = state | {"after": pair.id, "merged": state["merged"] + 1}
            try:
                with open_write() as uow:
                    cause = Cause("system", pair.matching, uow.model.documents[pair.matching].name)
                    merge(uow, Context(None, "en", cause, is_system=True), pair.entity, pair.first, [pair.second])
                    run.save(uow.connection, done)
                state = done
            except TenonError:
                state |= {"after": pair.id}

    return [JobKind(MERGE, run_merging)]


def _next(uow: UnitOfWork, entity_id: str, after: str) -> Pair | None:
    """Return the next open pair that is alike enough, in the order of ids; one whose merge somebody took back waits for a person."""
    entity = uow.model.find_entity(entity_id)
    asked = [(m.id, m.document.body.merge_from) for m in (matchings_of(uow.model, entity) if entity is not None else ()) if m.document.body.merge_from is not None]
    if not asked:
        return None
    enough = or_(*[(duplicates.c.matching == id) & (duplicates.c.score >= least) for id, least in asked])
    statement = select(duplicates).where(duplicates.c.entity == entity_id, duplicates.c.state == "open", duplicates.c.id > after, enough, ~_taken_back())
    row = uow.connection.execute(statement.order_by(duplicates.c.id).limit(1)).first()
    return None if row is None else read_pair(uow, row)


def _taken_back() -> Any:
    into_first = and_(merges.c.survivor == duplicates.c.first, merges.c.absorbed == duplicates.c.second)
    into_second = and_(merges.c.survivor == duplicates.c.second, merges.c.absorbed == duplicates.c.first)
    return exists().where(merges.c.undone_at.is_not(None), or_(into_first, into_second))

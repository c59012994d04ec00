"""Emptying the trash: records go for good after their days, and nothing keeps the id of what is no more."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete as delete_from, select, update

from tenon.engine import history
from tenon.engine.context import system_context
from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.records.deleting import clear
from tenon.engine.records.events import Removed
from tenon.engine.records.falling import pointing
from tenon.engine.records.merges import forget_merges
from tenon.engine.sql.sets import id_set
from tenon.engine.tables import entity_column
from tenon.engine.trash import KEPT_DAYS, trash
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Field

PART = 5_000


def emptying_jobs(open_write: Callable[[], AbstractContextManager[UnitOfWork]]) -> list[JobKind]:
    """Return the kind of job that removes for good what is in the trash longer than its days."""

    def run_emptying(run: JobRun) -> dict[str, Any]:
        gone = 0
        while True:
            run.check_cancelled()
            with open_write() as uow:
                part = empty_trash(uow, uow.now - timedelta(days=KEPT_DAYS), PART)
            gone += part
            if part < PART:
                return {"records": gone}

    return [JobKind("empty_trash", run_emptying)]


def empty_trash(uow: UnitOfWork, before: datetime, limit: int = PART) -> int:
    """Remove for good the records that went to the trash before that moment, at most ``limit``; return how many."""
    rows = uow.connection.execute(select(trash.c.record, trash.c.entity).where(trash.c.at < before).order_by(trash.c.at).limit(limit)).all()
    by_entity: dict[str, list[str]] = {}
    for record, entity_id in rows:
        by_entity.setdefault(entity_id, []).append(record)
    for entity_id, ids in by_entity.items():
        entity, gone = uow.model.find_entity(entity_id), id_set(uow.dialect, ids)
        if entity is not None:
            _let_go(uow, entity, ids)
            for reference in [f for f in entity.fields.values() if f.is_to_many]:
                links = uow.tables.links(reference)
                uow.connection.execute(delete_from(links).where(links.c.record.in_(gone)))
            table = uow.tables.of(entity)
            uow.connection.execute(delete_from(table).where(table.c.id.in_(gone), table.c.deleted_at.is_not(None)))
        uow.connection.execute(delete_from(history.history).where(history.history.c.record.in_(gone)))
        uow.connection.execute(delete_from(trash).where(trash.c.record.in_(gone)))
        forget_merges(uow, ids)
        uow.tell(Removed(entity, tuple(ids)))
    return len(rows)


def _let_go(uow: UnitOfWork, entity: Entity, ids: list[str]) -> None:
    """Empty every reference to the records: of those that were brought back without them, with history, and of those in the trash.

    Whatever the reference says of deletions: what was brought back on purpose stays.
    """
    for near in uow.model.entities.values():
        for reference in [f for f in near.fields.values() if entity.id in f.targets]:
            records = sorted({record for record, _ in pointing(uow, near, reference, entity, ids)})
            clear(uow, system_context(), near, reference, records, set(ids), None)
            _clear_in_trash(uow, near, reference, entity, ids)


def _clear_in_trash(uow: UnitOfWork, near: Entity, reference: Field, entity: Entity, ids: list[str]) -> None:
    gone = id_set(uow.dialect, ids)
    if reference.is_to_many:
        links = uow.tables.links(reference)
        uow.connection.execute(delete_from(links).where(links.c.target.in_(gone)))
        return
    table = uow.tables.of(near)
    statement = update(table).where(table.c[reference.column].in_(gone), table.c.deleted_at.is_not(None))
    if reference.storage.kind == "pair":
        pair = {entity_column(reference): None, reference.column: None}
        uow.connection.execute(statement.where(table.c[entity_column(reference)] == entity.id).values(pair))
    else:
        uow.connection.execute(statement.values({reference.column: None}))

"""Hearing of writes: when a record appears for which something waits, a job writes what waited; next to nothing while nothing waits."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from tenon.engine.jobs import change, get, put
from tenon.engine.records.events import Written
from tenon.engine.records.linked import LINK
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.waiting.table import Wanted, waiting
from tenon.metamodel.model import Entity, Field

MATCH = "match_waiting"
MOST_KEYS = 1_000


def hear_waiting(uow: UnitOfWork, event: Any) -> None:
    """Put the job that writes what waited for the records that were just written."""
    if not uow.has_waiting or not isinstance(event, Written) or event.action == "delete" or not event.ids:
        return
    fields = [f for f in _keys(event.entity) if event.fields is None or f.id in event.fields]
    if not fields:
        return
    found = _waiting_for(uow, event.entity, fields, event.ids)
    if found:
        put_matching(uow, found)


def put_matching(uow: UnitOfWork, keys: Collection[Wanted] | None, **more: Any) -> str:
    """Put the job that writes what waits for these keys, for all when None or when they are too many to ask for; the writes of one transaction are one job."""
    listed = None if keys is None else [[w.entity, w.by, w.system, w.key] for w in keys]
    pending = uow.notes.get("matching") if not more else None
    before = get(uow.connection, pending)["payload"]["keys"] if pending is not None else []
    listed = None if listed is None or before is None or len(before) + len(listed) > MOST_KEYS else [*before, *listed]
    if pending is not None:
        change(uow.connection, pending, payload={"keys": listed})
        return str(pending)
    job_id = put(uow.connection, MATCH, {"keys": listed, **more}, created_by=more.get("by"))
    if not more:
        uow.notes["matching"] = job_id
    return job_id


def _keys(entity: Entity) -> list[Field]:
    """Return the fields by whose texts records are named elsewhere."""
    if entity.name == LINK:
        return [entity.fields["external_id"]] if "external_id" in entity.fields else []
    names = {n for key in entity.keys for n in key} | {n for n in (entity.title, "uscc", "email") if n}
    return [f for n in sorted(names) if (f := entity.fields.get(n)) is not None and f.is_stored and f.type.kind in ("text", "email")]


def _waiting_for(uow: UnitOfWork, entity: Entity, fields: Collection[Field], ids: Collection[str]) -> list[Wanted]:
    """Return what is waited for among the texts of written records: these first, as they are few, the queue may be long."""
    table = uow.tables.of(entity)
    rows = uow.connection.execute(select(*[table.c[f.column] for f in fields]).where(table.c.id.in_(id_set(uow.dialect, ids))))
    texts = {form for row in rows for text in row if text is not None for form in (text, text.lower())}
    far = list(entity.fields["record"].targets) if entity.name == LINK and "record" in entity.fields else [entity.id]
    same = (waiting.c.wanted.in_(far), waiting.c.key.in_(id_set(uow.dialect, texts)))
    statement = select(waiting.c.wanted, waiting.c.by, waiting.c.system, waiting.c.key).where(*same).distinct().limit(MOST_KEYS + 1)
    return [Wanted(*row) for row in uow.connection.execute(statement)] if texts else []

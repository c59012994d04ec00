"""The history of a record as its reader may see it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tenon.engine import history
from tenon.engine.access.resolver import environment, grants_condition
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.records.save import allowed_ids
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import not_found
from tenon.metamodel.model import Entity


def history_page(uow: UnitOfWork, ctx: Context, entity: Entity, id: str, limit: int, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """Return entries, newest first, and the cursor of the next page. Raises NotFound."""
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "read")
    table = uow.tables.of(entity)
    there = uow.connection.execute(select(table.c.deleted_at).where(table.c.id == id)).first()
    allowed = allowed_ids(uow, rights, entity, [id], "read", [])
    if there is None or (allowed is not None and id not in allowed) or (there.deleted_at is not None and not rights.may(entity, "restore")):
        raise not_found()
    entries = history.page(uow, rights, entity, id, _unreadable(uow, rights, entity, id), limit + 1, after)
    following = entries[limit - 1]["id"] if len(entries) > limit else None
    return entries[:limit], following


def _unreadable(uow: UnitOfWork, rights: Rights, entity: Entity, id: str) -> frozenset[str]:
    """Return the ids of fields that are readable on some records, but not on this one."""
    partly = [f for f in entity.fields.values() if rights.state(entity, f) == "partly"]
    if not partly:
        return frozenset()
    table = uow.tables.of(entity)
    env = environment(uow, rights)
    columns = [grants_condition(env, table, entity, rights.readable(entity, f)).label(f"g{i}") for i, f in enumerate(partly)]
    row = uow.connection.execute(select(*columns).where(table.c.id == id)).one()
    return frozenset(f.id for f, may in zip(partly, row, strict=True) if not may)

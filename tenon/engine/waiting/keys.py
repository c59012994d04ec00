"""What waits, by the keys that nobody knows: listed, given a record by hand, or discarded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, tuple_

from tenon.engine import cursors
from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.query.pages import get
from tenon.engine.records.linked import NO_SYSTEM, find_linked, links_of
from tenon.engine.records.writing import create
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.waiting.hearing import put_matching
from tenon.engine.waiting.table import ANY_KEY, BY_LINK, Wanted, is_one_of, waiting
from tenon.metamodel.errors import Malformed, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity


@dataclass(frozen=True)
class Key:
    """A key for which something waits: how many things, since when, until when, and what was wrong with one that could not be written."""

    wanted: Wanted
    count: int
    first: datetime
    last: datetime
    kinds: tuple[str, ...]
    problems: list[dict[str, Any]] | None = None
    example: dict[str, Any] | None = None


def list_keys(uow: UnitOfWork, limit: int, after: Wanted | None = None) -> list[Key]:
    """Return keys in their order after one."""
    columns = (waiting.c.wanted, waiting.c.key, waiting.c.by, waiting.c.system)
    statement = select(*columns, func.count(), func.min(waiting.c.created_at), func.max(waiting.c.created_at), func.min(waiting.c.id), func.min(waiting.c.kind), func.max(waiting.c.kind))
    if after is not None:
        statement = statement.where(tuple_(*columns) > (after.entity, after.key, after.by, after.system))
    rows = uow.connection.execute(statement.group_by(*columns).order_by(*columns).limit(limit)).all()
    first = {r["id"]: r for r in uow.connection.execute(select(waiting.c.id, waiting.c.problems, waiting.c.content).where(waiting.c.id.in_([row[7] for row in rows]))).mappings()}
    return [
        Key(Wanted(row[0], row[2], row[3], row[1]), row[4], row[5], row[6], tuple(dict.fromkeys(row[8:10])), first[row[7]]["problems"], first[row[7]]["content"])
        for row in rows
    ]  # fmt: skip


def count_waiting(uow: UnitOfWork) -> int:
    """Return how many things wait."""
    return int(uow.connection.execute(select(func.count()).select_from(waiting)).scalar_one())


def choose(uow: UnitOfWork, ctx: Context, wanted: Wanted, record: str) -> str:
    """Say which record a key stands for: it gets that external number, and a job writes all that waited for the key; return the job.

    Raises NotFound for a key nothing waits for, or a record that is not there or not visible; Forbidden, Conflict.
    """
    if uow.connection.execute(select(waiting.c.id).where(is_one_of([wanted])).limit(1)).first() is None:
        raise not_found()
    target = target_of(uow, wanted)
    get(uow, ctx, target, record, [])
    _note_number(uow, ctx, target, wanted, record)
    return put_matching(uow, [wanted], chosen=record, by=ctx.user_id)


def target_of(uow: UnitOfWork, wanted: Wanted) -> Entity:
    """Return the entity of the record a key stands for. Raises NotFound when there is none any more."""
    found = uow.model.find_entity(wanted.entity)
    if found is None:
        raise not_found()
    return found


def discard(uow: UnitOfWork, wanted: Wanted) -> int:
    """Forget all that waits for a key and return how many it was. Raises NotFound when nothing does."""
    count = uow.connection.execute(delete(waiting).where(is_one_of([wanted]))).rowcount
    if not count:
        raise not_found()
    return int(count)


def forget_import(uow: UnitOfWork, import_id: str) -> int:
    """Forget the rows of an import that wait; return how many it was."""
    return int(uow.connection.execute(delete(waiting).where(waiting.c["import"] == import_id)).rowcount)


def cursor_of(wanted: Wanted) -> str:
    """Return a key as a cursor."""
    return cursors.write_cursor([wanted.entity, wanted.by, wanted.system, wanted.key])


def read_cursor(text: str | None) -> Wanted | None:
    """Return the key of a cursor. Raises Malformed."""
    if text is None:
        return None
    listed = cursors.read_cursor(text)
    if not (isinstance(listed, list) and len(listed) == 4 and all(isinstance(each, str) for each in listed)):
        raise Malformed(Problem("/after", "bad_cursor", say("This cursor is not one of ours.", "游标无效。"), say("Begin again without it.", "请去掉游标重新开始。")))
    return Wanted(*listed)


def _note_number(uow: UnitOfWork, ctx: Context, target: Entity, wanted: Wanted, record: str) -> None:
    """Keep the key as an external number of the record, so that it is known from now on."""
    link = links_of(uow.model, target)
    if link is None or wanted.by not in (ANY_KEY, BY_LINK):
        return
    system = wanted.system or NO_SYSTEM
    if find_linked(uow, rights_of(uow.model, ctx), target, {(system, wanted.key)}).get((system, wanted.key)) == record:
        return
    create(uow, ctx, link, {"system": system, "external_id": wanted.key, "record": {"entity": target.name, "id": record}})

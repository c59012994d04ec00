"""What somebody was told and has not read yet: how many, and a mark that changes when it may have changed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.notices.telling import notice_entity
from tenon.engine.query.pages import Ask, page
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity

APP = "core"
NEEDED = ("recipient", "title", "read_at", "at")
UNREAD = "recipient == user.id and is_empty(read_at)"
MINE = "recipient == user.id"
Mark = tuple[int, str | None]


def readable_notices(uow: UnitOfWork, ctx: Context) -> Entity | None:
    """Return the entity of notices, None where there is none or the reader sees none."""
    found, rights = notice_entity(uow), rights_of(uow.model, ctx)
    if found is None or found.document.app != APP or not rights.may(found, "read"):
        return None
    return found if all(name in found.fields and rights.may_read(found, found.fields[name]) for name in NEEDED) else None


def unread(uow: UnitOfWork, ctx: Context) -> int | None:
    """Return how many notices somebody has not read, None where there are no notices for them."""
    entity = readable_notices(uow, ctx)
    return None if entity is None else page(uow, ctx, entity, Ask([UNREAD], fields=["id"], limit=1, count="capped")).count or 0


def marks(uow: UnitOfWork, people: Collection[str]) -> dict[str, Mark]:
    """Return for each person a mark of their unread notices; it says only that something is new and is shown to nobody."""
    entity = notice_entity(uow)
    if entity is None or not people or "read_at" not in entity.fields:
        return {}
    columns = uow.tables.of(entity).c
    recipient, read_at = columns[entity.fields["recipient"].column], columns[entity.fields["read_at"].column]
    wanted = select(recipient, func.count(), func.max(columns.id)).where(
        recipient.in_(id_set(uow.dialect, people)), read_at.is_(None), columns.deleted_at.is_(None)
    ).group_by(recipient)  # fmt: skip
    return {person: (int(count), last) for person, count, last in uow.connection.execute(wanted)}

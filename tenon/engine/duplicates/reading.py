"""What is compared of records, as one person may read them: records out of sight are not there, cells out of sight are empty."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import Rights
from tenon.engine.duplicates.book import Matching, Read
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source, visible
from tenon.engine.sql.values import from_db
from tenon.engine.unit_of_work import UnitOfWork


def read_seen(uow: UnitOfWork, rights: Rights, matching: Matching, *, ids: Collection[str] | None = None, limit: int | None = None) -> dict[str, Read]:
    """Return what is compared of these records, or of the newest ones, by their ids."""
    source = Source(environment(uow, rights), matching.entity)
    fields = list({p.field.id: p.field for p in matching.parts if rights.may_read(matching.entity, p.field)}.values())
    columns = [source.at((), f) for f in fields]
    near = [] if ids is None else [source.alias.c.id.in_(id_set(uow.dialect, ids))]
    statement = select(source.alias.c.id, *columns).select_from(source.from_clause).where(*near, *visible(source.environment, source.alias, matching.entity))
    rows = uow.connection.execute(statement.order_by(source.alias.c.id.desc()).limit(limit)).all()
    return {row[0]: matching.read({f.name: from_db(f.type, value) for f, value in zip(fields, row[1:], strict=True)}) for row in rows}

"""The trash of an entity, and deleting several records at once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from tenon.engine.access.resolver import action_condition, environment
from tenon.engine.people import names_of
from tenon.engine.records import large
from tenon.engine.records.merges import merged_among
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.engine.trash import trash
from tenon.metamodel.digits import read_whole
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.cells import title_of, title_path
from tenon.ui.shapes import TrashPage, TrashRow

SIZE = 50
MOST = 500


def trash_page(view: View, entity: str, cursor: str) -> TrashPage:
    """Return the records of an entity that were deleted themselves, newest first. Raises NotFound, Forbidden."""
    found = view.entity(entity, "restore")
    return _page(view, found, read_whole(cursor[:9]) or 0)


def delete_many(view: View, entity: str, ids: Sequence[str]) -> int:
    """Move several records to the trash, all or none; return how many went. Raises Conflict when other records hold one."""
    if not 0 < len(ids) <= MOST:
        message = say("Choose 1 to {n} records.", "请选择 1 到 {n} 条记录。", n=MOST)
        raise Invalid(Problem("/ids", "out_of_range", message, say("Tick some rows.", "请勾选若干行。")))
    found = view.entity(entity, "delete")
    view.rights.require(found, "bulk")
    large.delete_these(view.uow, view.ctx, found, [id_of(i) for i in dict.fromkeys(ids)], batch=view.uow.new_id())
    return len(set(ids))


def _page(view: View, entity: Entity, skipped: int) -> TrashPage:
    place = environment(view.uow, view.rights)
    source = Source(place, entity)
    alias, name = source.alias, next(iter(title_path(view, entity)), "")
    title = entity.fields.get(name)
    may_read = title is not None and view.rights.may_read(entity, title)
    columns = [trash.c.record, trash.c.at, trash.c.by, *([source.at((), title)] if title is not None and may_read else [])]
    statement = select(*columns).select_from(source.from_clause).join(trash, trash.c.record == alias.c.id)
    statement = statement.where(trash.c.entity == entity.id, trash.c.root == trash.c.record)
    for action in ("read", "restore"):
        condition = action_condition(place, alias, entity, view.rights, action)
        statement = statement if condition is None else statement.where(condition)
    ordered = statement.order_by(trash.c.at.desc(), trash.c.record.desc()).offset(skipped).limit(SIZE + 1)
    found = view.uow.connection.execute(ordered).all()
    rows = found[:SIZE]
    names = names_of(view.uow.connection, [row.by for row in rows if row.by])
    counts = _together(view, [row.record for row in rows])
    merged = merged_among(view.uow, [row.record for row in rows])
    system = Text("The system", "系统").show(view.language)
    listed = []
    for row in rows:
        shown = title.spec.show(from_db(title.type, row[3])) if title is not None and may_read else None
        label = title_of(view, entity, {"id": row.record, name: shown})
        listed.append(TrashRow(row.record, label, row.at, names.get(row.by or "", system), counts.get(row.record, 0), row.record in merged))
    following = str(skipped + SIZE) if len(found) > SIZE else None
    return TrashPage(entity.name, entity.plural.show(view.language), entity.icon or "table-2", tuple(listed), following)


def _together(view: View, roots: Sequence[str]) -> dict[str, int]:
    """Return how many records went with each of the roots."""
    if not roots:
        return {}
    counted = select(trash.c.root, func.count()).where(trash.c.root.in_(roots), trash.c.root != trash.c.record).group_by(trash.c.root)
    return {row.root: row[1] for row in view.uow.connection.execute(counted)}

"""What a template reads of records: only paths it names, only records and cells that somebody may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.formats import Formats
from tenon.engine.messages.shown import EMPTY, Shown, show, title_field
from tenon.engine.query.paths import Selected, find_path
from tenon.engine.query.shaping import Shape
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source, visible
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid
from tenon.metamodel.model import Entity

Values = Mapping[str, Shown]


def read_values(
    uow: UnitOfWork, ctx: Context, entity: Entity, ids: Collection[str], paths: Collection[str], formats: Formats
) -> dict[str, dict[str, Shown]]:  # fmt: skip
    """Return the values of paths by record, of those living records that somebody may read; what they may not see is empty."""
    rights = rights_of(uow.model, ctx)
    if not ids or not rights.may(entity, "read"):
        return {}
    selected: dict[str, Selected] = {}
    for path in paths:
        title = title_field(entity)
        name = path or (title.name if title is not None else "")
        try:
            selected[path] = find_path(rights, entity, name, "fields")
        except Invalid:
            continue  # the same for what is not there and what is hidden: it reads as empty
    source = Source(environment(uow, rights), entity)
    columns = {item.key: item for item in (find_path(rights, entity, "id", "fields"), *selected.values())}
    shape = Shape(rights, source, list(columns.values()))
    wanted = (source.alias.c.id.in_(id_set(uow.dialect, ids)), *visible(source.environment, source.alias, entity))
    rows = uow.connection.execute(select(*shape.columns).select_from(source.from_clause).where(*wanted)).all()
    found = {}
    for record in shape.records(uow, rows):
        cells = {path: show(uow.model, i.field, record.get(i.key), formats, is_masked=i.state == "masked") for path, i in selected.items()}
        found[record["id"]] = {path: cells.get(path, EMPTY) for path in paths}
    return found


def read_for_both(
    uow: UnitOfWork, acting: Context, reader: Context | None, entity: Entity, ids: Collection[str], paths: Collection[str], formats: Formats
) -> dict[str, dict[str, Shown]]:  # fmt: skip
    """Return values that who acts may read, and the person who gets them too, if it is one of the workspace: less than either is never more."""
    found = read_values(uow, acting, entity, ids, paths, formats) if not (acting.is_system and reader is not None) else None
    if reader is None:
        return found or {}
    theirs = read_values(uow, reader, entity, ids, paths, formats)
    if found is None:
        return theirs
    both = {}
    for record in found.keys() & theirs.keys():
        both[record] = {path: value if found[record][path].text == value.text else EMPTY for path, value in theirs[record].items()}
    return both

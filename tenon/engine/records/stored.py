"""Stored records as canonical values, and canonical values as columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, delete, insert, select

from tenon.engine.folding import searched, sort_key
from tenon.engine.sql.sets import among, id_param, id_set, id_value
from tenon.engine.statements import kept
from tenon.engine.tables import entity_column, key_column
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.names import short

CHUNK = 5_000


def load(uow: UnitOfWork, entity: Entity, ids: Sequence[str], *, lock: bool = False, deleted: bool = False) -> dict[str, dict[str, Any]]:
    """Return the canonical values of records by id, references included; ``lock`` holds them against other writers, in id order, on PostgreSQL."""
    if not ids:
        return {}
    found: dict[str, dict[str, Any]] = {}
    ordered = sorted(set(ids))
    cache = uow.model.cache.setdefault("statements", {})
    statement = kept(cache, ("load", uow.dialect, entity.id, lock, deleted), lambda: selection(uow, entity, lock=lock, deleted=deleted))
    for start in range(0, len(ordered), CHUNK):
        for record in uow.connection.execute(statement, {"ids": id_value(uow.dialect, ordered[start : start + CHUNK])}).mappings():
            found[record["id"]] = read_row(entity, record)
    load_links(uow, entity, found)
    return found


def load_versions(uow: UnitOfWork, entity: Entity, ids: Sequence[str], *, lock: bool = True) -> dict[str, int]:
    """Return the versions of living records by id, held against other writers on PostgreSQL unless ``lock`` is False."""
    table = uow.tables.of(entity)
    statement = select(table.c.id, table.c.version).where(table.c.id.in_(id_set(uow.dialect, ids)), table.c.deleted_at.is_(None)).order_by(table.c.id)
    held = statement.with_for_update(key_share=True) if lock and uow.dialect == "postgresql" else statement
    return {row.id: row.version for row in uow.connection.execute(held)}


def selection(
    uow: UnitOfWork, entity: Entity, *conditions: ColumnElement[bool], lock: bool, deleted: bool = False, is_one: bool = False
) -> Select[Any]:
    """Return the statement of records by ``ids``, or of one by ``id``; ``holds_0``, ``holds_1`` … say which of the conditions are true of each."""
    table = uow.tables.of(entity)
    living = table.c.deleted_at.is_not(None) if deleted else table.c.deleted_at.is_(None)
    marks = [condition.label(f"holds_{number}") for number, condition in enumerate(conditions)]
    statement = select(table, *marks).where(among(table.c.id, uow.dialect, is_one=is_one), living).order_by(table.c.id)
    return statement.with_for_update(key_share=True, of=table) if lock and uow.dialect == "postgresql" else statement


def read_row(entity: Entity, record: Any) -> dict[str, Any]:
    """Return the canonical values of a row of the entity's table."""
    return {f.name: read_cell(f, record) for f in entity.stored}


def read_cell(field: Field, record: Any) -> Any:
    """Return the canonical value of a cell of a row of the entity's table."""
    value = record[field.column]
    if field.storage.kind == "pair":
        return None if value is None else (record[entity_column(field)], value)
    return tuple(value) if field.type.kind in ("choices", "list") and value is not None else value


def load_links(uow: UnitOfWork, entity: Entity, found: dict[str, dict[str, Any]]) -> None:
    """Add the targets of to-many references to records."""
    for field in entity.lists:
        targets: dict[str, list[str]] = {}
        ids = list(found)
        cache = uow.model.cache.setdefault("statements", {})
        statement = kept(cache, ("links", uow.dialect, field.id), lambda field=field: _links(uow, field))  # type: ignore[misc]
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            for record, target in uow.connection.execute(statement, {"ids": id_value(uow.dialect, chunk)}):
                targets.setdefault(record, []).append(target)
        for item_id, values in found.items():
            values[field.name] = tuple(targets.get(item_id, ())) or None


def _links(uow: UnitOfWork, field: Field) -> Select[Any]:
    links = uow.tables.links(field)
    return select(links.c.record, links.c.target).where(links.c.record.in_(id_param(uow.dialect))).order_by(links.c.record, links.c.position)


def to_columns(entity: Entity, values: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of canonical values, sort keys beside them; links have none."""
    columns: dict[str, Any] = {}
    for name, value in values.items():
        field = entity.fields[name]
        if not field.is_stored:
            continue
        if field.storage.kind == "pair":
            columns[field.column], columns[entity_column(field)] = (value[1], value[0]) if value is not None else (None, None)
            continue
        columns[field.column] = list(value) if isinstance(value, tuple) else value
        if field.storage.sort_key and field.origin != "system":
            columns[key_column(field)] = sort_key(value) if isinstance(value, str) else None
    return columns


def search_text(entity: Entity, values: dict[str, Any]) -> str | None:
    """Return the content of the search column for all values of a record."""
    found = {name: searched(str(v)) for name in entity.search if (v := values.get(name)) is not None}
    return "".join(f"{search_mark(entity.fields[name])}{text}{MARK}" for name, text in found.items()) or None


MARK = "\x1f"
_CAPITALS = str.maketrans("0123456789abcdef", "ABCDEFGHIJKLMNOP")


def search_mark(field: Field) -> str:
    """Return what stands before the text of a field in the search column: capitals, which no folded word has."""
    return _mark(field.id)


@lru_cache(10_000)
def _mark(id: str) -> str:
    return short(id)[-12:].translate(_CAPITALS) + MARK


def write_links(uow: UnitOfWork, field: Field, targets: dict[str, tuple[str, ...] | None], *, are_new: bool = False) -> None:
    """Replace the links of records: record id to the ids of its targets in order."""
    links: Table = uow.tables.links(field)
    if not are_new:
        ids = list(targets)
        for start in range(0, len(ids), CHUNK):
            uow.connection.execute(delete(links).where(links.c.record.in_(id_set(uow.dialect, ids[start : start + CHUNK]))))
    rows = [{"record": r, "target": t, "position": i} for r, listed in targets.items() for i, t in enumerate(listed or ())]
    if rows:
        uow.connection.execute(insert(links), rows)

"""Rows of a statement as the JSON of records: canonical values shown, references with titles, masked cells masked."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from tenon.engine.access.grants import CompiledGrant
from tenon.engine.access.masks import mask
from tenon.engine.access.resolver import action_condition, environment, grants_condition
from tenon.engine.access.rights import Rights
from tenon.engine.files import file_facts
from tenon.engine.people import units, users
from tenon.engine.query.paths import Selected
from tenon.engine.sql.sets import id_param, id_set, id_value
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db, stored
from tenon.engine.tables import entity_column
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.fields.base import FieldSpec
from tenon.metamodel.model import Entity

Column = ColumnElement[Any]
NAMES_FOR, MOST_NAMES = 1.0, 10_000


class Shape:
    """The columns of an answer on a source, and how its rows become records."""

    def __init__(self, rights: Rights, source: Source, selected: Sequence[Selected]) -> None:
        self.rights = rights
        self.selected = selected
        self.columns: list[Column] = []
        self._guards: dict[tuple[Any, ...], int] = {}
        self._places: list[_Place] = []
        self._plain_cells: list[_PlainCell | None] | None = None
        self._others: list[tuple[Selected, _Place]] = []
        for item in selected:
            self._add(source, item)

    def _add(self, source: Source, item: Selected) -> None:
        node = source.reach(item.steps)
        value = source.at(item.steps, item.field)
        masking = self.rights.masking(item.entity, item.field) if item.state in ("partly", "masked") else []
        if item.state == "partly" and masking:
            value = self._plain(source, item, value)
        place = _Place(self._column(value))
        if item.field.storage.kind == "pair":
            place.pair = self._column(node.alias.c[entity_column(item.field)])
        if item.state == "partly":
            place.reads = self._guard(source, item, self.rights.readable(item.entity, item.field))
        elif item.state == "masked":
            place.reads = False
        if masking:
            place.masks = len(masking) == len(self.rights.grants(item.entity, "read")) or self._guard(source, item, masking)
        self._places.append(place)

    def _plain(self, source: Source, item: Selected, value: Column) -> Column:
        """Return the value of a cell that is shown masked where it may not be read; it never leaves this object unmasked there."""
        node, field = source.reach(item.steps), item.field
        if field.is_to_many:
            return value
        near = node.scores[str(field.score)] if field.origin == "score" else node.alias
        return stored(source.environment, near.c[field.column], field.type, field.storage)

    def _guard(self, source: Source, item: Selected, grants: list[CompiledGrant]) -> int:
        """Return the position of the condition that one of the grants holds for the record of a cell."""
        key = (tuple(s.id for s in item.steps), frozenset(id(g) for g in grants))
        if key not in self._guards:
            alias = source.reach(item.steps).alias
            self._guards[key] = self._column(grants_condition(source.environment, alias, item.entity, grants))
        return self._guards[key]

    def _column(self, column: Column) -> int:
        self.columns.append(column.label(f"c{len(self.columns)}"))
        return len(self.columns) - 1

    def records(self, uow: UnitOfWork, rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        """Return the records of the rows; a cell that may not be read is absent."""
        if self._plain_cells is None:
            self._plain_cells = [_plain_cell(uow.dialect, item, place) for item, place in zip(self.selected, self._places, strict=True)]
            self._others = [(i, p) for i, p, plain in zip(self.selected, self._places, self._plain_cells, strict=True) if plain is None]
        cells = [self._cells(row) for row in rows] if self._others else [{} for _ in rows]
        titles = Titles(uow, self.rights)
        for item in [s for s in self.selected if s.field.type.kind in ("reference", "references", "file") and s.field.name != "id"]:
            titles.want(item, [c[item.key][0] for c in cells if item.key in c and c[item.key][1]])
        titles.fetch()
        return [self._shown(row, record, titles) for row, record in zip(rows, cells, strict=True)]

    def _cells(self, row: Sequence[Any]) -> dict[str, tuple[Any, bool]]:
        """Return the cells that are shown by key: the value, and whether it is shown unmasked."""
        cells: dict[str, tuple[Any, bool]] = {}
        for item, place in self._others:
            reads = _holds(row, place.reads)
            if reads or _holds(row, place.masks):
                found = from_db(item.field.type, row[place.value])
                cells[item.key] = ((row[place.pair], found) if place.pair is not None and found is not None else found), reads
        return cells

    def _shown(self, row: Sequence[Any], cells: dict[str, tuple[Any, bool]], titles: Titles) -> dict[str, Any]:
        shown = {}
        for item, plain in zip(self.selected, self._plain_cells or (), strict=True):
            if plain is not None:
                raw = row[plain[0]]
                shown[item.key] = raw if raw is None or plain[1] is None else plain[1](raw)
            elif item.key in cells:
                value, reads = cells[item.key]
                shown[item.key] = None if value is None else titles.show(item, value) if reads else mask(item.field, value)
        return shown


@dataclass
class _Place:
    """Where in a row the value of a cell is, its entity, and whether it may be read or is masked (a position, or for all rows)."""

    value: int
    pair: int | None = None
    reads: int | bool = True
    masks: int | bool = False


_PlainCell = tuple[int, Callable[[Any], Any] | None]
"""A cell that everybody who gets the row may read and that refers to nothing: its position, and how it is shown (None: as it is)."""


def _plain_cell(dialect: str, item: Selected, place: _Place) -> _PlainCell | None:
    """Return how a cell is shown in one step, None when it takes more (rights of this row, titles of what it refers to)."""
    field = item.field
    if place.reads is not True or place.pair is not None or (field.type.kind in ("reference", "references", "file") and field.name != "id"):
        return None
    type_, show, is_lite = field.type, field.spec.show, dialect == "sqlite"
    if field.name == "id" or (type_.kind in ("text", "choice") and type(field.spec).show is FieldSpec.show) or (type_.kind == "date" and is_lite):
        return place.value, None
    if type_.kind == "datetime" and is_lite:
        return place.value, _short_moment
    return place.value, lambda raw: show(from_db(type_, raw))


def _short_moment(text: str) -> str:
    """Return a stored moment without needless fractions."""
    return f"{text[:19]}Z" if text.endswith(".000000Z") else text


def _holds(row: Sequence[Any], condition: int | bool) -> bool:
    return condition if isinstance(condition, bool) else bool(row[condition])


class Titles:
    """The titles of everything that records of one answer refer to, fetched once for each entity."""

    def __init__(self, uow: UnitOfWork, rights: Rights) -> None:
        self.uow = uow
        self.rights = rights
        self._wanted: dict[str, set[str]] = {}
        self._found: dict[str, dict[str, Any]] = {}

    def want(self, item: Selected, values: list[Any]) -> None:
        """Note the ids in a column."""
        kind, entity = item.field.type.kind, item.field.type.entity
        if kind == "file":
            self._wanted.setdefault("file", set()).update(v for v in values if v)
        elif item.field.storage.kind == "pair":
            for entity_id, record in [v for v in values if v]:
                self._wanted.setdefault(entity_id, set()).add(record)
        elif kind == "reference" and entity and item.field.name != "id":
            self._wanted.setdefault(entity, set()).update(v for v in values if v)
        elif kind == "references" and entity:
            self._wanted.setdefault(entity, set()).update(t for v in values if v for t in v)

    def fetch(self) -> None:
        """Read the titles, one statement an entity."""
        for key, ids in self._wanted.items():
            if not ids:
                continue
            if key == "file":
                self._found[key] = file_facts(self.uow.connection, ids)
            elif key in ("user", "unit"):
                self._found[key] = self._people(key, ids)
            elif (entity := self.uow.model.find_entity(key)) is not None:
                self._found[key] = self._titles(entity, ids)

    def _people(self, key: str, ids: set[str]) -> dict[str, Any]:
        """Return the names of people or units; one stays known for a second."""
        known: dict[tuple[str, str], tuple[float, str]] = self.uow.model.cache.setdefault("names", {})
        since = time.monotonic() - NAMES_FOR
        found = {i: entry[1] for i in ids if (entry := known.get((key, i))) is not None and entry[0] > since}
        missing = ids - found.keys()
        if missing:
            given = {"ids": id_value(self.uow.dialect, missing)}
            fresh = {row[0]: row[1] for row in self.uow.connection.execute(_names(self.uow.dialect, key), given)}
            if len(known) > MOST_NAMES:
                known.clear()
            known.update({(key, i): (time.monotonic(), name) for i, name in fresh.items()})
            found |= fresh
        return found

    def _titles(self, entity: Entity, ids: set[str]) -> dict[str, Any]:
        title = entity.fields.get(entity.title) if entity.title else None
        if title is None or not self.rights.may_read(entity, title):
            return {}
        env = environment(self.uow, self.rights)
        source = Source(env, entity)
        alias = source.alias
        statement = select(alias.c.id, source.at((), title)).select_from(source.from_clause).where(alias.c.id.in_(id_set(self.uow.dialect, ids)))
        visible = action_condition(env, alias, entity, self.rights, "read")
        statement = statement.where(alias.c.deleted_at.is_(None))
        return {i: _text(title.spec.show(from_db(title.type, value))) for i, value in self.uow.connection.execute(statement if visible is None else statement.where(visible))}

    def show(self, item: Selected, value: Any) -> Any:
        """Return a canonical value as JSON."""
        if value is None:
            return None
        kind, entity = item.field.type.kind, item.field.type.entity
        if kind == "file":
            return self._found.get("file", {}).get(value, {"id": value, "name": None, "size": None, "type": None, "url": None})
        if item.field.storage.kind == "pair":
            far = self.uow.model.find_entity(value[0])
            return {"entity": far.name if far else None, "id": value[1], "title": self._found.get(value[0], {}).get(value[1])}
        if kind == "reference" and entity and item.field.name != "id":
            return {"id": value, "title": self._found.get(entity, {}).get(value)}
        if kind == "references" and entity:
            titles = self._found.get(entity, {})
            return [{"id": t, "title": titles.get(t)} for t in value]
        return item.field.spec.show(value)


@cache
def _names(dialect: str, key: str) -> Select[Any]:
    """Return the statement for the names of people or units by ``ids``."""
    table = users if key == "user" else units
    return select(table.c.id, table.c.name).where(table.c.id.in_(id_param(dialect)))


def _text(value: Any) -> Any:
    return value if isinstance(value, str) or value is None else str(value)



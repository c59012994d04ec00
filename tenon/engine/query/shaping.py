"""Rows of a statement as the JSON of records: canonical values shown, references with titles, masked cells masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from tenon.engine.access.masks import mask
from tenon.engine.access.resolver import action_condition, environment, grants_condition
from tenon.engine.access.rights import Rights
from tenon.engine.files import file_facts
from tenon.engine.people import units, users
from tenon.engine.query.paths import Selected
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.engine.tables import entity_column
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity

Column = ColumnElement[Any]


class Shape:
    """The columns of an answer on a source, and how its rows become records."""

    def __init__(self, uow: UnitOfWork, rights: Rights, source: Source, selected: Sequence[Selected]) -> None:
        self.uow = uow
        self.rights = rights
        self.selected = selected
        self.columns: list[Column] = []
        self._guards: dict[tuple[Any, ...], int] = {}
        self._places: list[tuple[int, int | None, int | None]] = []
        for item in selected:
            self._add(source, item)

    def _add(self, source: Source, item: Selected) -> None:
        value = self._column(source.at(item.steps, item.field))
        pair = guard = None
        node = source.reach(item.steps)
        if item.field.storage.kind == "pair":
            pair = self._column(node.alias.c[entity_column(item.field)])
        if item.state == "partly":
            key = (tuple(s.id for s in item.steps), frozenset(id(g) for g in self.rights.readable(item.entity, item.field)))
            if key not in self._guards:
                grants = self.rights.readable(item.entity, item.field)
                self._guards[key] = self._column(grants_condition(source.environment, node.alias, item.entity, grants))
            guard = self._guards[key]
        self._places.append((value, pair, guard))

    def _column(self, column: Column) -> int:
        self.columns.append(column.label(f"c{len(self.columns)}"))
        return len(self.columns) - 1

    def records(self, rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        """Return the records of the rows; a cell that may not be read is absent."""
        cells = [self._cells(row) for row in rows]
        titles = Titles(self.uow, self.rights)
        for item in self.selected:
            if item.state != "masked":
                titles.want(item, [c.get(item.key) for c in cells])
        titles.fetch()
        return [self._shown(record, titles) for record in cells]

    def _cells(self, row: Sequence[Any]) -> dict[str, Any]:
        cells: dict[str, Any] = {}
        for item, (value, pair, guard) in zip(self.selected, self._places, strict=True):
            if guard is not None and not row[guard]:
                continue
            found = from_db(item.field.type, row[value])
            cells[item.key] = (row[pair], found) if pair is not None and found is not None else found
        return cells

    def _shown(self, cells: dict[str, Any], titles: Titles) -> dict[str, Any]:
        shown = {}
        for item in self.selected:
            if item.key not in cells:
                continue
            value = cells[item.key]
            if item.state == "masked":
                shown[item.key] = mask(item.field, item.field.spec.show(value) if value is not None else None)
            else:
                shown[item.key] = titles.show(item, value)
        return shown


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
                table = users if key == "user" else units
                statement = select(table.c.id, table.c.name).where(table.c.id.in_(id_set(self.uow.dialect, ids)))
                self._found[key] = dict(self.uow.connection.execute(statement))
            elif (entity := self.uow.model.find_entity(key)) is not None:
                self._found[key] = self._titles(entity, ids)

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


def _text(value: Any) -> Any:
    return value if isinstance(value, str) or value is None else str(value)



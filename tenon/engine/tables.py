"""The tables of a release: entity to SQLAlchemy `Table`, link tables and score tables; built once a release."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import BigInteger, Column, ColumnElement, FromClause, Index, MetaData, Table

from tenon.engine.columns import CodeText, Exact, Json, Moment, column_type
from tenon.metamodel.model import Entity, Field, Model
from tenon.metamodel.names import short


def key_column(field: Field) -> str:
    """Return the name of the sort key column beside a text column."""
    return f"k_{short(field.id)}"


def entity_column(field: Field) -> str:
    """Return the name of the column that says to which entity an any_reference points."""
    return f"t_{short(field.id)}"


def field_columns(field: Field) -> list[Column[object]]:
    """Return fresh columns of a field in the table of its entity."""
    if not field.is_stored:
        return []
    columns: list[Column[object]] = [Column(field.column, column_type(field.storage))]
    if field.storage.kind == "pair":
        columns.append(Column(entity_column(field), CodeText()))
    if field.storage.sort_key and field.origin != "system":
        columns.append(Column(key_column(field), CodeText()))
    return columns


@dataclass(frozen=True)
class IndexShape:
    """An index that a table should have; its name follows from its shape, so that two releases can be compared."""

    table: str
    columns: tuple[str, ...]
    unique: bool = False

    @property
    def name(self) -> str:
        """The name, the same for the same shape."""
        text = f"{self.table}({','.join(self.columns)}){'!' if self.unique else ''}"
        return f"i_{hashlib.sha256(text.encode()).hexdigest()[:24]}"

    def build(self, table: Table) -> Index:
        """Return the index on a table; a unique one holds for living records only."""
        living = table.c.deleted_at.is_(None) if self.unique else None
        return Index(self.name, *[table.c[c] for c in self.columns], unique=self.unique, sqlite_where=living, postgresql_where=living)


class Tables:
    """Every table of one release, made when first asked for; statements are cached by the identity of these tables."""

    def __init__(self, model: Model, dialect: str) -> None:
        self.model = model
        self.dialect = dialect
        self.metadata = MetaData()
        self._tables: dict[str, Table] = {}
        self._guard = Lock()
        self._roots: dict[tuple[str, str], FromClause] = {}

    def of(self, entity: Entity) -> Table:
        """Return the table of an entity, its fields under ``field.column``."""
        return self._made(entity.table, lambda: _entity_table(entity, self.metadata))

    def root(self, entity: Entity, role: str) -> FromClause:
        """Return an alias of an entity's table that statements share; two in one statement have different roles."""
        key = (entity.table, role)
        found = self._roots.get(key)
        return found if found is not None else self._roots.setdefault(key, self.of(entity).alias())

    def links(self, field: Field) -> Table:
        """Return the link table of a many-to-many field: record, target, position."""
        name = f"l_{short(field.id)}"
        return self._made(name, lambda: _links_table(name, self.metadata))

    def score(self, score_id: str) -> Table:
        """Return the table of a score: one row a record; ``score``, ``band``, ``coverage``, ``trend``, ``at`` are its fields."""
        name = f"s_{short(score_id)}"
        return self._made(name, lambda: _score_table(name, self.metadata))

    def score_rows(self, score_id: str) -> FromClause:
        """Return what statements read of a score: the columns of its fields under ``record``."""
        return self.score(score_id)

    def column(self, table: Table, field: Field) -> ColumnElement[object]:
        """Return the column of a field that lives in the table of its entity."""
        return table.c[field.column]

    def all(self) -> Iterator[Table]:
        """Yield every table of the release."""
        for entity in self.model.entities.values():
            yield self.of(entity)
            for field in entity.fields.values():
                if field.is_to_many:
                    yield self.links(field)
        for score in self.model.all("score"):
            yield self.score(score.id)

    def indexes_of(self, entity: Entity) -> list[IndexShape]:
        """Return the indexes that the table of an entity wants."""
        return _entity_indexes(entity)

    def indexes(self) -> list[IndexShape]:
        """Return the indexes that the release wants."""
        shapes: list[IndexShape] = []
        for entity in self.model.entities.values():
            shapes += _entity_indexes(entity)
            shapes += [IndexShape(self.links(f).name, ("target", "record")) for f in entity.fields.values() if f.is_to_many]
        for score in self.model.all("score"):
            name = self.score(score.id).name
            shapes += [IndexShape(name, ("score", "record")), IndexShape(name, ("band", "record"))]
        return list(dict.fromkeys(shapes))

    def _made(self, name: str, make: Callable[[], Table]) -> Table:
        """Return a table, made once however many threads ask for it first."""
        found = self._tables.get(name)
        if found is not None:
            return found
        with self._guard:
            if name not in self._tables:
                self._tables[name] = make()
            return self._tables[name]


def _entity_table(entity: Entity, metadata: MetaData) -> Table:
    if entity.is_system:
        return Table(entity.table, metadata, *[Column(f.column, CodeText(), primary_key=f.name == "id") for f in entity.fields.values()])
    columns = [Column(f.column, column_type(f.storage), primary_key=f.name == "id") for f in entity.fields.values() if f.origin == "system"]
    own = [c for f in entity.fields.values() if f.origin != "system" for c in field_columns(f)]
    # What only sorting and searching read stands last: SQLite walks through a row up to the column it wants.
    own.sort(key=lambda column: column.name.startswith("k_"))
    return Table(entity.table, metadata, *columns, *own, Column("search", CodeText()))


def _links_table(name: str, metadata: MetaData) -> Table:
    return Table(
        name, metadata, Column("record", CodeText(), primary_key=True), Column("target", CodeText(), primary_key=True),
        Column("position", BigInteger(), nullable=False),
    )


def _score_table(name: str, metadata: MetaData) -> Table:
    """Public values first; then what the score itself works with.

    ``computed_*`` are the values before an override; ``shares`` the contribution of each measure in the order of ``form``; ``caps``
    a bit for each cap that held. ``placed_band`` is the last computed band that was not empty and ``band_since`` when it was
    entered, ``last_band`` the last public one; ``wanted`` (1 up, -1 down) a change that is held back since ``wanted_since``.
    ``seq`` rises with every recompute that looked at the row.
    """
    return Table(
        name, metadata, Column("record", CodeText(), primary_key=True), Column("score", Exact(4)), Column("band", CodeText()),
        Column("coverage", Exact(4)), Column("trend", Exact(4)), Column("at", Moment()), Column("computed_score", Exact(4)),
        Column("computed_band", CodeText()), Column("variant", CodeText()), Column("shares", Json()), Column("caps", BigInteger()),
        Column("placed_band", CodeText()), Column("last_band", CodeText()), Column("band_since", Moment()), Column("wanted", BigInteger()),
        Column("wanted_since", Moment()), Column("form", CodeText()), Column("release", BigInteger()),
        Column("seq", BigInteger(), nullable=False, server_default="0"),
    )


def _entity_indexes(entity: Entity) -> list[IndexShape]:
    name = entity.table
    shapes = [IndexShape(name, ("created_at", "id")), IndexShape(name, ("owner",))]
    for field in entity.fields.values():
        if field.origin == "system" or not field.is_stored:
            continue
        if field.storage.kind in ("id", "pair") and field.type.kind == "reference":
            shapes.append(IndexShape(name, (field.column, "deleted_at")))
        elif field.spec.index or field.name == entity.time_field or field.name == entity.title or field.spec.type in ("stage", "choice"):
            shapes.append(IndexShape(name, (key_column(field) if field.storage.sort_key else field.column, "id")))
    for names in entity.keys:
        fields = [entity.fields[n] for n in names]
        if all(f.is_stored for f in fields):
            shapes.append(IndexShape(name, tuple(f.column for f in fields), unique=True))
    return shapes

"""The shapes of stored tables in portable words, so that rows written on one database can be read into the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Double, Integer, MetaData, Table, inspect, select
from sqlalchemy.types import TypeEngine

from tenon.engine.columns import ClockTime, CodeText, Day, Exact, Json, Moment
from tenon.engine.schema.trash import trash
from tenon.engine.tables import Tables
from tenon.metamodel.model import Model
from tenon.platform.all_tables import metadata

# What lets somebody in, or holds answers to somebody, does not leave the database: people sign in again with their passwords.
LEFT_OUT = frozenset({"tenon_session", "tenon_token", "tenon_link", "tenon_decision_link", "tenon_attempt", "tenon_idempotency"})
OWN_NAME = re.compile(r"tenon_[a-z_]{1,50}\Z")
# Entities, links and scores, and the same in the trash.
RECORD_NAME = re.compile(r"x*[els]_[0-9a-f]{32}(?:_[0-9]{1,9})*\Z")
COLUMN_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")
READERS: dict[str, Callable[[Any], Any]] = {
    "exact": Decimal, "date": date.fromisoformat, "datetime": datetime.fromisoformat, "time": time.fromisoformat,
}  # fmt: skip
Lookup = dict[str, dict[str, Column[Any]]]


@dataclass(frozen=True)
class ColumnShape:
    """One column: its name, its kind (``text``, ``exact:2``, ``datetime`` …) and what holds for it."""

    name: str
    kind: str
    is_key: bool = False
    may_be_empty: bool = True
    default: str | None = None

    def build(self) -> Column[Any]:
        """Return a fresh column."""
        return Column(
            self.name, _type(self.kind), primary_key=self.is_key, nullable=self.may_be_empty and not self.is_key, server_default=self.default,
            autoincrement=False,
        )  # fmt: skip

    def read(self, value: Any) -> Any:
        """Return a value of a backup as the column takes it."""
        reader = READERS.get(self.kind.partition(":")[0])
        return value if value is None or reader is None else reader(value)


@dataclass(frozen=True)
class TableShape:
    """One table with its columns in order."""

    name: str
    columns: tuple[ColumnShape, ...]

    @property
    def is_own(self) -> bool:
        """True for tables that migrations make, False for those of releases."""
        return self.name.startswith("tenon_")

    def build(self) -> Table:
        """Return the table, on a metadata of its own."""
        return Table(self.name, MetaData(), *[column.build() for column in self.columns])

    def to_json(self) -> dict[str, Any]:
        """Return the shape as a manifest holds it."""
        columns = [
            {"name": c.name, "kind": c.kind, "key": c.is_key, "empty": c.may_be_empty, "default": c.default} for c in self.columns
        ]
        return {"name": self.name, "columns": columns}


def read_shape(json: Any) -> TableShape:
    """Return the shape that a manifest holds; ValueError when it is none of ours."""
    name, columns = json["name"], json["columns"]
    if not (OWN_NAME.match(name) or RECORD_NAME.match(name)) or name in LEFT_OUT:
        raise ValueError(name)
    read = []
    for each in columns:
        default = each["default"]
        if not COLUMN_NAME.match(each["name"]) or (default is not None and not re.fullmatch(r"-?[0-9]{1,9}", default)):
            raise ValueError(each["name"])
        _type(each["kind"])
        read.append(ColumnShape(each["name"], each["kind"], bool(each["key"]), bool(each["empty"]), default))
    return TableShape(name, tuple(read))


def find_shapes(connection: Connection, model: Model, find_model: Callable[[int], Model]) -> list[TableShape]:
    """Return the shapes of all tables that belong into a backup, Tenon's own first and those they refer to before them."""
    inspector = inspect(connection)
    present = set(inspector.get_table_names())
    own = [table.name for table in metadata.sorted_tables if table.name in present - LEFT_OUT]
    known = _lookup(connection, model, find_model)
    others = sorted(name for name in present if RECORD_NAME.match(name))
    return [_shape(inspector, name, known) for name in [*own, *others]]


def _shape(inspector: Any, name: str, known: Lookup) -> TableShape:
    columns = []
    keys = set(inspector.get_pk_constraint(name)["constrained_columns"])
    for found in inspector.get_columns(name):
        described = known.get(name, {}).get(found["name"])
        kind = kind_of(described.type) if described is not None else _kind_seen(found["type"])
        default = getattr(described.server_default, "arg", None) if described is not None else None
        columns.append(ColumnShape(found["name"], kind, found["name"] in keys, bool(found["nullable"]), str(default) if default is not None else None))
    return TableShape(name, tuple(columns))


def _lookup(connection: Connection, model: Model, find_model: Callable[[int], Model]) -> Lookup:
    """Return what each physical column is: Tenon's own, those of the release, and those in the trash as an earlier release described them."""
    dialect = connection.dialect.name
    known: Lookup = {t.name: dict(t.c.items()) for t in (*metadata.sorted_tables, *Tables(model, dialect).all())}
    rows = connection.execute(select(trash).where(trash.c.state == "kept").order_by(trash.c.kind == "column", trash.c.id)).mappings()
    for row in rows.all():
        earlier = {t.name: t for t in Tables(find_model(row["described_in"]), dialect).all()}
        for name, name_now in row["names"].items():
            if row["kind"] != "column":
                table = earlier.get(name)
                known.setdefault(name_now, {}).update(table.c.items() if table is not None else ())
                continue
            column = next((t.c[name] for t in earlier.values() if name in t.c), None)
            if column is not None:
                known.setdefault(row["table_name"], {})[name_now] = column
    return known


def kind_of(column_type: TypeEngine[Any]) -> str:
    """Return the portable kind of one of our column types."""
    if isinstance(column_type, Exact):
        return f"exact:{column_type.scale}"
    kinds: Iterator[tuple[type[Any], str]] = iter([
        (Day, "date"), (Moment, "datetime"), (ClockTime, "time"), (Json, "json"), (Boolean, "boolean"), (Integer, "integer"), (Double, "double"),
    ])  # fmt: skip
    return next((kind for python, kind in kinds if isinstance(column_type, python)), "text")


def _kind_seen(column_type: TypeEngine[Any]) -> str:
    """Return the kind of a column that no release describes, from what the database says of it."""
    return "integer" if isinstance(column_type, Integer) else "boolean" if isinstance(column_type, Boolean) else "text"


def _type(kind: str) -> TypeEngine[Any]:
    name, _, scale = kind.partition(":")
    if name == "exact" and scale.isdigit() and len(scale) < 3:
        return Exact(int(scale))
    simple: dict[str, TypeEngine[Any]] = {
        "text": CodeText(), "integer": BigInteger(), "boolean": Boolean(), "date": Day(), "datetime": Moment(), "time": ClockTime(),
        "json": Json(), "double": Double(),
    }  # fmt: skip
    if kind not in simple:
        raise ValueError(kind)
    return simple[kind]


def parents_first(rows: Sequence[dict[str, Any]], parent: str) -> list[dict[str, Any]]:
    """Return rows with an ``id`` so that each comes after the one it points to in the same table."""
    children: dict[Any, list[dict[str, Any]]] = {}
    ids = {row["id"] for row in rows}
    for row in rows:
        children.setdefault(row[parent] if row[parent] in ids else None, []).append(row)
    ordered: list[dict[str, Any]] = []
    waiting = list(children.pop(None, []))
    while waiting:
        row = waiting.pop()
        ordered.append(row)
        waiting += children.pop(row["id"], [])
    return [*ordered, *[row for left in children.values() for row in left]]

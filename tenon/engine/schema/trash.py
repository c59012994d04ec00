"""The trash of tables and columns: what was dropped stays in the database under another name until it is emptied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import BigInteger, Column, Connection, Executable, Index, Table, insert, select, update

from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.outside import new_record_id
from tenon.engine.schema import statements as sql
from tenon.engine.store import metadata

KEEP = timedelta(days=30)
TrashKind = Literal["entity", "links", "score", "column"]

trash = Table(
    "tenon_trash",
    metadata,
    Column("id", CodeText, primary_key=True),
    Column("kind", CodeText, nullable=False),  # entity, links and score are whole tables
    Column("table_name", CodeText, nullable=False),  # where it lies now
    Column("names", Json, nullable=False),  # the names it had: {name: name in the trash}
    Column("item_id", CodeText, nullable=False),
    Column("entity_id", CodeText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("release", BigInteger, nullable=False),  # the release that dropped it
    Column("described_in", BigInteger, nullable=False),  # the last release that had it
    Column("purge_at", Moment),  # None: never by itself
    Column("state", CodeText, nullable=False),  # kept, restored, purged
    Index("ix_tenon_trash_item_id", "item_id"),
    Index("ix_tenon_trash_purge_at", "purge_at"),
)


@dataclass(frozen=True)
class Dropped:
    """Something in the trash; ``names`` maps the names it had to those it has now."""

    id: str
    kind: TrashKind
    table_name: str
    names: dict[str, str]
    item_id: str
    entity_id: str
    release: int
    described_in: int


def load_trash(connection: Connection) -> dict[str, list[Dropped]]:
    """Return what is in the trash by item id, the latest first."""
    found: dict[str, list[Dropped]] = {}
    rows = connection.execute(select(trash).where(trash.c.state == "kept").order_by(trash.c.release.desc(), trash.c.id.desc()))
    for row in rows.mappings():
        item = Dropped(*[row[k] for k in ("id", "kind", "table_name", "names", "item_id", "entity_id", "release", "described_in")])
        found.setdefault(item.item_id, []).append(item)
    return found


@dataclass(frozen=True)
class Disposal:
    """How things go to the trash in one plan: by which release, which one had them, when, and how long they are kept."""

    release: int
    described_in: int
    at: datetime
    keep: timedelta | None = KEEP

    def name(self, name: str) -> str:
        """Return the name in the trash; it cannot be taken, as a release drops a thing once."""
        return f"x{name}_{self.release}"

    def register(self, kind: TrashKind, table_name: str, names: dict[str, str], item_id: str, entity_id: str) -> Executable:
        """Return the statement that puts something in the register."""
        purge_at = self.at + self.keep if self.keep is not None else None
        return insert(trash).values(
            id=new_record_id(), kind=kind, table_name=table_name, names=names, item_id=item_id, entity_id=entity_id, at=self.at,
            release=self.release, described_in=self.described_in, purge_at=purge_at, state="kept",
        )  # fmt: skip

    def drop_columns(self, table_name: str, names: Iterable[str], item_id: str, entity_id: str) -> list[Executable]:
        """Return the statements that put columns in the trash."""
        renamed = {name: self.name(name) for name in names}
        renames = [sql.rename_column(table_name, name, new) for name, new in renamed.items()]
        return [*renames, self.register("column", table_name, renamed, item_id, entity_id)]

    def drop_table(self, kind: TrashKind, name: str, item_id: str, entity_id: str) -> list[Executable]:
        """Return the statements that put a table in the trash."""
        new_name = self.name(name)
        return [
            sql.rename_table(name, new_name),
            _moved(name, new_name),
            self.register(kind, new_name, {name: new_name}, item_id, entity_id),
        ]


def bring_back(dropped: Dropped, table_name: str = "") -> list[Executable]:
    """Return the statements that bring something back under the names it had.

    ``table_name`` is where a column lies by then, as its table may have come back in the same plan.
    """
    if dropped.kind == "column":
        moves = [sql.rename_column(table_name or dropped.table_name, new, name) for name, new in dropped.names.items()]
        return [*moves, taken_out(dropped)]
    moves = [sql.rename_table(new, name) for name, new in dropped.names.items()]
    return [*moves, *[_moved(new, name) for name, new in dropped.names.items()], taken_out(dropped)]


def taken_out(dropped: Dropped) -> Executable:
    """Return the statement that takes something out of the register."""
    return update(trash).where(trash.c.id == dropped.id).values(state="restored")


def find_kept(items: Iterable[Dropped], kind: TrashKind, entity_id: str, name: str) -> Dropped | None:
    """Return the latest thing of that kind in the trash that had a name, or None."""
    return next((d for d in items if d.kind == kind and d.entity_id == entity_id and name in d.names), None)


def empty_trash(connection: Connection, now: datetime, *, everything_of: Iterable[str] = (), release: int | None = None) -> int:
    """Drop for good what is due, belongs to the entities named, or was dropped by a release; return how many things that were.

    Whoever calls this is in a schema transaction.
    """
    wanted = (trash.c.purge_at <= now) | trash.c.entity_id.in_(list(everything_of)) | (trash.c.release == (release or 0))
    rows = connection.execute(select(trash).where(trash.c.state == "kept", wanted).order_by(trash.c.kind != "column", trash.c.id))
    dropped = [dict(row) for row in rows.mappings()]
    for row in dropped:
        for statement in _purge(row):
            connection.execute(statement)
    gone = [row["table_name"] for row in dropped if row["kind"] != "column"]
    connection.execute(update(trash).where(trash.c.state == "kept", trash.c.table_name.in_(gone)).values(state="purged"))
    connection.execute(update(trash).where(trash.c.id.in_([row["id"] for row in dropped])).values(state="purged"))
    return len(dropped)


def _purge(row: dict[str, Any]) -> list[Executable]:
    if row["kind"] == "column":
        return [sql.drop_column(row["table_name"], name) for name in row["names"].values()]
    return [sql.drop_table(name) for name in row["names"].values()]


def _moved(name: str, new_name: str) -> Executable:
    """Columns in the trash lie in tables; when such a table is renamed, they are found under its new name."""
    return update(trash).where(trash.c.table_name == name, trash.c.state == "kept").values(table_name=new_name)

"""The queue of what waits for a record: events and rows of imports, each with the key that nobody knew."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Table, tuple_

from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.context import Context
from tenon.engine.sql.inserting import insert_into
from tenon.engine.store import metadata
from tenon.engine.unit_of_work import UnitOfWork

# Asked with the beginning of every transaction, in the words of both databases: where nothing waits, no write has to look.
WAITING = "(SELECT count(*) FROM (SELECT 1 FROM tenon_waiting_row LIMIT 1) AS one)"
ANY_KEY, BY_LINK = "any", "source_link"
"""How a key is looked up: among all keys a customer or a contact has, or among external numbers; else by one field, its id."""

waiting = Table(
    "tenon_waiting_row",
    metadata,
    Column("id", CodeText, primary_key=True),
    Column("kind", CodeText, nullable=False),  # event or row
    Column("entity", CodeText, nullable=False),  # the id of the entity it becomes a record of
    Column("wanted", CodeText, nullable=False),  # the id of the entity of the record it waits for
    Column("by", CodeText, nullable=False),
    Column("system", CodeText, nullable=False),  # '' when the key may be of any system
    Column("key", CodeText, nullable=False),
    Column("content", Json, nullable=False),  # the event, or the values of the row and how they are to be written
    Column("message", CodeText, unique=True),
    Column("import", CodeText),
    Column("row", BigInteger),
    Column("problems", Json),  # why it could not be written although its record is there
    Column("created_by", CodeText),
    Column("roles", Json),  # those it was sent with: nothing is written with more
    Column("created_at", Moment, nullable=False),
)
Index("ix_tenon_waiting_row_key", waiting.c.wanted, waiting.c.key, waiting.c.by, waiting.c.system, waiting.c.id)
Index("ix_tenon_waiting_row_import", waiting.c["import"])


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is waited for: a record of the entity ``entity`` (id) with a key of a system."""

    entity: str
    by: str
    system: str
    key: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Wanted:
        """Return what a row of the table waits for."""
        return cls(row["wanted"], row["by"], row["system"], row["key"])

    def to_columns(self) -> dict[str, str]:
        """Return the columns of the table that hold it."""
        return {"wanted": self.entity, "by": self.by, "system": self.system, "key": self.key}


@dataclass(frozen=True, slots=True)
class Parked:
    """Something that is to wait."""

    kind: str
    entity: str
    wanted: Wanted
    content: Mapping[str, Any]
    message: str | None = None
    import_id: str | None = None
    row: int | None = None


def folded(key: str) -> str:
    """Return a key as the queue holds it: addresses of mail in small letters."""
    return key.lower() if "@" in key else key


def park(uow: UnitOfWork, ctx: Context, parked: Sequence[Parked]) -> None:
    """Let things wait; one whose message waits already is left out."""
    if not parked:
        return
    roles = list(ctx.user.roles) if ctx.user is not None else None
    rows = [
        {"id": uow.new_id(), "kind": p.kind, "entity": p.entity, **p.wanted.to_columns(), "content": dict(p.content), "message": p.message, "import": p.import_id,
         "row": p.row, "problems": None, "created_by": ctx.user_id, "roles": roles, "created_at": uow.now}
        for p in parked
    ]  # fmt: skip
    uow.connection.execute(insert_into(waiting, uow.dialect).on_conflict_do_nothing(index_elements=["message"]), rows)
    uow.has_waiting = True


def is_one_of(wanted: Collection[Wanted]) -> Any:
    """Return the condition of the rows that wait for one of these."""
    columns = (waiting.c.wanted, waiting.c.by, waiting.c.system, waiting.c.key)
    return tuple_(*columns).in_([(w.entity, w.by, w.system, w.key) for w in wanted])

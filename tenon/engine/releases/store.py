"""Reading and writing releases: documents hold from one release to another, so a release costs what it changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from operator import is_
from typing import Any

import orjson
from sqlalchemy import Connection, Text, case, cast, func, insert, or_, select, update

from tenon.engine.people import names_of
from tenon.engine.releases.tables import documents, releases
from tenon.metamodel.changes import document_changes
from tenon.metamodel.document import Document
from tenon.metamodel.errors import not_found
from tenon.metamodel.model import Model
from tenon.metamodel.parse import reread
from tenon.metamodel.snapshot import build

PUBLISH_LOCK = 7_366_001
KEPT_DOCUMENTS, KEPT_MODELS = 2_048, 4
# What every transaction begins with, in the words of both databases.
CURRENT = "(SELECT coalesce(max(number), 0) FROM tenon_release)"
_CURRENT = select(func.coalesce(func.max(releases.c.number), 0))


def current_number(connection: Connection) -> int:
    """Return the number of the published release, 0 before the first."""
    return int(connection.execute(_CURRENT).scalar_one())


def load(connection: Connection, number: int | None = None, known: Model | None = None) -> Model:
    """Return the model of a release, the published one when no number is given; raises NotFound.

    Before the first release it is empty. Models are immutable: the caller keeps and shares them. What an earlier release that is
    ``known`` holds, too, is taken from it.
    """
    current = current_number(connection)
    wanted = current if number is None else number
    if wanted < 0 or wanted > current:
        raise not_found()
    return replace(_built(wanted, _Same(tuple(load_documents(connection, wanted, known)))), cache={})


def load_documents(connection: Connection, number: int, known: Model | None = None) -> list[Document]:
    """Return the documents of a release, by kind and name; only those are read that a ``known`` earlier release has not."""
    holds = documents.c.from_release <= number, or_(documents.c.to_release.is_(None), documents.c.to_release > number)
    since, there = (known.release, known.documents) if known is not None and known.release <= number else (0, {})
    new = case((documents.c.from_release > since, cast(documents.c.json, Text)), else_=None)
    rows = connection.execute(select(documents.c.document_id, new).where(*holds).order_by(documents.c.kind, documents.c.name))
    return [there[document_id] if text is None else _read(text) for document_id, text in rows]


@lru_cache(maxsize=KEPT_DOCUMENTS)
def _read(text: str) -> Document:
    """Return a stored document; releases have most of theirs in common, and what is derived from one is derived once."""
    return reread(orjson.loads(text))


@dataclass(frozen=True, eq=False)
class _Same:
    """Documents that are the same as others when each of them is the very same."""

    documents: tuple[Document, ...]

    def __hash__(self) -> int:
        return hash(tuple(map(id, self.documents)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and len(self.documents) == len(other.documents) and all(map(is_, self.documents, other.documents))


@lru_cache(maxsize=KEPT_MODELS)
def _built(number: int, documents: _Same) -> Model:
    """Return a model whose cache is nobody's: what is kept there may be true of one database only."""
    return build(documents.documents, number)


def lock_publishing(connection: Connection) -> None:
    """Wait until nobody else publishes; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(PUBLISH_LOCK)))


def write_documents(connection: Connection, number: int, old: Iterable[Document], new: Iterable[Document]) -> list[dict[str, Any]]:
    """Write what a release changes and return its summary: ``[{"kind", "name", "change"}]``."""
    pairs = document_changes(old, new)
    ended = [before.id for before, _ in pairs if before is not None]
    if ended:
        open_rows = documents.c.to_release.is_(None), documents.c.document_id.in_(ended)
        connection.execute(update(documents).where(*open_rows).values(to_release=number))
    rows = [
        {"document_id": d.id, "from_release": number, "to_release": None, "kind": d.kind, "name": d.name, "json": d.json}
        for _, d in pairs if d is not None
    ]  # fmt: skip
    if rows:
        connection.execute(insert(documents), rows)
    return [summarise(before, after) for before, after in pairs]


def summarise(before: Document | None, after: Document | None) -> dict[str, Any]:
    """Return one line of what happened to a document."""
    document = after or before
    assert document is not None
    change = "added" if before is None else "removed" if after is None else "changed"
    return {"kind": document.kind, "name": document.name, "change": change}


def write_release(connection: Connection, number: int, at: datetime, by: str | None, **more: Any) -> None:
    """Write the release itself; ``more`` is note, restored_from and summary."""
    connection.execute(insert(releases).values(number=number, at=at, by=by, **more))


def list_releases(connection: Connection, *, before: int | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """Return the releases as the API shows them, newest first; ``before`` a number goes on from there."""
    statement = select(releases).order_by(releases.c.number.desc()).limit(limit)
    rows = connection.execute(statement if before is None else statement.where(releases.c.number < before)).mappings().all()
    people = names_of(connection, [row["by"] for row in rows if row["by"]])
    return [
        {
            "number": row["number"], "at": row["at"].isoformat().replace("+00:00", "Z"), "note": row["note"],
            "by": {"id": row["by"], "title": people.get(row["by"], "")} if row["by"] else None,
            "restored_from": row["restored_from"], "changes": row["summary"],
        }
        for row in rows
    ]  # fmt: skip

"""What is known of uploaded files; their bytes are kept outside, under generated keys."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Index, Table, select, update

from tenon.engine.columns import CodeText, Moment
from tenon.engine.sql.sets import id_set
from tenon.engine.store import metadata

files = Table(
    "tenon_file",
    metadata,
    Column("id", CodeText, primary_key=True),
    Column("key", CodeText, nullable=False, unique=True),
    Column("name", CodeText, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("type", CodeText, nullable=False),
    Column("sha256", CodeText, nullable=False),
    Column("uploaded_by", CodeText, ForeignKey("tenon_user.id")),
    Column("at", Moment, nullable=False),
    Column("state", CodeText, nullable=False),  # new: uploaded and not yet used; kept: a record has it
    Index("ix_tenon_file_state", "state", "at"),
)


def file_url(file_id: str) -> str:
    """Return the address a file is read at."""
    return f"/api/v1/files/{file_id}"


def file_facts(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return ``{"id","name","size","type","url"}`` of files by id."""
    statement = select(files.c.id, files.c.name, files.c.size, files.c.type).where(files.c.id.in_(id_set(connection.dialect.name, ids)))
    return {row.id: {"id": row.id, "name": row.name, "size": row.size, "type": row.type, "url": file_url(row.id)} for row in connection.execute(statement)}


def find_all(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return the rows of files by id; unknown ids are left out."""
    if not ids:
        return {}
    found = select(files).where(files.c.id.in_(id_set(connection.dialect.name, set(ids))))
    return {row["id"]: dict(row) for row in connection.execute(found).mappings()}


def keep(connection: Connection, ids: Collection[str]) -> None:
    """Note that records have these files now."""
    if ids:
        wanted = files.c.id.in_(id_set(connection.dialect.name, set(ids)))
        connection.execute(update(files).where(wanted, files.c.state != "kept").values(state="kept"))

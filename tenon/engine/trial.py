"""Trying something without a trace: empty tables of one connection alone stand in front of the stored ones of the same names.

Both databases look among temporary tables first, so that everything written as ever goes there, and nothing else can be written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from sqlalchemy import Connection, MetaData, Table

Trial = Callable[[], AbstractContextManager[Connection]]
"""Open a connection of its own in a transaction that is rolled back, whatever happens."""

_WRITES = frozenset({sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE})


def shadow(connection: Connection, tables: Iterable[Table]) -> None:
    """Put an empty table in front of each of these; from now on the database refuses to write any stored table."""
    schema = "temp" if connection.dialect.name == "sqlite" else "pg_temp"
    private = MetaData()
    for table in tables:
        table.to_metadata(private, schema=schema)
    private.create_all(connection, checkfirst=False)
    if connection.dialect.name == "sqlite":
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.set_authorizer(_refuse_stored)
    else:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _refuse_stored(action: int, table: str | None, _second: str | None, schema: str | None, _trigger: str | None) -> int:
    # What SQLite asks of its catalogue is about functions that are tables, such as json_each.
    return sqlite3.SQLITE_DENY if action in _WRITES and schema == "main" and table != "sqlite_master" else sqlite3.SQLITE_OK

"""Inserting rows that may be there already: the statement that both databases know and SQLAlchemy has apart."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite


def insert_into(table: Table, dialect: str) -> Any:
    """Return the statement that inserts into a table and takes ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return insert_postgresql(table) if dialect == "postgresql" else insert_sqlite(table)

"""What the database holds against what the code declares: Tenon's own tables only, never those of entities."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata, produce_migrations
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from tenon.platform.all_tables import metadata

VERSION_TABLE = "tenon_revision"


def differences(connection: Connection) -> list[Any]:
    """Return what would have to change for the tables to be as the code declares them; empty when they are."""
    return list(compare_metadata(_context(connection), metadata))


def changes(connection: Connection) -> MigrationScript:
    """Return the operations that would bring the tables to what the code declares."""
    return produce_migrations(_context(connection), metadata)


def _context(connection: Connection) -> MigrationContext:
    options = {"include_name": _is_ours, "compare_type": True, "compare_server_default": True, "version_table": VERSION_TABLE}
    return MigrationContext.configure(connection, opts=options)


def _is_ours(name: str | None, kind: str, parents: Any) -> bool:
    if kind == "table":
        return (name or "").startswith("tenon_") and name != VERSION_TABLE
    return True

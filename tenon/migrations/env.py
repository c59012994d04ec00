"""Alembic's entry: runs the revisions on the connection it is given."""

from __future__ import annotations

from alembic import context

from tenon.migrations.compare import VERSION_TABLE
from tenon.platform.all_tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
    # The caller opens one transaction a revision, so a killed process leaves whole revisions only.
    transaction_per_migration=False,
    render_as_batch=True,
)
context.run_migrations()

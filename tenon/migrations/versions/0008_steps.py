"""The steps of designing a document, so that they can be undone; nobody has any yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_draft_step',
    sa.Column('document_id', columns.CodeText(), nullable=False),
    sa.Column('number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('by', columns.CodeText(), nullable=True),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('before', columns.Json(), nullable=False),
    sa.Column('after', columns.Json(), nullable=False),
    sa.Column('from_revision', columns.CodeText(), nullable=False),
    sa.Column('to_revision', columns.CodeText(), nullable=False),
    sa.Column('is_undone', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('document_id', 'number', name=op.f('pk_tenon_draft_step'))
    )

"""Ranges of large writes, and the trash by batch; nothing that exists has to be filled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_range',
    sa.Column('batch', columns.CodeText(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('step', columns.CodeText(), nullable=False),
    sa.Column('entity', columns.CodeText(), nullable=False),
    sa.Column('field', columns.CodeText(), nullable=True),
    sa.Column('records', columns.Json(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('batch', 'number', name=op.f('pk_tenon_range'))
    )
    op.create_index('ix_tenon_deleted_record_batch', 'tenon_deleted_record', ['batch'], unique=False)

"""Pairs of records that look alike, and the keys by which they find each other; filled by the sweep that follows the publish of a matching."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_duplicate',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('entity', columns.CodeText(), nullable=False),
    sa.Column('first', columns.CodeText(), nullable=False),
    sa.Column('second', columns.CodeText(), nullable=False),
    sa.Column('score', columns.Exact(4), nullable=False),
    sa.Column('reasons', columns.Json(), nullable=False),
    sa.Column('matching', columns.CodeText(), nullable=False),
    sa.Column('state', columns.CodeText(), nullable=False),
    sa.Column('found_at', columns.Moment(), nullable=False),
    sa.Column('decided_at', columns.Moment(), nullable=True),
    sa.Column('decided_by', columns.CodeText(), nullable=True),
    sa.Column('batch', columns.CodeText(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_duplicate'))
    )
    op.create_index('ix_tenon_duplicate_batch', 'tenon_duplicate', ['batch'], unique=False)
    op.create_index('ix_tenon_duplicate_queue', 'tenon_duplicate', ['entity', 'state', 'score', 'id'], unique=False)
    op.create_index('ix_tenon_duplicate_second', 'tenon_duplicate', ['second'], unique=False)
    op.create_index('ux_tenon_duplicate_pair', 'tenon_duplicate', ['first', 'second'], unique=True)
    op.create_table('tenon_duplicate_key',
    sa.Column('matching', columns.CodeText(), nullable=False),
    sa.Column('key', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.PrimaryKeyConstraint('matching', 'key', 'record', name=op.f('pk_tenon_duplicate_key'))
    )
    op.create_index('ix_tenon_duplicate_key_record', 'tenon_duplicate_key', ['record'], unique=False)

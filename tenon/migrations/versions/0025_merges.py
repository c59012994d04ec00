"""Which records were merged into which, and what followed them; until now none were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_merge',
    sa.Column('batch', columns.CodeText(), nullable=False),
    sa.Column('absorbed', columns.CodeText(), nullable=False),
    sa.Column('entity', columns.CodeText(), nullable=False),
    sa.Column('survivor', columns.CodeText(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('by', columns.CodeText(), nullable=True),
    sa.Column('choices', columns.Json(), nullable=False),
    sa.Column('log', columns.CodeText(), nullable=True),
    sa.Column('undone_at', columns.Moment(), nullable=True),
    sa.PrimaryKeyConstraint('batch', 'absorbed', name=op.f('pk_tenon_merge'))
    )
    op.create_index('ix_tenon_merge_absorbed', 'tenon_merge', ['absorbed'], unique=False)
    op.create_index('ix_tenon_merge_survivor', 'tenon_merge', ['survivor'], unique=False)
    op.create_table('tenon_merge_moved',
    sa.Column('batch', columns.CodeText(), nullable=False),
    sa.Column('what', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('was', columns.CodeText(), nullable=False),
    sa.PrimaryKeyConstraint('batch', 'what', 'record', 'was', name=op.f('pk_tenon_merge_moved'))
    )

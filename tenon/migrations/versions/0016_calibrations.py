"""How well scores foresee, looked at from time to time; nothing was looked at yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_score_calibration',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('score', columns.CodeText(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('release', sa.BigInteger(), nullable=True),
    sa.Column('figures', columns.Json(), nullable=False),
    sa.Column('proposal', columns.Json(), nullable=True),
    sa.Column('accepted_at', columns.Moment(), nullable=True),
    sa.Column('accepted_by', columns.CodeText(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_score_calibration'))
    )
    op.create_index('ix_tenon_score_calibration_score', 'tenon_score_calibration', ['score', 'id'], unique=False)

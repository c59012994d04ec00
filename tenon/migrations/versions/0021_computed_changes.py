"""How computed numbers changed that a rule watches for a fall; no rule watched one yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_computed_change',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('field', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('before', columns.CodeText(), nullable=True),
    sa.Column('after', columns.CodeText(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_computed_change'))
    )
    op.create_index('ix_tenon_computed_change_record', 'tenon_computed_change', ['field', 'record', 'id'], unique=False)

"""What waits for the record it belongs to, and how imports name records of other systems; until now nothing waited."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_waiting_row',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('kind', columns.CodeText(), nullable=False),
    sa.Column('entity', columns.CodeText(), nullable=False),
    sa.Column('wanted', columns.CodeText(), nullable=False),
    sa.Column('by', columns.CodeText(), nullable=False),
    sa.Column('system', columns.CodeText(), nullable=False),
    sa.Column('key', columns.CodeText(), nullable=False),
    sa.Column('content', columns.Json(), nullable=False),
    sa.Column('message', columns.CodeText(), nullable=True),
    sa.Column('import', columns.CodeText(), nullable=True),
    sa.Column('row', sa.BigInteger(), nullable=True),
    sa.Column('problems', columns.Json(), nullable=True),
    sa.Column('created_by', columns.CodeText(), nullable=True),
    sa.Column('roles', columns.Json(), nullable=True),
    sa.Column('created_at', columns.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_waiting_row')),
    sa.UniqueConstraint('message', name=op.f('uq_tenon_waiting_row_message'))
    )
    op.create_index('ix_tenon_waiting_row_import', 'tenon_waiting_row', ['import'], unique=False)
    op.create_index('ix_tenon_waiting_row_key', 'tenon_waiting_row', ['wanted', 'key', 'by', 'system', 'id'], unique=False)
    op.add_column('tenon_import', sa.Column('systems', columns.Json(), nullable=True))
    op.add_column('tenon_import', sa.Column('unmatched', columns.CodeText(), nullable=True))

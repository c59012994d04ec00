"""Connectors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_connector_link',
    sa.Column('system', columns.CodeText(), nullable=False),
    sa.Column('entity', columns.CodeText(), nullable=False),
    sa.Column('external_id', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('theirs', columns.Json(), nullable=False),
    sa.Column('ours', columns.Json(), nullable=False),
    sa.Column('synced_at', columns.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('system', 'entity', 'external_id', name=op.f('pk_tenon_connector_link'))
    )
    op.create_index('ix_tenon_connector_link_record', 'tenon_connector_link', ['system', 'entity', 'record'], unique=True)
    op.create_table('tenon_connector_run',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('connector', columns.CodeText(), nullable=False),
    sa.Column('is_dry', sa.Boolean(), nullable=False),
    sa.Column('state', columns.CodeText(), nullable=False),
    sa.Column('started_at', columns.Moment(), nullable=False),
    sa.Column('ended_at', columns.Moment(), nullable=True),
    sa.Column('counts', columns.Json(), nullable=False),
    sa.Column('errors', columns.Json(), nullable=False),
    sa.Column('rows', columns.Json(), nullable=False),
    sa.Column('lag_seconds', sa.BigInteger(), nullable=True),
    sa.Column('created_by', columns.CodeText(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_connector_run'))
    )
    op.create_index('ix_tenon_connector_run_connector', 'tenon_connector_run', ['connector', 'id'], unique=False)
    op.create_table('tenon_connector_state',
    sa.Column('connector', columns.CodeText(), nullable=False),
    sa.Column('is_paused', sa.Boolean(), nullable=False),
    sa.Column('shape', columns.CodeText(), nullable=False),
    sa.Column('place', columns.Json(), nullable=False),
    sa.Column('fresh_at', columns.Moment(), nullable=True),
    sa.PrimaryKeyConstraint('connector', name=op.f('pk_tenon_connector_state'))
    )
    op.create_table('tenon_connector_waiting',
    sa.Column('connector', columns.CodeText(), nullable=False),
    sa.Column('way', columns.CodeText(), nullable=False),
    sa.Column('key', columns.CodeText(), nullable=False),
    sa.Column('row', columns.CodeText(), nullable=True),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('problems', columns.Json(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', columns.Moment(), nullable=True),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('connector', 'way', 'key', name=op.f('pk_tenon_connector_waiting'))
    )

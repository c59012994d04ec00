"""Deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_delivery',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('kind', columns.CodeText(), nullable=False),
    sa.Column('channel', columns.CodeText(), nullable=False),
    sa.Column('endpoint', columns.CodeText(), nullable=False),
    sa.Column('order_key', columns.CodeText(), nullable=True),
    sa.Column('title', columns.CodeText(), nullable=False),
    sa.Column('payload', columns.Json(), nullable=False),
    sa.Column('state', columns.CodeText(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', columns.Moment(), nullable=True),
    sa.Column('lease_until', columns.Moment(), nullable=True),
    sa.Column('problem', columns.Json(), nullable=True),
    sa.Column('answer', columns.Json(), nullable=True),
    sa.Column('cause', columns.Json(), nullable=True),
    sa.Column('entity', columns.CodeText(), nullable=True),
    sa.Column('record', columns.CodeText(), nullable=True),
    sa.Column('created_at', columns.Moment(), nullable=False),
    sa.Column('ended_at', columns.Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_delivery'))
    )
    op.create_index('ix_tenon_delivery_ended_at', 'tenon_delivery', ['ended_at'], unique=False)
    op.create_index('ix_tenon_delivery_open', 'tenon_delivery', ['channel', 'endpoint', 'id'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('ix_tenon_delivery_order', 'tenon_delivery', ['order_key', 'id'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('ix_tenon_delivery_state', 'tenon_delivery', ['state', 'id'], unique=False)

"""Webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_hook',
    sa.Column('rule', columns.CodeText(), nullable=False),
    sa.Column('token', columns.CodeText(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_by', columns.CodeText(), nullable=True),
    sa.Column('created_at', columns.Moment(), nullable=False),
    sa.Column('last_at', columns.Moment(), nullable=True),
    sa.PrimaryKeyConstraint('rule', name=op.f('pk_tenon_hook')),
    sa.UniqueConstraint('token', name=op.f('uq_tenon_hook_token'))
    )
    op.create_table('tenon_hook_call',
    sa.Column('rule', columns.CodeText(), nullable=False),
    sa.Column('call', columns.CodeText(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('answer', columns.Json(), nullable=False),
    sa.PrimaryKeyConstraint('rule', 'call', name=op.f('pk_tenon_hook_call'))
    )
    op.create_index('ix_tenon_hook_call_at', 'tenon_hook_call', ['at'], unique=False)
    op.create_table('tenon_webhook',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('name', columns.CodeText(), nullable=False),
    sa.Column('url', columns.CodeText(), nullable=False),
    sa.Column('events', columns.Json(), nullable=False),
    sa.Column('role', columns.CodeText(), nullable=True),
    sa.Column('is_on', sa.Boolean(), nullable=False),
    sa.Column('off_because', columns.CodeText(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_secret_at', columns.Moment(), nullable=True),
    sa.Column('created_by', columns.CodeText(), nullable=True),
    sa.Column('created_at', columns.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_webhook'))
    )

"""Saved views; nothing that exists has to be filled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_view',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('entity_id', columns.CodeText(), nullable=False),
    sa.Column('name', columns.CodeText(), nullable=False),
    sa.Column('shared_with', columns.CodeText(), nullable=False),
    sa.Column('owner', columns.CodeText(), nullable=False),
    sa.Column('unit', columns.CodeText(), nullable=True),
    sa.Column('json', columns.Json(), nullable=False),
    sa.Column('created_at', columns.Moment(), nullable=False),
    sa.Column('updated_at', columns.Moment(), nullable=False),
    sa.ForeignKeyConstraint(['owner'], ['tenon_user.id'], name=op.f('fk_tenon_view_owner')),
    sa.ForeignKeyConstraint(['unit'], ['tenon_unit.id'], name=op.f('fk_tenon_view_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_view'))
    )
    op.create_index('ix_tenon_view_entity', 'tenon_view', ['entity_id', 'name'], unique=False)
    op.create_index(op.f('ix_tenon_view_owner'), 'tenon_view', ['owner'], unique=False)

"""Deciding."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_absence',
    sa.Column('person', columns.CodeText(), nullable=False),
    sa.Column('delegate', columns.CodeText(), nullable=False),
    sa.Column('since', columns.Moment(), nullable=False),
    sa.Column('until', columns.Moment(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('person', name=op.f('pk_tenon_absence'))
    )
    op.create_index('ix_tenon_absence_delegate', 'tenon_absence', ['delegate'], unique=False)
    op.create_table('tenon_decision_link',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('task', columns.CodeText(), nullable=False),
    sa.Column('person', columns.CodeText(), nullable=False),
    sa.Column('expires_at', columns.Moment(), nullable=False),
    sa.Column('used_at', columns.Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_decision_link'))
    )
    op.create_index('ix_tenon_decision_link_expires_at', 'tenon_decision_link', ['expires_at'], unique=False)
    op.create_index('ix_tenon_decision_link_task', 'tenon_decision_link', ['task', 'person'], unique=False)
    op.create_table('tenon_flow_copy',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('task', columns.CodeText(), nullable=False),
    sa.Column('person', columns.CodeText(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_flow_copy'))
    )
    op.create_index('ix_tenon_flow_copy_person', 'tenon_flow_copy', ['person', 'id'], unique=False)
    op.create_index('ix_tenon_flow_copy_task', 'tenon_flow_copy', ['task'], unique=False)
    op.add_column('tenon_flow_task_person', sa.Column('instead_of', columns.CodeText(), nullable=True))
    op.add_column('tenon_flow_task_person', sa.Column('beside', columns.CodeText(), nullable=True))
    op.add_column('tenon_flow_task_person', sa.Column('side', columns.CodeText(), nullable=True))

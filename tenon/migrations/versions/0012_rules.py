"""Runs of rules, evaluations that did not fire, records that conditions hold for, and turns; no rule has run yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_rule_run',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('rule', columns.CodeText(), nullable=False),
    sa.Column('entity', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('root', columns.CodeText(), nullable=False),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.Column('state', columns.CodeText(), nullable=False),
    sa.Column('reason', columns.CodeText(), nullable=True),
    sa.Column('once', columns.CodeText(), nullable=True),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('due_at', columns.Moment(), nullable=False),
    sa.Column('ended_at', columns.Moment(), nullable=True),
    sa.Column('took_ms', sa.BigInteger(), nullable=True),
    sa.Column('release', sa.Integer(), nullable=False),
    sa.Column('by', columns.CodeText(), nullable=True),
    sa.Column('cause', columns.Json(), nullable=False),
    sa.Column('facts', columns.Json(), nullable=False),
    sa.Column('parts', columns.Json(), nullable=False),
    sa.Column('effects', columns.Json(), nullable=True),
    sa.Column('problem', columns.Json(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_rule_run')),
    sa.UniqueConstraint('once', name=op.f('uq_tenon_rule_run_once'))
    )
    op.create_index('ix_tenon_rule_run_rule', 'tenon_rule_run', ['rule', 'id'], unique=False)
    op.create_index('ix_tenon_rule_run_root', 'tenon_rule_run', ['root', 'state'], unique=False)
    op.create_index('ix_tenon_rule_run_record', 'tenon_rule_run', ['record', 'rule'], unique=False)
    op.create_table('tenon_rule_miss',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('rule', columns.CodeText(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.Column('parts', columns.Json(), nullable=False),
    sa.Column('records', columns.Json(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_rule_miss'))
    )
    op.create_index('ix_tenon_rule_miss_rule', 'tenon_rule_miss', ['rule', 'id'], unique=False)
    op.create_table('tenon_rule_member',
    sa.Column('rule', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('since', columns.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('rule', 'record', name=op.f('pk_tenon_rule_member'))
    )
    op.create_table('tenon_rule_turn',
    sa.Column('rule', columns.CodeText(), nullable=False),
    sa.Column('person', columns.CodeText(), nullable=False),
    sa.Column('turn', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('rule', 'person', name=op.f('pk_tenon_rule_turn'))
    )

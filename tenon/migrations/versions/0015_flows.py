"""Workflows: versions, instances, tokens, passages, tasks of people; no workflow has run yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    _create_flow_instance()
    _create_flow_passage()
    _create_flow_task()
    _create_flow_task_person()
    _create_flow_token()
    _create_flow_version()


def _create_flow_instance() -> None:
    op.create_table('tenon_flow_instance',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('workflow', columns.CodeText(), nullable=False),
    sa.Column('version', columns.CodeText(), nullable=False),
    sa.Column('release', sa.Integer(), nullable=False),
    sa.Column('entity', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('state', columns.CodeText(), nullable=False),
    sa.Column('reason', columns.CodeText(), nullable=True),
    sa.Column('once', columns.CodeText(), nullable=True),
    sa.Column('parent', columns.CodeText(), nullable=True),
    sa.Column('by', columns.CodeText(), nullable=True),
    sa.Column('root', columns.CodeText(), nullable=False),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.Column('cause', columns.Json(), nullable=False),
    sa.Column('started_at', columns.Moment(), nullable=False),
    sa.Column('ended_at', columns.Moment(), nullable=True),
    sa.Column('problem', columns.Json(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_flow_instance')),
    sa.UniqueConstraint('once', name=op.f('uq_tenon_flow_instance_once'))
    )
    op.create_index('ix_tenon_flow_instance_parent', 'tenon_flow_instance', ['parent'], unique=False)
    op.create_index('ix_tenon_flow_instance_record', 'tenon_flow_instance', ['record', 'id'], unique=False)
    op.create_index('ix_tenon_flow_instance_workflow', 'tenon_flow_instance', ['workflow', 'state', 'id'], unique=False)


def _create_flow_passage() -> None:
    op.create_table('tenon_flow_passage',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('instance', columns.CodeText(), nullable=False),
    sa.Column('workflow', columns.CodeText(), nullable=False),
    sa.Column('token', columns.CodeText(), nullable=False),
    sa.Column('step', columns.CodeText(), nullable=False),
    sa.Column('type', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('left_at', columns.Moment(), nullable=True),
    sa.Column('outcome', columns.CodeText(), nullable=True),
    sa.Column('effects', columns.Json(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_flow_passage'))
    )
    op.create_index('ix_tenon_flow_passage_instance', 'tenon_flow_passage', ['instance', 'id'], unique=False)
    op.create_index('ix_tenon_flow_passage_record', 'tenon_flow_passage', ['record', 'type', 'at'], unique=False)


def _create_flow_task() -> None:
    op.create_table('tenon_flow_task',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('instance', columns.CodeText(), nullable=False),
    sa.Column('token', columns.CodeText(), nullable=False),
    sa.Column('workflow', columns.CodeText(), nullable=False),
    sa.Column('version', columns.CodeText(), nullable=False),
    sa.Column('step', columns.CodeText(), nullable=False),
    sa.Column('type', columns.CodeText(), nullable=False),
    sa.Column('entity', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('title', columns.Json(), nullable=False),
    sa.Column('description', columns.Json(), nullable=True),
    sa.Column('form', columns.CodeText(), nullable=True),
    sa.Column('role', columns.CodeText(), nullable=True),
    sa.Column('unit', columns.CodeText(), nullable=True),
    sa.Column('mode', columns.CodeText(), nullable=False),
    sa.Column('share', columns.CodeText(), nullable=True),
    sa.Column('state', columns.CodeText(), nullable=False),
    sa.Column('outcome', columns.CodeText(), nullable=True),
    sa.Column('comment', columns.CodeText(), nullable=True),
    sa.Column('due_at', columns.Moment(), nullable=True),
    sa.Column('reminded_at', columns.Moment(), nullable=True),
    sa.Column('escalated_at', columns.Moment(), nullable=True),
    sa.Column('created_at', columns.Moment(), nullable=False),
    sa.Column('done_at', columns.Moment(), nullable=True),
    sa.Column('done_by', columns.CodeText(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_flow_task'))
    )
    op.create_index('ix_tenon_flow_task_instance', 'tenon_flow_task', ['instance'], unique=False)
    op.create_index('ix_tenon_flow_task_record', 'tenon_flow_task', ['record', 'state'], unique=False)
    op.create_index('ix_tenon_flow_task_role', 'tenon_flow_task', ['role', 'state'], unique=False)
    op.create_index('ix_tenon_flow_task_token', 'tenon_flow_task', ['token'], unique=False)


def _create_flow_task_person() -> None:
    op.create_table('tenon_flow_task_person',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('task', columns.CodeText(), nullable=False),
    sa.Column('person', columns.CodeText(), nullable=False),
    sa.Column('order', sa.Integer(), nullable=False),
    sa.Column('state', columns.CodeText(), nullable=False),
    sa.Column('decided_by', columns.CodeText(), nullable=True),
    sa.Column('decided_at', columns.Moment(), nullable=True),
    sa.Column('comment', columns.CodeText(), nullable=True),
    sa.Column('added_by', columns.CodeText(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_flow_task_person'))
    )
    op.create_index('ix_tenon_flow_task_person_person', 'tenon_flow_task_person', ['person', 'state'], unique=False)
    op.create_index('ix_tenon_flow_task_person_task', 'tenon_flow_task_person', ['task', 'order'], unique=False)


def _create_flow_token() -> None:
    op.create_table('tenon_flow_token',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('instance', columns.CodeText(), nullable=False),
    sa.Column('workflow', columns.CodeText(), nullable=False),
    sa.Column('version', columns.CodeText(), nullable=False),
    sa.Column('entity', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('step', columns.CodeText(), nullable=False),
    sa.Column('state', columns.CodeText(), nullable=False),
    sa.Column('woken', columns.CodeText(), nullable=True),
    sa.Column('answer', columns.CodeText(), nullable=True),
    sa.Column('waits_for', columns.CodeText(), nullable=True),
    sa.Column('event', columns.CodeText(), nullable=True),
    sa.Column('due_at', columns.Moment(), nullable=True),
    sa.Column('listens', sa.Boolean(), nullable=False),
    sa.Column('news_at', columns.Moment(), nullable=True),
    sa.Column('parent', columns.CodeText(), nullable=True),
    sa.Column('passage', columns.CodeText(), nullable=True),
    sa.Column('root', columns.CodeText(), nullable=False),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_flow_token'))
    )
    op.create_index('ix_tenon_flow_token_due', 'tenon_flow_token', ['workflow', 'due_at'], unique=False, sqlite_where=sa.text("state = 'waiting' AND due_at IS NOT NULL"), postgresql_where=sa.text("state = 'waiting' AND due_at IS NOT NULL"))
    op.create_index('ix_tenon_flow_token_instance', 'tenon_flow_token', ['instance'], unique=False)
    op.create_index('ix_tenon_flow_token_parent', 'tenon_flow_token', ['parent'], unique=False)
    op.create_index('ix_tenon_flow_token_ready', 'tenon_flow_token', ['workflow', 'id'], unique=False, sqlite_where=sa.text("state = 'ready' OR news_at IS NOT NULL"), postgresql_where=sa.text("state = 'ready' OR news_at IS NOT NULL"))
    op.create_index('ix_tenon_flow_token_record', 'tenon_flow_token', ['record', 'listens'], unique=False)
    op.create_index('ix_tenon_flow_token_workflow', 'tenon_flow_token', ['workflow', 'step'], unique=False)


def _create_flow_version() -> None:
    op.create_table('tenon_flow_version',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('workflow', columns.CodeText(), nullable=False),
    sa.Column('release', sa.Integer(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('json', columns.Json(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_flow_version'))
    )

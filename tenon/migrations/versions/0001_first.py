"""The tables of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    op.create_table('tenon_attempt',
    sa.Column('account', columns.CodeText(), nullable=False),
    sa.Column('address', columns.CodeText(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_at', columns.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('account', 'address', name=op.f('pk_tenon_attempt'))
    )
    op.create_index(op.f('ix_tenon_attempt_last_at'), 'tenon_attempt', ['last_at'], unique=False)
    op.create_table('tenon_audit',
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('user_id', columns.CodeText(), nullable=True),
    sa.Column('address', columns.CodeText(), nullable=True),
    sa.Column('action', columns.CodeText(), nullable=False),
    sa.Column('kind', columns.CodeText(), nullable=True),
    sa.Column('target', columns.CodeText(), nullable=True),
    sa.Column('detail', columns.CodeText(), nullable=False),
    sa.Column('previous', columns.CodeText(), nullable=False),
    sa.Column('hash', columns.CodeText(), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_tenon_audit'))
    )
    op.create_index('ix_tenon_audit_action', 'tenon_audit', ['action', 'seq'], unique=False)
    op.create_index('ix_tenon_audit_target', 'tenon_audit', ['kind', 'target', 'seq'], unique=False)
    op.create_index('ix_tenon_audit_user', 'tenon_audit', ['user_id', 'seq'], unique=False)
    op.create_table('tenon_counter',
    sa.Column('field', columns.CodeText(), nullable=False),
    sa.Column('period', columns.CodeText(), nullable=False),
    sa.Column('last', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('field', 'period', name=op.f('pk_tenon_counter'))
    )
    op.create_table('tenon_deleted_record',
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('entity', columns.CodeText(), nullable=False),
    sa.Column('root', columns.CodeText(), nullable=False),
    sa.Column('batch', columns.CodeText(), nullable=True),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('by', columns.CodeText(), nullable=True),
    sa.PrimaryKeyConstraint('record', name=op.f('pk_tenon_deleted_record'))
    )
    op.create_index('ix_tenon_deleted_record_at', 'tenon_deleted_record', ['at'], unique=False)
    op.create_index('ix_tenon_deleted_record_root', 'tenon_deleted_record', ['root'], unique=False)
    op.create_table('tenon_document',
    sa.Column('document_id', columns.CodeText(), nullable=False),
    sa.Column('from_release', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('to_release', sa.BigInteger(), nullable=True),
    sa.Column('kind', columns.CodeText(), nullable=False),
    sa.Column('name', columns.CodeText(), nullable=False),
    sa.Column('json', columns.Json(), nullable=False),
    sa.PrimaryKeyConstraint('document_id', 'from_release', name=op.f('pk_tenon_document'))
    )
    op.create_index('ix_tenon_document_to_release', 'tenon_document', ['to_release', 'from_release'], unique=False)
    op.create_table('tenon_draft',
    sa.Column('document_id', columns.CodeText(), nullable=False),
    sa.Column('kind', columns.CodeText(), nullable=False),
    sa.Column('name', columns.CodeText(), nullable=False),
    sa.Column('json', columns.Json(), nullable=True),
    sa.Column('revision', columns.CodeText(), nullable=False),
    sa.Column('base_release', sa.BigInteger(), nullable=False),
    sa.Column('by', columns.CodeText(), nullable=True),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('document_id', name=op.f('pk_tenon_draft'))
    )
    op.create_table('tenon_history',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('entity', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('action', columns.CodeText(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('by', columns.CodeText(), nullable=True),
    sa.Column('cause', columns.Json(), nullable=False),
    sa.Column('batch', columns.CodeText(), nullable=True),
    sa.Column('changes', columns.Json(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_history'))
    )
    op.create_index('ix_tenon_history_batch', 'tenon_history', ['batch'], unique=False)
    op.create_index('ix_tenon_history_record', 'tenon_history', ['record', 'id'], unique=False)
    op.create_table('tenon_idempotency',
    sa.Column('user_id', columns.CodeText(), nullable=False),
    sa.Column('key', columns.CodeText(), nullable=False),
    sa.Column('path_hash', columns.CodeText(), nullable=False),
    sa.Column('body_hash', columns.CodeText(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('body', columns.CodeText(), nullable=False),
    sa.Column('location', columns.CodeText(), nullable=True),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('user_id', 'key', name=op.f('pk_tenon_idempotency'))
    )
    op.create_index(op.f('ix_tenon_idempotency_at'), 'tenon_idempotency', ['at'], unique=False)
    op.create_table('tenon_import',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('entity', columns.CodeText(), nullable=False),
    sa.Column('file_name', columns.CodeText(), nullable=False),
    sa.Column('file_key', columns.CodeText(), nullable=False),
    sa.Column('mode', columns.CodeText(), nullable=False),
    sa.Column('match_on', columns.Json(), nullable=False),
    sa.Column('mapping', columns.Json(), nullable=True),
    sa.Column('on_error', columns.CodeText(), nullable=False),
    sa.Column('dry_run', sa.Boolean(), nullable=False),
    sa.Column('job', columns.CodeText(), nullable=True),
    sa.Column('created_by', columns.CodeText(), nullable=True),
    sa.Column('created_at', columns.Moment(), nullable=False),
    sa.Column('undone_at', columns.Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_import'))
    )
    op.create_index('ix_tenon_import_created_by', 'tenon_import', ['created_by', 'id'], unique=False)
    op.create_table('tenon_import_refusal',
    sa.Column('import', columns.CodeText(), nullable=False),
    sa.Column('row', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('cells', columns.Json(), nullable=False),
    sa.Column('problems', columns.Json(), nullable=False),
    sa.PrimaryKeyConstraint('import', 'row', name=op.f('pk_tenon_import_refusal'))
    )
    op.create_table('tenon_job',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('kind', columns.CodeText(), nullable=False),
    sa.Column('payload', columns.Json(), nullable=False),
    sa.Column('queue', columns.CodeText(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('due_at', columns.Moment(), nullable=True),
    sa.Column('retry_at', columns.Moment(), nullable=True),
    sa.Column('unique_key', columns.CodeText(), nullable=True),
    sa.Column('key_until', columns.CodeText(), nullable=False),
    sa.Column('state', columns.CodeText(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('max_attempts', sa.Integer(), nullable=False),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('lease_until', columns.Moment(), nullable=True),
    sa.Column('worker', columns.CodeText(), nullable=True),
    sa.Column('done_count', sa.BigInteger(), nullable=False),
    sa.Column('total_count', sa.BigInteger(), nullable=True),
    sa.Column('result', columns.Json(), nullable=True),
    sa.Column('errors', columns.Json(), nullable=True),
    sa.Column('checkpoint', columns.Json(), nullable=True),
    sa.Column('cancel_requested', sa.Boolean(), nullable=False),
    sa.Column('created_by', columns.CodeText(), nullable=True),
    sa.Column('created_at', columns.Moment(), nullable=False),
    sa.Column('started_at', columns.Moment(), nullable=True),
    sa.Column('ended_at', columns.Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_job')),
    sa.UniqueConstraint('unique_key', name=op.f('uq_tenon_job_unique_key'))
    )
    op.create_index('ix_tenon_job_at_once', 'tenon_job', ['priority', 'id'], unique=False, sqlite_where=sa.text("state = 'queued' AND due_at IS NULL AND retry_at IS NULL"), postgresql_where=sa.text("state = 'queued' AND due_at IS NULL AND retry_at IS NULL"))
    op.create_index('ix_tenon_job_due', 'tenon_job', ['due_at'], unique=False, sqlite_where=sa.text("state = 'queued' AND due_at IS NOT NULL"), postgresql_where=sa.text("state = 'queued' AND due_at IS NOT NULL"))
    op.create_index('ix_tenon_job_ended_at', 'tenon_job', ['ended_at'], unique=False)
    op.create_index('ix_tenon_job_kind', 'tenon_job', ['kind', 'id'], unique=False)
    op.create_index('ix_tenon_job_retry', 'tenon_job', ['retry_at'], unique=False, sqlite_where=sa.text("state = 'queued' AND retry_at IS NOT NULL"), postgresql_where=sa.text("state = 'queued' AND retry_at IS NOT NULL"))
    op.create_index('ix_tenon_job_running', 'tenon_job', ['lease_until'], unique=False, sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'"))
    op.create_table('tenon_release',
    sa.Column('number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('by', columns.CodeText(), nullable=True),
    sa.Column('note', columns.CodeText(), nullable=True),
    sa.Column('restored_from', sa.BigInteger(), nullable=True),
    sa.Column('summary', columns.Json(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_tenon_release'))
    )
    op.create_table('tenon_schedule',
    sa.Column('name', columns.CodeText(), nullable=False),
    sa.Column('cron', columns.CodeText(), nullable=False),
    sa.Column('kind', columns.CodeText(), nullable=False),
    sa.Column('payload', columns.Json(), nullable=False),
    sa.Column('queue', columns.CodeText(), nullable=False),
    sa.Column('catch_up', columns.CodeText(), nullable=False),
    sa.Column('next_at', columns.Moment(), nullable=True),
    sa.Column('last_at', columns.Moment(), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_tenon_schedule'))
    )
    op.create_index(op.f('ix_tenon_schedule_next_at'), 'tenon_schedule', ['next_at'], unique=False)
    op.create_table('tenon_score_cut',
    sa.Column('score', columns.CodeText(), nullable=False),
    sa.Column('call', columns.CodeText(), nullable=False),
    sa.Column('value', sa.Double(), nullable=False),
    sa.Column('at_or_below', sa.BigInteger(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('score', 'call', 'value', name=op.f('pk_tenon_score_cut'))
    )
    op.create_table('tenon_score_form',
    sa.Column('form', columns.CodeText(), nullable=False),
    sa.Column('score', columns.CodeText(), nullable=False),
    sa.Column('body', columns.Json(), nullable=False),
    sa.PrimaryKeyConstraint('form', name=op.f('pk_tenon_score_form'))
    )
    op.create_table('tenon_score_override',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('score', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('value', columns.Exact(4), nullable=True),
    sa.Column('band', columns.CodeText(), nullable=True),
    sa.Column('reason', columns.CodeText(), nullable=False),
    sa.Column('by', columns.CodeText(), nullable=True),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('expires_at', columns.Moment(), nullable=False),
    sa.Column('ended_at', columns.Moment(), nullable=True),
    sa.Column('ended_by', columns.CodeText(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_score_override'))
    )
    op.create_index('ix_tenon_score_override_due', 'tenon_score_override', ['expires_at'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('ix_tenon_score_override_open', 'tenon_score_override', ['score', 'record'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('ix_tenon_score_override_record', 'tenon_score_override', ['score', 'record', 'at'], unique=False)
    op.create_table('tenon_score_rating',
    sa.Column('score', columns.CodeText(), nullable=False),
    sa.Column('measure', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('share', sa.BigInteger(), nullable=False),
    sa.Column('note', columns.CodeText(), nullable=True),
    sa.Column('by', columns.CodeText(), nullable=True),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('expires_at', columns.Moment(), nullable=True),
    sa.PrimaryKeyConstraint('score', 'measure', 'record', name=op.f('pk_tenon_score_rating'))
    )
    op.create_index(op.f('ix_tenon_score_rating_expires_at'), 'tenon_score_rating', ['expires_at'], unique=False)
    op.create_table('tenon_score_run',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('score', columns.CodeText(), nullable=False),
    sa.Column('as_of', columns.Moment(), nullable=False),
    sa.Column('cause', columns.CodeText(), nullable=False),
    sa.Column('state', columns.CodeText(), nullable=False),
    sa.Column('staged', sa.BigInteger(), nullable=False),
    sa.Column('applied', sa.BigInteger(), nullable=False),
    sa.Column('skipped', sa.BigInteger(), nullable=False),
    sa.Column('has_cuts', sa.Integer(), nullable=False),
    sa.Column('release', sa.BigInteger(), nullable=True),
    sa.Column('started_at', columns.Moment(), nullable=False),
    sa.Column('ended_at', columns.Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_score_run'))
    )
    op.create_index('ix_tenon_score_run_score', 'tenon_score_run', ['score', 'id'], unique=False)
    op.create_table('tenon_score_snapshot',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('score', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('value', columns.Exact(4), nullable=True),
    sa.Column('band', columns.CodeText(), nullable=True),
    sa.Column('coverage', columns.Exact(4), nullable=True),
    sa.Column('computed_value', columns.Exact(4), nullable=True),
    sa.Column('computed_band', columns.CodeText(), nullable=True),
    sa.Column('variant', columns.CodeText(), nullable=True),
    sa.Column('shares', columns.Json(), nullable=True),
    sa.Column('caps', sa.BigInteger(), nullable=True),
    sa.Column('form', columns.CodeText(), nullable=True),
    sa.Column('release', sa.BigInteger(), nullable=True),
    sa.Column('cause', columns.Json(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_score_snapshot'))
    )
    op.create_index('ix_tenon_score_snapshot_record', 'tenon_score_snapshot', ['score', 'record', 'at', 'id'], unique=False)
    op.create_table('tenon_score_stage',
    sa.Column('run', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=True),
    sa.Column('is_new', sa.BigInteger(), nullable=False),
    sa.Column('is_leaving', sa.BigInteger(), nullable=False),
    sa.Column('is_shown', sa.BigInteger(), nullable=False),
    sa.Column('is_kept', sa.BigInteger(), nullable=False),
    sa.Column('score', sa.BigInteger(), nullable=True),
    sa.Column('band', columns.CodeText(), nullable=True),
    sa.Column('coverage', sa.BigInteger(), nullable=True),
    sa.Column('trend', sa.BigInteger(), nullable=True),
    sa.Column('computed_score', sa.BigInteger(), nullable=True),
    sa.Column('computed_band', columns.CodeText(), nullable=True),
    sa.Column('variant', columns.CodeText(), nullable=True),
    sa.Column('shares', columns.Json(), nullable=True),
    sa.Column('caps', sa.BigInteger(), nullable=True),
    sa.Column('placed_band', columns.CodeText(), nullable=True),
    sa.Column('last_band', columns.CodeText(), nullable=True),
    sa.Column('band_since', columns.Moment(), nullable=True),
    sa.Column('wanted', sa.BigInteger(), nullable=True),
    sa.Column('wanted_since', columns.Moment(), nullable=True),
    sa.Column('was_score', sa.BigInteger(), nullable=True),
    sa.Column('was_band', columns.CodeText(), nullable=True),
    sa.Column('was_last', columns.CodeText(), nullable=True),
    sa.PrimaryKeyConstraint('run', 'record', name=op.f('pk_tenon_score_stage')),
    sqlite_with_rowid=False
    )
    op.create_table('tenon_score_transition',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('score', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('from', columns.CodeText(), nullable=True),
    sa.Column('to', columns.CodeText(), nullable=True),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('value', columns.Exact(4), nullable=True),
    sa.Column('was_value', columns.Exact(4), nullable=True),
    sa.Column('cause', columns.CodeText(), nullable=False),
    sa.Column('detail', columns.Json(), nullable=True),
    sa.Column('run', columns.CodeText(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_score_transition'))
    )
    op.create_index('ix_tenon_score_transition_at', 'tenon_score_transition', ['score', 'at'], unique=False)
    op.create_index('ix_tenon_score_transition_record', 'tenon_score_transition', ['score', 'record', 'at', 'id'], unique=False)
    op.create_index('ix_tenon_score_transition_run', 'tenon_score_transition', ['run'], unique=False)
    op.create_table('tenon_trash',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('kind', columns.CodeText(), nullable=False),
    sa.Column('table_name', columns.CodeText(), nullable=False),
    sa.Column('names', columns.Json(), nullable=False),
    sa.Column('item_id', columns.CodeText(), nullable=False),
    sa.Column('entity_id', columns.CodeText(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('release', sa.BigInteger(), nullable=False),
    sa.Column('described_in', sa.BigInteger(), nullable=False),
    sa.Column('purge_at', columns.Moment(), nullable=True),
    sa.Column('state', columns.CodeText(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_trash'))
    )
    op.create_index('ix_tenon_trash_item_id', 'tenon_trash', ['item_id'], unique=False)
    op.create_index('ix_tenon_trash_purge_at', 'tenon_trash', ['purge_at'], unique=False)
    op.create_table('tenon_unit',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('name', columns.CodeText(), nullable=False),
    sa.Column('parent', columns.CodeText(), nullable=True),
    sa.Column('created_at', columns.Moment(), nullable=False),
    sa.ForeignKeyConstraint(['parent'], ['tenon_unit.id'], name=op.f('fk_tenon_unit_parent')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_unit'))
    )
    op.create_index(op.f('ix_tenon_unit_parent'), 'tenon_unit', ['parent'], unique=False)
    op.create_table('tenon_user',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('email', columns.CodeText(), nullable=False),
    sa.Column('name', columns.CodeText(), nullable=False),
    sa.Column('unit', columns.CodeText(), nullable=True),
    sa.Column('manager', columns.CodeText(), nullable=True),
    sa.Column('roles', columns.Json(), nullable=False),
    sa.Column('language', columns.CodeText(), nullable=False),
    sa.Column('state', columns.CodeText(), nullable=False),
    sa.Column('password_hash', columns.CodeText(), nullable=True),
    sa.Column('created_at', columns.Moment(), nullable=False),
    sa.Column('last_sign_in', columns.Moment(), nullable=True),
    sa.Column('password_at', columns.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['manager'], ['tenon_user.id'], name=op.f('fk_tenon_user_manager')),
    sa.ForeignKeyConstraint(['unit'], ['tenon_unit.id'], name=op.f('fk_tenon_user_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_user')),
    sa.UniqueConstraint('email', name=op.f('uq_tenon_user_email'))
    )
    op.create_index(op.f('ix_tenon_user_manager'), 'tenon_user', ['manager'], unique=False)
    op.create_index('ix_tenon_user_name', 'tenon_user', ['name', 'id'], unique=False)
    op.create_index(op.f('ix_tenon_user_unit'), 'tenon_user', ['unit'], unique=False)
    op.create_table('tenon_file',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('key', columns.CodeText(), nullable=False),
    sa.Column('name', columns.CodeText(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('type', columns.CodeText(), nullable=False),
    sa.Column('sha256', columns.CodeText(), nullable=False),
    sa.Column('uploaded_by', columns.CodeText(), nullable=True),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('state', columns.CodeText(), nullable=False),
    sa.ForeignKeyConstraint(['uploaded_by'], ['tenon_user.id'], name=op.f('fk_tenon_file_uploaded_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_file')),
    sa.UniqueConstraint('key', name=op.f('uq_tenon_file_key'))
    )
    op.create_index('ix_tenon_file_state', 'tenon_file', ['state', 'at'], unique=False)
    op.create_table('tenon_link',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('kind', columns.CodeText(), nullable=False),
    sa.Column('user_id', columns.CodeText(), nullable=True),
    sa.Column('created_at', columns.Moment(), nullable=False),
    sa.Column('expires_at', columns.Moment(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['tenon_user.id'], name=op.f('fk_tenon_link_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_link'))
    )
    op.create_index(op.f('ix_tenon_link_user_id'), 'tenon_link', ['user_id'], unique=False)
    op.create_table('tenon_session',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('user_id', columns.CodeText(), nullable=False),
    sa.Column('created_at', columns.Moment(), nullable=False),
    sa.Column('seen_at', columns.Moment(), nullable=False),
    sa.Column('expires_at', columns.Moment(), nullable=False),
    sa.Column('address', columns.CodeText(), nullable=True),
    sa.Column('agent', columns.CodeText(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['tenon_user.id'], name=op.f('fk_tenon_session_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_session'))
    )
    op.create_index(op.f('ix_tenon_session_expires_at'), 'tenon_session', ['expires_at'], unique=False)
    op.create_index(op.f('ix_tenon_session_user_id'), 'tenon_session', ['user_id'], unique=False)
    op.create_table('tenon_token',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('hash', columns.CodeText(), nullable=False),
    sa.Column('prefix', columns.CodeText(), nullable=False),
    sa.Column('name', columns.CodeText(), nullable=False),
    sa.Column('user_id', columns.CodeText(), nullable=False),
    sa.Column('roles', columns.Json(), nullable=True),
    sa.Column('addresses', columns.Json(), nullable=True),
    sa.Column('created_by', columns.CodeText(), nullable=True),
    sa.Column('created_at', columns.Moment(), nullable=False),
    sa.Column('expires_at', columns.Moment(), nullable=True),
    sa.Column('last_used_at', columns.Moment(), nullable=True),
    sa.Column('revoked_at', columns.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['tenon_user.id'], name=op.f('fk_tenon_token_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_token')),
    sa.UniqueConstraint('hash', name=op.f('uq_tenon_token_hash'))
    )
    op.create_index(op.f('ix_tenon_token_user_id'), 'tenon_token', ['user_id'], unique=False)

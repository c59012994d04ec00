"""Comments on the documents of the draft; nobody has said anything yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_draft_comment',
    sa.Column('id', columns.CodeText(), nullable=False),
    sa.Column('document_id', columns.CodeText(), nullable=False),
    sa.Column('by', columns.CodeText(), nullable=True),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('text', columns.CodeText(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_draft_comment'))
    )
    op.create_index('ix_tenon_draft_comment_document_id', 'tenon_draft_comment', ['document_id'], unique=False)

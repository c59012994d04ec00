"""Who follows which records; nothing has to be filled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_watch',
    sa.Column('person', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('entity', columns.CodeText(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.ForeignKeyConstraint(['person'], ['tenon_user.id'], name=op.f('fk_tenon_watch_person')),
    sa.PrimaryKeyConstraint('person', 'record', name=op.f('pk_tenon_watch'))
    )
    op.create_index('ix_tenon_watch_record', 'tenon_watch', ['record'], unique=False)

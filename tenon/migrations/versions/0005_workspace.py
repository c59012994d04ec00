"""What a workspace calls itself; nothing has to be filled: without a row everything is as the settings say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_workspace',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('name', columns.CodeText(), nullable=True),
    sa.Column('language', columns.CodeText(), nullable=True),
    sa.Column('logo', columns.CodeText(), nullable=True),
    sa.Column('updated_at', columns.Moment(), nullable=False),
    sa.ForeignKeyConstraint(['logo'], ['tenon_file.id'], name=op.f('fk_tenon_workspace_logo')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenon_workspace'))
    )

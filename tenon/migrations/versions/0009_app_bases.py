"""What the packages of installed apps brought; apps installed before have it in the release that brought them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_app_base',
    sa.Column('app', columns.CodeText(), nullable=False),
    sa.Column('version', columns.CodeText(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.Column('documents', columns.Json(), nullable=False),
    sa.PrimaryKeyConstraint('app', 'version', name=op.f('pk_tenon_app_base'))
    )

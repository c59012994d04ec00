"""Which notices people get by mail; until now nobody got any."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.add_column("tenon_user", sa.Column("notices_by_mail", columns.CodeText(), nullable=True))

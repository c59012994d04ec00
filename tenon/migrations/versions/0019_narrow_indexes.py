"""Narrower indexes: a record has few changes of band, and most changes of records are part of no batch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.drop_index("ix_tenon_score_transition_record", table_name="tenon_score_transition")
    op.create_index("ix_tenon_score_transition_record", "tenon_score_transition", ["record"])
    op.drop_index("ix_tenon_history_batch", table_name="tenon_history")
    some = sa.text("batch IS NOT NULL")
    op.create_index("ix_tenon_history_batch", "tenon_history", ["batch"], sqlite_where=some, postgresql_where=some)

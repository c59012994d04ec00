"""Narrower indexes of the history of scores: a run of all records writes all over them."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.drop_index("ix_tenon_score_snapshot_record", table_name="tenon_score_snapshot")
    op.create_index("ix_tenon_score_snapshot_record", "tenon_score_snapshot", ["record", "at"])
    op.drop_index("ix_tenon_score_transition_record", table_name="tenon_score_transition")
    op.create_index("ix_tenon_score_transition_record", "tenon_score_transition", ["record", "at"])
    op.drop_index("ix_tenon_score_transition_run", table_name="tenon_score_transition")

"""A narrower index of the changes of band: a record has few, and a run of all records writes all over it."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.drop_index("ix_tenon_score_transition_record", table_name="tenon_score_transition")
    op.create_index("ix_tenon_score_transition_record", "tenon_score_transition", ["record"])

"""Ended instances are found by when they ended, and by their version; runs of rules that wait by when they are due; tokens lose a column that nothing used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.drop_column("tenon_flow_token", "passage")
    op.create_index("ix_tenon_flow_instance_ended", "tenon_flow_instance", ["ended_at"])
    op.create_index("ix_tenon_flow_instance_version", "tenon_flow_instance", ["version", "state"])
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_tenon_rule_run_waiting", "tenon_rule_run", ["due_at"], sqlite_where=waiting, postgresql_where=waiting)

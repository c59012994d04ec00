"""What workflows ask of a unit is found by the unit, and what they ask of a person without looking at each task."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_index("ix_tenon_flow_task_unit", "tenon_flow_task", ["unit", "state"])
    op.drop_index("ix_tenon_flow_task_person_person", "tenon_flow_task_person")
    op.create_index("ix_tenon_flow_task_person_person", "tenon_flow_task_person", ["person", "state", "task"])

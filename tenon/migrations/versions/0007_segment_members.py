"""Members of fixed segments: where there are releases, a job keeps those of the segments that are there."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns
from tenon.engine.outside import new_record_id

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_segment_member',
    sa.Column('segment', columns.CodeText(), nullable=False),
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('at', columns.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('segment', 'record', name=op.f('pk_tenon_segment_member'))
    )
    op.create_index(op.f('ix_tenon_segment_member_record'), 'tenon_segment_member', ['record'], unique=False)
    connection = op.get_bind()
    if connection.execute(sa.select(sa.func.count()).select_from(sa.table("tenon_release"))).scalar() == 0:
        return
    jobs = sa.table(
        "tenon_job", sa.column("id", columns.CodeText()), sa.column("kind", columns.CodeText()), sa.column("payload", columns.Json()),
        sa.column("queue", columns.CodeText()), sa.column("priority", sa.Integer()), sa.column("key_until", columns.CodeText()),
        sa.column("state", columns.CodeText()), sa.column("attempts", sa.Integer()), sa.column("max_attempts", sa.Integer()),
        sa.column("fence", sa.Integer()), sa.column("done_count", sa.BigInteger()), sa.column("cancel_requested", sa.Boolean()),
        sa.column("created_at", columns.Moment()),
    )
    op.bulk_insert(jobs, [{  # type: ignore[arg-type]
        "id": new_record_id(), "kind": "keep_segments", "payload": {}, "queue": "default", "priority": 100, "key_until": "ended",
        "state": "queued", "attempts": 0, "max_attempts": 5, "fence": 0, "done_count": 0, "cancel_requested": False, "created_at": datetime.now(UTC),
    }])

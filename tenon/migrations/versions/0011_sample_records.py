"""Sample records are marked as such; those of before are known by what the history says brought them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

from tenon.engine import columns

revision = "0011"
down_revision = "0010"

_FILE = re.compile(r"([a-z][a-z0-9_]*)/\S+\.csv")


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table('tenon_sample_record',
    sa.Column('record', columns.CodeText(), nullable=False),
    sa.Column('entity', columns.CodeText(), nullable=False),
    sa.Column('app', columns.CodeText(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('record', name=op.f('pk_tenon_sample_record'))
    )
    op.create_index('ix_tenon_sample_record_app', 'tenon_sample_record', ['app', 'entity'], unique=False)
    found = _samples(op.get_bind())
    while part := list(islice(found, 5_000)):
        op.bulk_insert(_MARKS, part)


_MARKS = sa.table(
    "tenon_sample_record", sa.column("record", columns.CodeText()), sa.column("entity", columns.CodeText()), sa.column("app", columns.CodeText()),
    sa.column("version", sa.BigInteger()),
)


def _samples(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    """Yield the marks of the records that sample files created, with the version that samples wrote last."""
    history = sa.table(
        "tenon_history", sa.column("id", columns.CodeText()), sa.column("record", columns.CodeText()), sa.column("entity", columns.CodeText()),
        sa.column("version", sa.BigInteger()), sa.column("action", columns.CodeText()), sa.column("cause", columns.Json()),
    )
    told = sa.cast(history.c.cause, sa.Text).like("%import%")
    statement = sa.select(history).where(told).order_by(history.c.id)
    marks: dict[str, dict[str, Any]] = {}
    for row in connection.execute(statement):
        cause = row.cause if isinstance(row.cause, dict) else {}
        file = _FILE.fullmatch(str(cause.get("label", "")))
        if cause.get("kind") != "import" or "id" in cause or file is None:
            continue
        if row.action == "create":
            marks[row.record] = {"record": row.record, "entity": row.entity, "app": file[1], "version": row.version}
        elif row.record in marks and row.version == marks[row.record]["version"] + 1:
            marks[row.record]["version"] = row.version
    yield from marks.values()

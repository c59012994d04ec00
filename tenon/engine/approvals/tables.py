"""Who is away and who acts for them; who was sent a copy of what."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from tenon.engine.columns import CodeText, Moment
from tenon.engine.store import metadata

absences = Table(
    "tenon_absence", metadata, Column("person", CodeText(), primary_key=True), Column("delegate", CodeText(), nullable=False),
    Column("since", Moment(), nullable=False), Column("until", Moment(), nullable=False), Column("at", Moment(), nullable=False),
    Index("ix_tenon_absence_delegate", "delegate"),
)
"""Somebody is away from ``since`` until ``until``; what they are asked meanwhile goes to their delegate."""

copies = Table(
    "tenon_flow_copy", metadata, Column("id", CodeText(), primary_key=True), Column("task", CodeText(), nullable=False),
    Column("person", CodeText(), nullable=False), Column("at", Moment(), nullable=False),
    Index("ix_tenon_flow_copy_person", "person", "id"), Index("ix_tenon_flow_copy_task", "task"),
)
"""Who gets to know of an approval without being asked."""

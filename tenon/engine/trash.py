"""Which records are in the trash, with what they went, and since when."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from tenon.engine.columns import CodeText, Moment
from tenon.engine.store import metadata

KEPT_DAYS = 30

trash = Table(
    "tenon_deleted_record", metadata, Column("record", CodeText(), primary_key=True), Column("entity", CodeText(), nullable=False),
    Column("root", CodeText(), nullable=False), Column("batch", CodeText()), Column("at", Moment(), nullable=False), Column("by", CodeText()),
    Index("ix_tenon_deleted_record_root", "root"), Index("ix_tenon_deleted_record_batch", "batch"), Index("ix_tenon_deleted_record_at", "at"),
)

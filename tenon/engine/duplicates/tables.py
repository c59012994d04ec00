"""Pairs of records that look alike, and the keys by which they find each other."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from tenon.engine.columns import CodeText, Exact, Json, Moment
from tenon.engine.store import metadata

duplicates = Table(
    "tenon_duplicate", metadata, Column("id", CodeText(), primary_key=True), Column("entity", CodeText(), nullable=False),
    Column("first", CodeText(), nullable=False), Column("second", CodeText(), nullable=False), Column("score", Exact(4), nullable=False),
    Column("reasons", Json(), nullable=False), Column("matching", CodeText(), nullable=False), Column("state", CodeText(), nullable=False),
    Column("found_at", Moment(), nullable=False), Column("decided_at", Moment()), Column("decided_by", CodeText()), Column("batch", CodeText()),
    Index("ux_tenon_duplicate_pair", "first", "second", unique=True), Index("ix_tenon_duplicate_second", "second"),
    Index("ix_tenon_duplicate_queue", "entity", "state", "score", "id"), Index("ix_tenon_duplicate_batch", "batch"),
)
"""Two records of one entity that look alike, ``first`` the one with the smaller id; two records are one pair whatever matchings say so.

``state`` is open, merged or dismissed; ``reasons`` are ``{"field": id, "by": comparator, "value": text or None, "likeness": 0 to 1}``;
``batch`` is the write that merged them.
"""

keys = Table(
    "tenon_duplicate_key", metadata, Column("matching", CodeText(), primary_key=True), Column("key", CodeText(), primary_key=True),
    Column("record", CodeText(), primary_key=True), Index("ix_tenon_duplicate_key_record", "record"),
)
"""What a record has to have in common with another one for the two to be compared, a row a key."""

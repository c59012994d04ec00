"""The tables of releases: every document with the releases it holds in, the releases themselves, the draft over the last one and what is said about it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table

from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.store import metadata

documents = Table(
    "tenon_document",
    metadata,
    Column("document_id", CodeText, primary_key=True),
    Column("from_release", BigInteger, primary_key=True, autoincrement=False),
    Column("to_release", BigInteger),  # the release that changed or removed it; None: it holds today
    Column("kind", CodeText, nullable=False),
    Column("name", CodeText, nullable=False),
    Column("json", Json, nullable=False),
    Index("ix_tenon_document_to_release", "to_release", "from_release"),
)

releases = Table(
    "tenon_release",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("by", CodeText),
    Column("note", CodeText),
    Column("restored_from", BigInteger),
    Column("summary", Json, nullable=False),
)

drafts = Table(
    "tenon_draft",
    metadata,
    Column("document_id", CodeText, primary_key=True),
    Column("kind", CodeText, nullable=False),
    Column("name", CodeText, nullable=False),
    Column("json", Json),  # None: the document is removed
    Column("revision", CodeText, nullable=False),
    Column("base_release", BigInteger, nullable=False),
    Column("by", CodeText),
    Column("at", Moment, nullable=False),
)

comments = Table(
    "tenon_draft_comment",
    metadata,
    Column("id", CodeText, primary_key=True),
    Column("document_id", CodeText, nullable=False),
    Column("by", CodeText),
    Column("at", Moment, nullable=False),
    Column("text", CodeText, nullable=False),
    Index("ix_tenon_draft_comment_document_id", "document_id"),
)

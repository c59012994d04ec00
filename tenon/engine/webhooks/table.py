"""The tables of webhooks: who is told of what, the addresses at which rules are told, and calls that came there."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table

from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.store import metadata

webhooks = Table(
    "tenon_webhook",
    metadata,
    Column("id", CodeText, primary_key=True),
    Column("name", CodeText, nullable=False),
    Column("url", CodeText, nullable=False),
    Column("events", Json, nullable=False),  # a list of "<entity id>.<event>"
    Column("role", CodeText),  # the id of the role whose rights it reads with; None: everything
    Column("is_on", Boolean, nullable=False),
    Column("off_because", CodeText),  # gone: the other side wants nothing more
    Column("version", Integer, nullable=False),  # of its secret, which is made of the workspace's own
    Column("changed_secret_at", Moment),
    Column("created_by", CodeText),
    Column("created_at", Moment, nullable=False),
)

hooks = Table(
    "tenon_hook",
    metadata,
    Column("rule", CodeText, primary_key=True),
    Column("token", CodeText, nullable=False, unique=True),  # a hash
    Column("version", Integer, nullable=False),
    Column("created_by", CodeText),
    Column("created_at", Moment, nullable=False),
    Column("last_at", Moment),
)

hook_calls = Table(
    "tenon_hook_call",
    metadata,
    Column("rule", CodeText, primary_key=True),
    Column("call", CodeText, primary_key=True),  # what the other side calls it: a second one does nothing
    Column("at", Moment, nullable=False),
    Column("answer", Json, nullable=False),
)
Index("ix_tenon_hook_call_at", hook_calls.c.at)

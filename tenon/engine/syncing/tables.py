"""The tables of connectors: how far each is, how its runs went, which record is which one there, and what waits to be tried again."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table

from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.store import metadata

states = Table(
    "tenon_connector_state",
    metadata,
    Column("connector", CodeText, primary_key=True),
    Column("is_paused", Boolean, nullable=False),
    Column("shape", CodeText, nullable=False),  # what it asked for when it began: another question begins anew
    Column("place", Json, nullable=False),  # watermark; and of a pass that is under way: since, cursor, highest
    Column("fresh_at", Moment),  # everything that had changed there by then is here
)

runs = Table(
    "tenon_connector_run",
    metadata,
    Column("id", CodeText, primary_key=True),  # that of its job, and of the batch of its writes
    Column("connector", CodeText, nullable=False),
    Column("is_dry", Boolean, nullable=False),
    Column("state", CodeText, nullable=False),  # running, waiting (for another attempt), done, failed, cancelled
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("counts", Json, nullable=False),
    Column("errors", Json, nullable=False),
    Column("rows", Json, nullable=False),  # what a dry run would do, and conflicts
    Column("lag_seconds", BigInteger),  # how long the oldest change that came had waited
    Column("created_by", CodeText),
)
Index("ix_tenon_connector_run_connector", runs.c.connector, runs.c.id)

links = Table(
    "tenon_connector_link",
    metadata,
    Column("system", CodeText, primary_key=True),
    Column("entity", CodeText, primary_key=True),
    Column("external_id", CodeText, primary_key=True),
    Column("record", CodeText, nullable=False),
    Column("version", BigInteger, nullable=False),  # of the record when both sides were last the same; 0 while something of it waits to be sent
    Column("theirs", Json, nullable=False),  # values by field as they last came, or came back from what was sent
    Column("ours", Json, nullable=False),  # values by field as they were here then
    Column("synced_at", Moment, nullable=False),
)
Index("ix_tenon_connector_link_record", links.c.system, links.c.entity, links.c.record, unique=True)

waiting = Table(
    "tenon_connector_waiting",
    metadata,
    Column("connector", CodeText, primary_key=True),
    Column("way", CodeText, primary_key=True),  # in: a row that was refused here; out: a record that was refused there
    Column("key", CodeText, primary_key=True),  # what it is known by there, or the id of the record
    Column("row", CodeText),  # JSON as it came, numbers exact
    Column("version", BigInteger, nullable=False),  # of the record that was refused there
    Column("problems", Json, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment),
    Column("at", Moment, nullable=False),
)

"""The tables that all scores share: snapshots, changes of band, overrides, ratings, cut points, runs and the stage."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Double, Index, Integer, MetaData, Table

from tenon.engine.columns import CodeText, Exact, Json, Moment
from tenon.engine.store import metadata

# SQLite only numbers rows by itself in a column declared INTEGER.
SERIAL = BigInteger().with_variant(Integer(), "sqlite")

snapshots = Table(
    "tenon_score_snapshot",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("score", CodeText, nullable=False),
    Column("record", CodeText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("value", Exact(4)),
    Column("band", CodeText),
    Column("coverage", Exact(4)),
    Column("computed_value", Exact(4)),
    Column("computed_band", CodeText),
    Column("variant", CodeText),
    Column("shares", Json),  # a measure each: ten-thousandths, null when missing, -1 when missing because it is stale
    Column("caps", BigInteger),  # a bit for each cap whose condition held
    Column("form", CodeText),
    Column("release", BigInteger),
    Column("cause", Json, nullable=False),
    Index("ix_tenon_score_snapshot_record", "record", "at"),  # narrow: every run writes all over it
)

forms = Table(
    "tenon_score_form",
    metadata,
    Column("form", CodeText, primary_key=True),  # a hash of what follows
    Column("score", CodeText, nullable=False),
    Column("body", Json, nullable=False),  # variants, measures, points and caps as they were
)

transitions = Table(
    "tenon_score_transition",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("score", CodeText, nullable=False),
    Column("record", CodeText, nullable=False),
    Column("from", CodeText),
    Column("to", CodeText),
    Column("at", Moment, nullable=False),
    Column("value", Exact(4)),
    Column("was_value", Exact(4)),
    Column("cause", CodeText, nullable=False),  # event, schedule, manual, model, ranking, override
    Column("detail", Json),
    Column("run", CodeText, nullable=False),
    Index("ix_tenon_score_transition_record", "record"),  # a record has few: their moments would make what a run writes all over it half as wide again
    Index("ix_tenon_score_transition_at", "score", "at"),
)

overrides = Table(
    "tenon_score_override",
    metadata,
    Column("id", CodeText, primary_key=True),
    Column("score", CodeText, nullable=False),
    Column("record", CodeText, nullable=False),
    Column("value", Exact(4)),
    Column("band", CodeText),
    Column("reason", CodeText, nullable=False),
    Column("by", CodeText),
    Column("at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("ended_by", CodeText),
)
_open = overrides.c.ended_at.is_(None)
Index("ix_tenon_score_override_open", overrides.c.score, overrides.c.record, unique=True, sqlite_where=_open, postgresql_where=_open)
Index("ix_tenon_score_override_due", overrides.c.expires_at, sqlite_where=_open, postgresql_where=_open)
Index("ix_tenon_score_override_record", overrides.c.score, overrides.c.record, overrides.c.at)

ratings = Table(
    "tenon_score_rating",
    metadata,
    Column("score", CodeText, primary_key=True),
    Column("measure", CodeText, primary_key=True),
    Column("record", CodeText, primary_key=True),
    Column("share", BigInteger, nullable=False),  # ten-thousandths
    Column("note", CodeText),
    Column("by", CodeText),
    Column("at", Moment, nullable=False),
    Column("expires_at", Moment, index=True),
)

runs = Table(
    "tenon_score_run",
    metadata,
    Column("id", CodeText, primary_key=True),
    Column("score", CodeText, nullable=False),
    Column("as_of", Moment, nullable=False),
    Column("cause", CodeText, nullable=False),
    Column("state", CodeText, nullable=False),  # staging, applying, done, cancelled
    Column("staged", BigInteger, nullable=False),
    Column("applied", BigInteger, nullable=False),
    Column("skipped", BigInteger, nullable=False),
    Column("has_cuts", Integer, nullable=False),
    Column("release", BigInteger),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_tenon_score_run_score", "score", "id"),
)

# How well a score foresaw its outcome, looked at from time to time.
calibrations = Table(
    "tenon_score_calibration",
    metadata,
    Column("id", CodeText, primary_key=True),
    Column("score", CodeText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("release", BigInteger),
    Column("figures", Json, nullable=False),  # the answer of the back-test
    Column("proposal", Json),  # other edges of the bands, where they would part the outcome better
    Column("accepted_at", Moment),
    Column("accepted_by", CodeText),
    Index("ix_tenon_score_calibration_score", "score", "id"),
)

# Every different value of a population function's argument in the last full run, and how many records are at or below it.
cuts = Table(
    "tenon_score_cut",
    metadata,
    Column("score", CodeText, primary_key=True),
    Column("call", CodeText, primary_key=True),
    Column("value", Double, primary_key=True),
    Column("at_or_below", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
)


def _staged() -> list[Column[Any]]:
    """Return the columns of what a run is about to apply; scores in ten-thousandths."""
    return [
        Column("run", CodeText, primary_key=True),
        Column("record", CodeText, primary_key=True),
        Column("seq", BigInteger),
        Column("is_new", BigInteger, nullable=False),
        Column("is_leaving", BigInteger, nullable=False),
        Column("is_shown", BigInteger, nullable=False),  # a public value changes
        Column("is_kept", BigInteger, nullable=False),  # worth a snapshot
        Column("score", BigInteger),
        Column("band", CodeText),
        Column("coverage", BigInteger),
        Column("trend", BigInteger),
        Column("computed_score", BigInteger),
        Column("computed_band", CodeText),
        Column("variant", CodeText),
        Column("shares", Json),
        Column("caps", BigInteger),
        Column("placed_band", CodeText),
        Column("last_band", CodeText),
        Column("band_since", Moment),
        Column("wanted", BigInteger),
        Column("wanted_since", Moment),
        Column("was_score", BigInteger),
        Column("was_band", CodeText),
        Column("was_last", CodeText),
    ]


stage = Table("tenon_score_stage", metadata, *_staged(), sqlite_with_rowid=False)
# On SQLite a temporary table of the same name goes before the other: to fill it takes no lock of the database.
temporary_stage = Table("tenon_score_stage", MetaData(), *_staged(), prefixes=["TEMPORARY"], sqlite_with_rowid=False)

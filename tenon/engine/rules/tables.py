"""The tables of rules: runs that fired, evaluations that did not, records that a condition holds for, and times that were used up."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table

from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.store import metadata

runs = Table(
    "tenon_rule_run", metadata, Column("id", CodeText(), primary_key=True), Column("rule", CodeText(), nullable=False),
    Column("entity", CodeText(), nullable=False), Column("record", CodeText(), nullable=False), Column("root", CodeText(), nullable=False),
    Column("depth", Integer(), nullable=False), Column("state", CodeText(), nullable=False), Column("reason", CodeText()),
    Column("once", CodeText(), unique=True), Column("at", Moment(), nullable=False), Column("due_at", Moment(), nullable=False),
    Column("ended_at", Moment()), Column("took_ms", BigInteger()), Column("release", Integer(), nullable=False), Column("by", CodeText()),
    Column("cause", Json(), nullable=False), Column("facts", Json(), nullable=False), Column("parts", Json(), nullable=False),
    Column("effects", Json()), Column("problem", Json()),
    Index("ix_tenon_rule_run_rule", "rule", "id"), Index("ix_tenon_rule_run_root", "root", "state"), Index("ix_tenon_rule_run_record", "record", "rule"),
)
_waiting = runs.c.state == "waiting"
Index("ix_tenon_rule_run_waiting", runs.c.due_at, sqlite_where=_waiting, postgresql_where=_waiting)
"""``state``: waiting, done, failed, stopped (it would go round in a circle, or too deep), logged (only noted). ``once`` is what may be there only once."""

misses = Table(
    "tenon_rule_miss", metadata, Column("id", CodeText(), primary_key=True), Column("rule", CodeText(), nullable=False), Column("at", Moment(), nullable=False),
    Column("count", BigInteger(), nullable=False), Column("parts", Json(), nullable=False), Column("records", Json(), nullable=False),
    Index("ix_tenon_rule_miss_rule", "rule", "id"),
)
"""One batch of evaluations that did not fire: how many, which part of the condition failed how often, the first records."""

members = Table(
    "tenon_rule_member", metadata, Column("rule", CodeText(), primary_key=True), Column("record", CodeText(), primary_key=True), Column("since", Moment(), nullable=False),
)
"""The records for which the condition of a rule on entering or leaving holds."""

turns = Table(
    "tenon_rule_turn", metadata, Column("rule", CodeText(), primary_key=True), Column("person", CodeText(), primary_key=True), Column("turn", BigInteger(), nullable=False),
)
"""When each person's turn was last, where a rule assigns in turn."""

"""What a field of a record was at the end of a day: a score by its snapshots, a choice by the history of the record."""

from __future__ import annotations

import ast
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import FromClause, Text, and_, case, exists, func, literal, select, type_coerce

from tenon.engine.history import history
from tenon.engine.scores.tables import snapshots
from tenon.engine.sql.builder import Builder
from tenon.engine.sql.elements import compare
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import empty, stored
from tenon.metamodel.expressions.dates import first_moment
from tenon.metamodel.expressions.tree import facts_of
from tenon.metamodel.model import Field

PARTS = {"score": "value", "band": "band", "coverage": "coverage"}
"""The parts of a score that snapshots keep, and their columns."""


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment after a day."""
    if day == date.max:
        return datetime.combine(day, time.max, zone)
    return first_moment(day + timedelta(days=1), zone=zone)


def value_at(source: Source, steps: tuple[Field, ...], field: Field, day: date) -> Column:
    """Return what a field of the record that references lead to was at the end of a day; empty where it may not be read."""
    environment, node = source.environment, source.reach(steps)
    before = end_of(day, environment.timezone)
    found = score_at(environment, node.alias.c.id, field, before) if field.origin == "score" else _of_choice(environment, node.alias, field, before)
    readable = environment.resolver.cell(environment, node.alias, node.entity, field)
    return found if readable is None else case((readable, found), else_=empty(environment, field.type))


def score_at(environment: Environment, record: Column, field: Field, before: datetime) -> Column:
    """Return what the last snapshot of a record before a moment says of a part of a score that is kept."""
    kept = snapshots.alias()
    column = stored(environment, kept.c[PARTS[str(field.part)]], field.type, field.storage)
    found = select(column).where(kept.c.score == str(field.score), compare(kept.c.record, "=", record), kept.c.at < before)
    return found.order_by(kept.c.at.desc(), kept.c.id.desc()).limit(1).correlate_except(kept).scalar_subquery()


def _of_choice(environment: Environment, alias: FromClause, field: Field, before: datetime) -> Column:
    """Return what the first change since then replaced, or what is there now; nothing before the record was made."""
    now = stored(environment, alias.c[field.column], field.type, field.storage)
    return case((alias.c.created_at >= before, empty(environment, field.type)), else_=unchanged(environment, alias, field, before, now))


def unchanged(environment: Environment, alias: FromClause, field: Field, before: datetime, now: Column) -> Column:
    """Return what the first change of a choice since a moment replaced, or what is there now."""
    later, first = history.alias(), history.alias()
    changed = exists(select(later.c.id).where(*_changes(environment, later, alias, field, before)).correlate_except(later))
    replaced = select(_before(environment, first, field)).where(*_changes(environment, first, alias, field, before))
    old = replaced.order_by(first.c.id).limit(1).correlate_except(first).scalar_subquery()
    return case((changed, old), else_=now)


def _changes(environment: Environment, entries: FromClause, alias: FromClause, field: Field, since: datetime) -> list[Any]:
    """Return the conditions of the entries that changed the field of a record since a moment; that it was made is no change."""
    changes = type_coerce(entries.c.changes, Text()) if environment.is_sqlite else entries.c.changes
    has = func.json_type(changes, _path(field)).is_not(None) if environment.is_sqlite else func.jsonb_exists(changes, literal(field.id))
    return [and_(compare(entries.c.record, "=", alias.c.id), entries.c.at >= since, entries.c.action != "create", has)]


def _before(environment: Environment, entries: FromClause, field: Field) -> Column:
    """Return the value before a change."""
    if environment.is_sqlite:
        return func.json_extract(type_coerce(entries.c.changes, Text()), f"{_path(field)}[0]", type_=Text())
    return func.jsonb_extract_path_text(entries.c.changes, literal(field.id), literal("0"), type_=Text())


def _path(field: Field) -> str:
    return f'$."{field.id}"'


def compile_was(builder: Builder, node: ast.Call) -> Column:
    """Compile was(x, d)."""
    path, day, source = facts_of(node.args[0]).path, builder.constant(node.args[1]), builder.source
    if path is None or path.field is None or path.absent or day is None:
        return builder.empty(facts_of(node).type)
    if path.base == "this" and source.near is not None:
        source = source.near
    return value_at(source, path.steps, path.field, day)


FUNCTIONS: dict[str, Any] = {"was": compile_was}

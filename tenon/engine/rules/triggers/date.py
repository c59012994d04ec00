"""The days of a date field: at a time of the day the rule looks for which records it has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, select

from tenon.engine.access.resolver import environment
from tenon.engine.jobs.schedules import Schedule
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard, Past
from tenon.engine.rules.timing import at_times
from tenon.engine.rules.traces import MOST
from tenon.engine.sql.compiler import compile_condition, compile_value
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.triggers.date import Date
from tenon.metamodel.types import Type


def schedule(rule: Rule) -> Schedule:
    """Return when the rule looks: every day."""
    hour, minute = _trigger(rule).at.split(":")
    return at_times(rule, f"{int(minute)} {int(hour)} * * *")


def look(uow: UnitOfWork, rule: Rule, ids: list[str], since: datetime, due: datetime) -> Heard:
    """Return those of some records whose day has come since the last look; a day missed while nothing ran counts."""
    trigger = _trigger(rule)
    today, before = due.astimezone(uow.timezone).date(), since.astimezone(uow.timezone).date()
    first = (before + timedelta(days=1) if before < today else today) - timedelta(days=trigger.offset_days)
    end = today - timedelta(days=trigger.offset_days) + timedelta(days=1)
    days = _days(uow, rule, first, end, lambda source: [source.alias.c.id.in_(id_set(uow.dialect, ids))])
    return Heard(list(days), facts={r: {"day": d.isoformat()} for r, d in days.items()}, key={r: f"day:{d.isoformat()}" for r, d in days.items()})


def past(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return the days that came between two moments, at the time of the day; the dates are those of now."""
    trigger = _trigger(rule)
    offset, at = timedelta(days=trigger.offset_days), time.fromisoformat(trigger.at)
    first, end = since.astimezone(uow.timezone).date() - offset, until.astimezone(uow.timezone).date() - offset + timedelta(days=1)
    days = _days(uow, rule, first, end, lambda source: [source.alias.c.deleted_at.is_(None), source.alias.c.created_at < until], MOST)
    moments = {record: datetime.combine(day + offset, at, uow.timezone) for record, day in days.items()}
    return [Past(record, moment.astimezone(UTC), {"day": days[record].isoformat()}) for record, moment in moments.items() if since <= moment < until]


def _days(uow: UnitOfWork, rule: Rule, first: date, end: date, among: Callable[[Source], list[Any]], limit: int | None = None) -> dict[str, date]:
    """Return the days of some records that lie between two, by record."""
    field = _trigger(rule).field
    plain = check(field, Scope(uow.model, rule.entity))
    scope = Scope(uow.model, rule.entity, values=dict.fromkeys(("first", "end"), Type(plain.type.kind)))
    edges = {"first": first, "end": end}
    values = {n: datetime.combine(d, time(), uow.timezone) for n, d in edges.items()} if plain.type.kind == "datetime" else edges
    source = Source(replace(environment(uow), values=values), rule.entity)
    test = compile_condition(source, check(f"{field} >= first and {field} < end", scope, "boolean"))
    statement: Select[Any] = select(source.alias.c.id, compile_value(source, plain)).select_from(source.from_clause).where(*among(source), test)
    found = {record: from_db(plain.type, value) for record, value in uow.connection.execute(statement.order_by(source.alias.c.id.desc()).limit(limit))}
    return {record: value.astimezone(uow.timezone).date() if isinstance(value, datetime) else value for record, value in found.items()}


def _trigger(rule: Rule) -> Date:
    trigger = rule.body.trigger
    assert isinstance(trigger, Date)
    return trigger

"""The days of a date field: at a time of the day the rule looks for which records it has come."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.jobs.schedules import Schedule
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard
from tenon.engine.rules.timing import at_times
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
    plain = check(trigger.field, Scope(uow.model, rule.entity))
    is_moment = plain.type.kind == "datetime"
    scope = Scope(uow.model, rule.entity, values=dict.fromkeys(("first", "end"), Type(plain.type.kind)))
    edges = {"first": first, "end": end}
    values = {n: datetime.combine(d, time(), uow.timezone) for n, d in edges.items()} if is_moment else edges
    source = Source(replace(environment(uow), values=values), rule.entity)
    test = compile_condition(source, check(f"{trigger.field} >= first and {trigger.field} < end", scope, "boolean"))
    statement = select(source.alias.c.id, compile_value(source, plain)).select_from(source.from_clause).where(source.alias.c.id.in_(id_set(uow.dialect, ids)), test)
    found = {record: from_db(plain.type, value) for record, value in uow.connection.execute(statement)}
    days = {record: value.astimezone(uow.timezone).date() if isinstance(value, datetime) else value for record, value in found.items()}
    return Heard(list(days), facts={r: {"day": d.isoformat()} for r, d in days.items()}, key={r: f"day:{d.isoformat()}" for r, d in days.items()})


def _trigger(rule: Rule) -> Date:
    trigger = rule.body.trigger
    assert isinstance(trigger, Date)
    return trigger

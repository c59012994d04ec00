"""The silences of the past: after which activity of a record nothing came for the days of a rule."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from tenon.engine.access.resolver import environment
from tenon.engine.rules.book import Rule
from tenon.engine.rules.traces import MOST
from tenon.engine.sql.compiler import compile_value
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import bind, from_db
from tenon.engine.tables import entity_column
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.belonging import reference_to
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.naming import find_to_many
from tenon.metamodel.triggers.event import USAGE
from tenon.metamodel.triggers.no_activity import NoActivity

Moment = datetime | date


class _Activity:
    """The records that tell activity: whose they are, when each was, and which count."""

    def __init__(self, uow: UnitOfWork, far: Entity, reference: Field, target: Entity, event: str | None) -> None:
        self.source = source = Source(environment(uow), far)
        table, scope = source.alias, Scope(uow.model, far)
        self.far, self.scope = far, scope
        self.owner: ColumnElement[Any] = table.c[reference.column]
        self.when: Expression = check(far.time_field, scope)
        self.time = compile_value(source, self.when)
        self.conditions: list[ColumnElement[bool]] = [table.c.deleted_at.is_(None), self.owner.is_not(None), self.time.is_not(None)]
        if reference.storage.kind == "pair":
            self.conditions.append(table.c[entity_column(reference)] == target.id)
        if event is not None:
            self.conditions.append(table.c[far.fields["event"].column] == event)


def silences(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> Iterator[tuple[str, Moment, datetime]]:
    """Yield records, what came last before they fell silent, and when that had lasted the days of the rule; the newest of it."""
    trigger = rule.body.trigger
    activity = _activity(uow, rule)
    if activity is None or not isinstance(trigger, NoActivity):
        return
    days = timedelta(days=trigger.days)
    for record, last, following in [*_pauses(uow, activity, trigger.days, since - days - timedelta(days=1)), *_beginnings(uow, rule, activity, since - days - timedelta(days=1), until)]:
        moment = datetime.combine(_day(uow, last), time.fromisoformat(trigger.at), uow.timezone) + days
        came_back = following is not None and (following <= moment.date() if not isinstance(following, datetime) else following <= moment)
        if since <= moment < until and not came_back:
            yield record, last, moment.astimezone(UTC)


def _activity(uow: UnitOfWork, rule: Rule) -> _Activity | None:
    trigger = rule.body.trigger
    assert isinstance(trigger, NoActivity)
    if trigger.event is not None:
        usage = uow.model.entities.get(USAGE)
        field = reference_to(usage, rule.entity) if usage is not None else None
        return _Activity(uow, usage, field, rule.entity, trigger.event) if usage is not None and field is not None else None
    relation = find_to_many(uow.model, rule.entity, trigger.relation or "")
    if relation is None or relation.entity_id != rule.entity.id or relation.is_links:
        return None
    far = uow.model.get_entity(relation.far_id)
    return _Activity(uow, far, far.fields_by_id[relation.field_id], rule.entity, None)


def _pauses(uow: UnitOfWork, activity: _Activity, days: int, start: datetime) -> Iterator[tuple[str, Moment, Moment | None]]:
    """Yield what came, and what came after it, where that was about so many days later or is still to come."""
    source = activity.source
    later = compile_value(source, check(f"date_add({activity.far.time_field}, {days - 1}, 'day')", activity.scope))
    following = func.lead(activity.time).over(partition_by=activity.owner, order_by=activity.time)
    edge = bind(source.environment, start if activity.when.type.kind == "datetime" else start.date(), activity.when.type)
    inner = select(activity.owner.label("record"), activity.time.label("at"), later.label("later"), following.label("following")).select_from(source.from_clause)
    each = inner.where(*activity.conditions, activity.time >= edge).subquery()
    wanted = select(each.c.record, each.c.at, each.c.following).where(or_(each.c.following.is_(None), each.c.following >= each.c.later))
    type_ = activity.when.type
    for row in uow.connection.execute(wanted.order_by(each.c.at.desc()).limit(MOST)):
        yield row.record, from_db(type_, row.at), None if row.following is None else from_db(type_, row.following)


def _beginnings(uow: UnitOfWork, rule: Rule, activity: _Activity, start: datetime, end: datetime) -> Iterator[tuple[str, Moment, Moment | None]]:
    """Yield the records that came, with the first activity of each: until it they were silent from the beginning."""
    table = uow.tables.of(rule.entity)
    wanted = select(table.c.id, table.c.created_at).where(table.c.deleted_at.is_(None), table.c.created_at >= start, table.c.created_at < end)
    made: dict[str, datetime] = {row.id: row.created_at for row in uow.connection.execute(wanted.order_by(table.c.id.desc()).limit(MOST))}
    first = _firsts(uow, activity, made)
    for record, at in made.items():
        yield record, at, first.get(record)


def _firsts(uow: UnitOfWork, activity: _Activity, records: Collection[str]) -> dict[str, Moment]:
    wanted = select(activity.owner, func.min(activity.time)).select_from(activity.source.from_clause)
    wanted = wanted.where(*activity.conditions, activity.owner.in_(id_set(uow.dialect, records))).group_by(activity.owner)
    return {record: from_db(activity.when.type, value) for record, value in uow.connection.execute(wanted)}


def _day(uow: UnitOfWork, moment: Moment) -> date:
    return moment.astimezone(uow.timezone).date() if isinstance(moment, datetime) else moment

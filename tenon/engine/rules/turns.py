"""When a condition became true or false in the past: from the history of records and the snapshots of their scores, else day by day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import FromClause, func, or_, select

from tenon.engine.access.resolver import environment
from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.history import history
from tenon.engine.records.stored import load
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Past
from tenon.engine.rules.traces import MOST, entries, value_then
from tenon.engine.scores.tables import snapshots
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.environment import Column, Environment, Everything
from tenon.engine.sql.past import PARTS, unchanged
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.model import Entity, Field

MOST_LOOKS = 60
"""So many moments of the past a condition is held against that reads other records or the clock."""


def turned(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime, *, into: bool) -> list[Past]:
    """Return when the watched condition became true (``into``) or false for records between two moments."""
    condition = rule.watched
    if condition is None:
        return []
    fields = _own_fields(rule, condition)
    found = _day_by_day(uow, rule, condition, since, until) if fields is None else _replayed(uow, rule, condition, fields, since, until)
    return [each for each, is_in in found if is_in is into]


def _own_fields(rule: Rule, condition: Expression) -> list[Field] | None:
    """Return the fields that a condition reads, where these are of the record itself and their past is known; None otherwise."""
    fields = [rule.entity.fields_by_id.get(key) if entity == rule.entity.id else None for entity, key in condition.reads]
    if condition.is_clocked or condition.has_aggregates or any(d.hops for d in condition.dependencies):
        return None
    is_known = all(f is not None and not f.is_to_many and (f.is_written or (f.origin == "score" and f.part in PARTS)) for f in fields)
    return [f for f in fields if f is not None] if is_known else None


class _Then(RecordFacts):
    """A record with the values that its scores had at a moment."""

    then: Mapping[str, Any] = {}

    def _score(self, field: Field, item_id: Any) -> Any:
        return self.then.get(field.id)


def _replayed(uow: UnitOfWork, rule: Rule, condition: Expression, fields: list[Field], since: datetime, until: datetime) -> Iterator[tuple[Past, bool]]:
    """Yield the turns of a condition over own fields and scores, record by record from what it was at the beginning."""
    written, scored = [f for f in fields if f.origin != "score"], [f for f in fields if f.origin == "score"]
    changes = _changes(uow, rule, written, since, until)
    scores = _snapshots(uow, {str(f.score) for f in scored}, since, until)
    ids = list({*changes, *scores})
    now = {**load(uow, rule.entity, ids, deleted=True), **load(uow, rule.entity, ids)} if ids else {}
    for record in ids:
        if record not in now:
            continue
        values, after = {**now[record], "id": record}, changes.get(record, [])
        for _, entry, _ in reversed(after):
            values.update(_side(uow, rule.entity, entry, 0))
        is_there = not any(action == "create" for _, _, action in after)
        before = {f.id: None for f in scored}
        moments: list[tuple[datetime, int, Any]] = [(at, 0, (entry, action)) for at, entry, action in after] + [(row.at, 1, row) for row in scores.get(record, ())]
        held: bool | None = None
        for at, kind, what in sorted(moments, key=lambda m: m[:2]):
            if held is None:
                held = is_there and _holds(uow, rule, condition, values, before)
            if kind == 0:
                values.update(_side(uow, rule.entity, what[0], 1))
                is_there = True
            else:
                before.update({f.id: getattr(what, PARTS[str(f.part)]) for f in scored if str(f.score) == what.score})
            holds = is_there and _holds(uow, rule, condition, values, before)
            if at >= since and holds is not held:
                yield Past(record, at), holds
            held = holds


def _changes(uow: UnitOfWork, rule: Rule, fields: list[Field], since: datetime, until: datetime) -> dict[str, list[tuple[datetime, Mapping[str, Any], str]]]:
    """Return the changes of some fields since a moment, by record, oldest first: those after ``until`` too, for they are taken back."""
    found: dict[str, list[tuple[datetime, Mapping[str, Any], str]]] = {}
    if fields:
        wanted = entries(rule.entity, since, uow.now + timedelta(days=1), [f.id for f in fields]).order_by(history.c.id.desc()).limit(4 * MOST)
        for row in uow.connection.execute(wanted):
            found.setdefault(row.record, []).insert(0, (row.at, row.changes, row.action))
    return {record: rows for record, rows in found.items() if any(at < until for at, _, _ in rows)}


def _snapshots(uow: UnitOfWork, score_ids: Collection[str], since: datetime, until: datetime) -> dict[str, list[Any]]:
    """Return the snapshots of scores between two moments, and the last one before, by record, oldest first."""
    found: dict[str, list[Any]] = {}
    c = snapshots.c
    for score in sorted(score_ids):
        last = select(func.max(c.id)).where(c.score == score, c.at < since).group_by(c.record)
        wanted = select(c.record, c.score, c.at, c.value, c.band, c.coverage).where(c.score == score, c.at < until, or_(c.at >= since, c.id.in_(last)))
        for row in uow.connection.execute(wanted.order_by(c.at.desc(), c.id.desc()).limit(10 * MOST)):
            found.setdefault(row.record, []).insert(0, row)
    return found


def _side(uow: UnitOfWork, entity: Entity, entry: Mapping[str, Any], side: int) -> dict[str, Any]:
    """Return the values of a change before it (0) or after it (1), by field name."""
    return {f.name: value_then(uow, entity, f.name, pair[side]) for key, pair in entry.items() if (f := entity.fields_by_id.get(key)) is not None}


def _holds(uow: UnitOfWork, rule: Rule, condition: Expression, values: Mapping[str, Any], scores: Mapping[str, Any]) -> bool:
    facts = _Then(uow, rule.entity, dict(values))
    facts.then = scores
    return value_of(uow, condition, facts, None) is True


class _AsOf(Everything):
    """Other records as they were at a moment: those that came later are not there, choices are what they were."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def column(self, environment: Environment, alias: FromClause, entity: Entity, field: Field) -> Column:
        """Return a field; a choice as it was."""
        column = super().column(environment, alias, entity, field)
        return unchanged(environment, alias, field, self.moment, column) if field.type.kind == "choice" and field.is_written else column

    def rows(self, environment: Environment, alias: FromClause, entity: Entity) -> Column | None:
        """Return the condition that a record had come."""
        return None if entity.is_system else alias.c.created_at <= self.moment


def _day_by_day(uow: UnitOfWork, rule: Rule, condition: Expression, since: datetime, until: datetime) -> Iterator[tuple[Past, bool]]:
    """Yield the turns of a condition between looks, each of them one statement over all records."""
    first = since.astimezone(uow.timezone).date()
    days = max(1, (min(until, uow.now).astimezone(uow.timezone).date() - first).days)
    step = -(-days // MOST_LOOKS)
    before: set[str] | None = None
    for n in range(0, days + step, step):
        moment = min(datetime.combine(first + timedelta(days=n), time(23, 59, 59), uow.timezone), uow.now)
        source = Source(replace(environment(replace(uow, now=moment)), resolver=_AsOf(moment)), rule.entity)
        table = source.alias
        test = compile_condition(source, condition)
        statement = select(table.c.id).select_from(source.from_clause).where(table.c.deleted_at.is_(None), table.c.created_at <= moment, test)
        now = set(uow.connection.execute(statement).scalars())
        for record in sorted(now ^ before) if before is not None else ():
            yield Past(record, moment), record in now
        before = now

"""For which records nothing came for days: when something came last, and which of them a rule knows to be silent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, and_, delete, insert, literal, or_, select

from tenon.engine.access.resolver import environment
from tenon.engine.columns import CodeText, Moment
from tenon.engine.rules.book import Rule, book_of
from tenon.engine.rules.tables import members
from tenon.engine.sql.compiler import compile_value
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import bind, from_db
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.model import Model
from tenon.metamodel.naming import find_to_many
from tenon.metamodel.triggers.event import USAGE
from tenon.metamodel.triggers.no_activity import NoActivity
from tenon.metamodel.types import TEXT


def last_activity(model: Model, rule: Rule) -> Expression | None:
    """Return when something came for a record last, as an expression; None where the records that tell it are not there."""
    trigger = rule.body.trigger
    assert isinstance(trigger, NoActivity)
    if trigger.event is not None:
        usage = model.entities.get(USAGE)
        relation = next((r for r in rule.entity.relations.values() if usage is not None and r.far_id == usage.id), None)
        if usage is None or relation is None:
            return None
        scope = Scope(model, rule.entity, values={"event_name": TEXT})
        return check(f"max({relation.name}.{usage.time_field}, where=event == event_name)", scope)
    relation = find_to_many(model, rule.entity, trigger.relation or "")
    if relation is None:
        return None
    far = model.get_entity(relation.far_id)
    return check(f"max({trigger.relation}.{far.time_field})", Scope(model, rule.entity))


def silent(uow: UnitOfWork, rule: Rule, ids: Collection[str], today: date) -> dict[str, datetime | date]:
    """Return those of some records for which nothing came for the days of the rule, with when it came last: else when they were made."""
    last = last_activity(uow.model, rule)
    if last is None:
        return {}
    statement = _silent(uow, rule, last, today, ids)
    return {row.id: row.made if row.last is None else from_db(last.type, row.last) for row in uow.connection.execute(statement)}


def newly_silent(uow: UnitOfWork, rule: Rule, ids: Collection[str], found: Collection[str]) -> list[str]:
    """Note which of some records are silent, and return those that were not before."""
    among = id_set(uow.dialect, ids)
    known = set(uow.connection.execute(select(members.c.record).where(members.c.rule == rule.id, members.c.record.in_(among))).scalars())
    back = known - set(found)
    if back:
        uow.connection.execute(delete(members).where(members.c.rule == rule.id, members.c.record.in_(id_set(uow.dialect, back))))
    new = sorted(set(found) - known)
    if new:
        uow.connection.execute(insert(members), [{"rule": rule.id, "record": each, "since": uow.now} for each in new])
    return new


def note_silent(uow: UnitOfWork, _ctx: Any, old: Model, _release: Any) -> None:
    """After a publish, note for rules that are new or changed which records are silent already: nobody is told of these."""
    for rule in book_of(uow.model).rules.values():
        before = old.documents.get(rule.id)
        if before is None or before.json != rule.document.json:
            _note(uow, rule)


def note_all_silent(uow: UnitOfWork) -> None:
    """Note for every rule which records are silent by now: nobody is told of these."""
    for rule in book_of(uow.model).rules.values():
        _note(uow, rule)


def _note(uow: UnitOfWork, rule: Rule) -> None:
    if isinstance(rule.body.trigger, NoActivity):
        uow.connection.execute(delete(members).where(members.c.rule == rule.id))
        last = last_activity(uow.model, rule)
        if last is not None:
            found = _silent(uow, rule, last, uow.today - timedelta(days=1), None).subquery()
            rows = select(literal(rule.id, CodeText()), found.c.id, literal(uow.now, Moment()))
            uow.connection.execute(insert(members).from_select(["rule", "record", "since"], rows))


def _silent(uow: UnitOfWork, rule: Rule, last: Expression, today: date, ids: Collection[str] | None) -> Select[Any]:
    """Return the statement of silent records: the day of what came last lies so many days back."""
    trigger = rule.body.trigger
    assert isinstance(trigger, NoActivity)
    around = environment(uow)
    source = Source(replace(around, values={"event_name": trigger.event}), rule.entity)
    table = source.alias
    each = select(table.c.id, table.c.created_at.label("made"), compile_value(source, last).label("last")).select_from(source.from_clause)
    each = each.where(table.c.deleted_at.is_(None), *([] if ids is None else [table.c.id.in_(id_set(uow.dialect, ids))]))
    found = each.subquery()
    day = today - timedelta(days=trigger.days) + timedelta(days=1)
    start = datetime.combine(day, time(), uow.timezone)
    edge = bind(around, day if last.type.kind == "date" else start, last.type)
    return select(found.c.id, found.c.made, found.c.last).where(or_(found.c.last < edge, and_(found.c.last.is_(None), found.c.made < start)))

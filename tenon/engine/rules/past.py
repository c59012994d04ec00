"""Trying a rule over the past: for which records it would have fired, when, how many a week, and what it would have done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select

from tenon.engine.context import Context
from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.history import history
from tenon.engine.records.stored import load
from tenon.engine.rules.book import Rule
from tenon.engine.rules.triggers.updated import named_fields
from tenon.engine.scores.tables import transitions
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity

MOST = 5_000
"""So many happenings are looked at, the newest."""
LISTED = 100
DAYS_OF_A_WEEK = 7


@dataclass
class Past:
    """Something that woke a rule in the past: the record, when, and what is known of it."""

    record: str
    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)


def simulate(uow: UnitOfWork, ctx: Context, rule: Rule, since: datetime, until: datetime) -> dict[str, Any]:
    """Return what a rule would have done; nothing is touched. Own fields are read as they were then, what lies elsewhere as it is now.

    Raises Invalid for triggers that left nothing behind that could be looked at.
    """
    happened = _happened(uow, rule, since, until)
    fired: list[Past] = []
    acted: dict[str, datetime] = {}
    then = _then(uow, rule.entity, happened)
    for each in sorted(happened, key=lambda p: p.at):
        facts = then(each)
        if facts is not None and _would(uow, ctx, rule, facts, each) and _is_allowed(uow, rule, each, acted):
            acted[each.record] = each.at
            fired.append(each)
    weeks = Counter((each.at.astimezone(uow.timezone).date() - timedelta(days=each.at.astimezone(uow.timezone).weekday())).isoformat() for each in fired)
    span = max(1.0, (until - since).total_seconds() / 86_400 / DAYS_OF_A_WEEK)
    return {
        "rule": rule.document.name, "since": since.isoformat(), "until": until.isoformat(), "looked_at": len(happened), "is_cut": len(happened) == MOST,
        "count": len(fired), "records": len({each.record for each in fired}), "per_week": round(len(fired) / span, 2),
        "weeks": [{"week": week, "count": count} for week, count in sorted(weeks.items())],
        "fired": [{"record": each.record, "at": each.at.isoformat(), "facts": each.facts} for each in reversed(fired[-LISTED:])],
        "actions": [action.type for action in rule.body.actions],
    }  # fmt: skip


def _happened(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return what would have woken the rule, newest first."""
    trigger = rule.body.trigger
    if trigger.type in ("created", "updated", "deleted"):
        return list(_changes(uow, rule, since, until))
    if trigger.type == "band_changed":
        return list(_moves(uow, rule, since, until))
    message = say("What would have woken this rule left no trace to look at.", "该触发方式没有可供回看的记录。")
    hint = say("Rules on records that came, changed or went, and on changes of band, can be tried over the past.", "可回看的触发方式：新建、修改、删除记录，以及等级变化。")
    raise Invalid(Problem("/trigger/type", "refused", message, hint))


def _changes(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> Iterator[Past]:
    action = {"created": "create", "updated": "update", "deleted": "delete"}[rule.body.trigger.type]
    named = {f.id for f in named_fields(rule)}
    for row in uow.connection.execute(_of(rule.entity, since, until).where(history.c.action == action).order_by(history.c.id.desc()).limit(MOST)):
        if not named or named & row.changes.keys():
            yield Past(row.record, row.at, changes=row.changes)


def _of(entity: Entity, since: datetime, until: datetime) -> Select[Any]:
    return select(history.c.record, history.c.at, history.c.changes, history.c.action).where(history.c.entity == entity.id, history.c.at >= since, history.c.at < until)


def _moves(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> Iterator[Past]:
    trigger: Any = rule.body.trigger
    score = uow.model.get("score", trigger.score)
    order = {band.name: index for index, band in enumerate(score.body.bands)}
    c = transitions.c
    wanted = select(c.record, c["from"].label("was"), c.to, c.at, c.value, c.was_value).where(c.score == score.id, c.at >= since, c.at < until)
    for row in uow.connection.execute(wanted.order_by(c.id.desc()).limit(MOST)):
        fits = row.was is not None and row.to is not None and (not trigger.from_ or row.was in trigger.from_) and (not trigger.to or row.to in trigger.to)
        if fits and (trigger.direction is None or (order.get(row.to, 0) > order.get(row.was, 0)) == (trigger.direction == "up")):
            yield Past(row.record, row.at, {"from": row.was, "to": row.to, "was_value": str(row.was_value), "value": str(row.value)})


def _then(uow: UnitOfWork, entity: Entity, happened: list[Past]) -> Callable[[Past], RecordFacts | None]:
    """Return what tells the values of a record at a moment: those of now, with later changes taken back."""
    ids = {each.record for each in happened}
    now = {**load(uow, entity, list(ids), deleted=True), **load(uow, entity, list(ids))} if ids else {}
    later: dict[str, list[tuple[datetime, Mapping[str, Any]]]] = {}
    first = min((each.at for each in happened), default=uow.now)
    wanted = select(history.c.record, history.c.at, history.c.changes).where(history.c.record.in_(id_set(uow.dialect, ids)), history.c.at >= first)
    for record, at, changes in uow.connection.execute(wanted.order_by(history.c.id.desc())) if ids else ():
        later.setdefault(record, []).append((at, changes))

    def tell(each: Past) -> RecordFacts | None:
        if each.record not in now:
            return None
        values = {**now[each.record], "id": each.record}
        for at, changes in later.get(each.record, ()):
            if at > each.at:
                values.update({f.name: _value(uow, entity, f.name, before) for key, (before, _) in changes.items() if (f := entity.fields_by_id.get(key)) is not None})
        old = {**values, **{f.name: _value(uow, entity, f.name, pair[0]) for key, pair in each.changes.items() if (f := entity.fields_by_id.get(key)) is not None}}
        return RecordFacts(uow, entity, values, old)

    return tell


def _value(uow: UnitOfWork, entity: Entity, name: str, stored: Any) -> Any:
    """Return a value of the history as the evaluator knows it."""
    field_ = entity.fields[name]
    if stored is None or field_.targets or field_.type.kind in ("choices", "list"):
        return tuple(stored) if isinstance(stored, list) else stored
    try:
        return field_.spec.clean(stored, uow.place)
    except BadValue:
        return None


def _would(uow: UnitOfWork, ctx: Context, rule: Rule, facts: RecordFacts, each: Past) -> bool:
    """True when the condition held at that moment."""
    if rule.condition is None:
        return True
    then = replace(uow, now=each.at)
    return value_of(then, rule.condition, facts, ctx.user) is True


def _is_allowed(uow: UnitOfWork, rule: Rule, each: Past, acted: Mapping[str, datetime]) -> bool:
    """True when no limit would have held the rule back."""
    limits, last = rule.body.limits, acted.get(each.record)
    if last is None:
        return True
    if limits.once_per == "record" or (limits.cooldown_hours is not None and each.at - last < timedelta(hours=limits.cooldown_hours)):
        return False
    return limits.once_per != "day" or last.astimezone(uow.timezone).date() != each.at.astimezone(uow.timezone).date()

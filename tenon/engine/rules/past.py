"""Trying a rule over the past: for which records it would have fired, when, how many a week, and what it would have done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from tenon.engine.context import Context
from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.history import history
from tenon.engine.records.stored import load
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Past
from tenon.engine.rules.traces import MOST, value_then
from tenon.engine.rules.triggers import HEARING
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity

LISTED = 100
DAYS_OF_A_WEEK = 7


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
    """Return what would have woken the rule, the newest of it."""
    find = getattr(HEARING[rule.body.trigger.type], "past", None)
    if find is not None:
        found: list[Past] = find(uow, rule, since, until)
        return sorted(found, key=lambda each: each.at, reverse=True)[:MOST]
    message = say("What would have woken this rule left no trace to look at.", "该触发方式没有可供回看的记录。")
    hint = say("Buttons and set times leave none; every other way can be tried over the past.", "按钮与定时不留痕迹；其他触发方式均可回看。")
    raise Invalid(Problem("/trigger/type", "refused", message, hint))


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
                values.update({f.name: value_then(uow, entity, f.name, before) for key, (before, _) in changes.items() if (f := entity.fields_by_id.get(key)) is not None})
        old = {**values, **{f.name: value_then(uow, entity, f.name, pair[0]) for key, pair in each.changes.items() if (f := entity.fields_by_id.get(key)) is not None}}
        return RecordFacts(uow, entity, values, old)

    return tell


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

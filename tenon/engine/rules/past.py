"""Trying a rule over the past: for which records it would have fired, when, how many a week, and what it would have done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from tenon.engine.columns import show_moment
from tenon.engine.context import Context
from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.history import history
from tenon.engine.records.stored import load
from tenon.engine.rules.book import Rule
from tenon.engine.rules.firing import acts_once
from tenon.engine.rules.foretold import would_do
from tenon.engine.rules.heard import Past
from tenon.engine.rules.judging import explained_by
from tenon.engine.rules.limits import COUNTED
from tenon.engine.rules.tables import runs
from tenon.engine.rules.traces import MOST, value_then
from tenon.engine.rules.triggers import HEARING
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity

LISTED = 100
DAYS_OF_A_WEEK = 7


def simulate(uow: UnitOfWork, ctx: Context, rule: Rule, since: datetime, until: datetime) -> dict[str, Any]:
    """Return what a rule would have done; nothing is touched. Own fields are read as they were then, what lies elsewhere as it is now.

    Each of ``fired`` says what every action ``would`` have written.
    """
    happened = _happened(uow, rule, since, until)
    fired: list[Past] = []
    acted, held = dict[str, datetime](), set[str]()
    then = _then(uow, rule.entity, happened)
    for each in sorted(happened, key=lambda p: p.at):
        facts = then(each)
        if facts is None or not _would(uow, ctx, rule, facts, each):
            held.discard(each.record)
        elif _is_allowed(uow, rule, each, acted, held) and not (acts_once(rule) and fired and fired[-1].at == each.at):
            acted[each.record] = each.at
            fired.append(each)
    weeks = Counter((each.at.astimezone(uow.timezone).date() - timedelta(days=each.at.astimezone(uow.timezone).weekday())).isoformat() for each in fired)
    listed = [(each, facts) for each in reversed(fired[-LISTED:]) if (facts := then(each)) is not None]
    span = max(1.0, (until - since).total_seconds() / 86_400 / DAYS_OF_A_WEEK)
    return {
        "rule": rule.document.name, "since": show_moment(since), "until": show_moment(until), "looked_at": len(happened), "is_cut": len(happened) == MOST,
        "count": len(fired), "records": len({each.record for each in fired}), "per_week": round(len(fired) / span, 2),
        "weeks": [{"week": week, "count": count} for week, count in sorted(weeks.items())],
        "fired": [
            {"record": each.record, "at": show_moment(each.at), "facts": each.facts, "would": would_do(replace(uow, now=each.at), ctx, rule, facts)} for each, facts in listed
        ],
        "actions": [action.type for action in rule.body.actions],
    }  # fmt: skip


def why_then(uow: UnitOfWork, ctx: Context, rule: Rule, record: str, at: datetime) -> dict[str, Any]:
    """Return the condition of a rule for a record as it was at a moment, with the value of every part, and what held the rule back then.

    ``old`` is what it was before the last change until then. None where the record was not there.
    """
    h = history.c
    last = select(h.at, h.changes, h.action).where(h.record == record, h.entity == rule.entity.id, h.at <= at).order_by(h.id.desc()).limit(1)
    entry = uow.connection.execute(last).first()
    facts = _then(uow, rule.entity, [each := Past(record, at, changes=entry.changes)])(each) if entry is not None and entry.action != "delete" else None
    if facts is None:
        return {"condition": None, "held_by": None, "is_there": False}
    told = explained_by(replace(uow, now=at), ctx, rule, facts) or None
    before = select(func.max(runs.c.at)).where(runs.c.rule == rule.id, runs.c.record == record, runs.c.state.in_(COUNTED), runs.c.at < at)
    return {"condition": told, "held_by": _held_by(uow, rule, uow.connection.execute(before).scalar(), at), "is_there": True}


def _held_by(uow: UnitOfWork, rule: Rule, last: datetime | None, at: datetime) -> str | None:
    """Return the limit that holds a rule back that acted for a record last at some moment."""
    limits = rule.body.limits
    if last is None:
        return None
    is_same_day = last.astimezone(uow.timezone).date() == at.astimezone(uow.timezone).date()
    if limits.once_per == "record" or (limits.once_per == "day" and is_same_day):
        return "once_per"
    return "cooldown_hours" if limits.cooldown_hours is not None and at - last < timedelta(hours=limits.cooldown_hours) else None


def _happened(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return what would have woken the rule, the newest of it."""
    found: list[Past] = HEARING[rule.body.trigger.type].past(uow, rule, since, until)
    return sorted(found, key=lambda each: each.at, reverse=True)[:MOST]


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


def _is_allowed(uow: UnitOfWork, rule: Rule, each: Past, acted: Mapping[str, datetime], held: set[str]) -> bool:
    """True when no limit would have held the rule back; ``held`` are the records for which its condition held the last time."""
    limits, last, was_held = rule.body.limits, acted.get(each.record), each.record in held
    held.add(each.record)
    if limits.once_per == "entry" and not rule.body.trigger.IS_ENTRY and was_held:
        return False
    return _held_by(uow, rule, last, each.at) is None

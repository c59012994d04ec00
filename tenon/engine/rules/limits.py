"""How often a rule may act, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, insert, select

from tenon.engine.calendars import calendar_of
from tenon.engine.rules.book import Rule
from tenon.engine.rules.tables import members, runs
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.kinds.rule import Quiet

COUNTED = ("waiting", "done", "failed", "logged")
CHUNK = 5_000
MOST_TURNS = 400
"""How often a calendar and quiet hours may send a run to each other: hours that are always quiet are not waited for longer."""


def allowed(uow: UnitOfWork, rule: Rule, ids: Sequence[str], others: Sequence[str]) -> tuple[list[str], Counter[str]]:
    """Return the records for which the rule may act now, and how many were held back by which limit; ``others`` are those its condition left."""
    limits, held, kept = rule.body.limits, Counter[str](), list(ids)
    if limits.once_per == "entry" and not rule.body.trigger.IS_ENTRY:
        kept = _entering(uow, rule, kept, others)
    elif limits.once_per == "record":
        kept = _without(uow, rule, kept, None)
    elif limits.once_per == "day":
        kept = _without(uow, rule, kept, datetime.combine(uow.today, time(), uow.timezone))
    if len(kept) < len(ids):
        held["once_per"] = len(ids) - len(kept)
    if limits.cooldown_hours is not None:
        before = len(kept)
        kept = _without(uow, rule, kept, uow.now - timedelta(hours=limits.cooldown_hours))
        if len(kept) < before:
            held["cooldown_hours"] = before - len(kept)
    return kept, held


def _without(uow: UnitOfWork, rule: Rule, ids: list[str], since: datetime | None) -> list[str]:
    """Return the records without those that the rule acted for since a moment, or ever."""
    acted: set[str] = set()
    for start in range(0, len(ids), CHUNK):
        conditions: list[Any] = [runs.c.rule == rule.id, runs.c.record.in_(id_set(uow.dialect, ids[start : start + CHUNK])), runs.c.state.in_(COUNTED)]
        conditions += [] if since is None else [runs.c.at > since] if rule.body.limits.once_per != "day" else [runs.c.at >= since]
        acted.update(uow.connection.execute(select(runs.c.record).where(*conditions)).scalars())
    return [each for each in ids if each not in acted]


def _entering(uow: UnitOfWork, rule: Rule, ids: list[str], others: Sequence[str]) -> list[str]:
    """Return the records whose condition did not hold when the rule was woken for them last; those that it left may enter again."""
    inside: set[str] = set()
    for start in range(0, len(ids), CHUNK):
        among = id_set(uow.dialect, ids[start : start + CHUNK])
        inside.update(uow.connection.execute(select(members.c.record).where(members.c.rule == rule.id, members.c.record.in_(among))).scalars())
    entering = [each for each in ids if each not in inside]
    if entering:
        uow.connection.execute(insert(members), [{"rule": rule.id, "record": each, "since": uow.now} for each in entering])
    for start in range(0, len(others), CHUNK):
        gone = id_set(uow.dialect, others[start : start + CHUNK])
        uow.connection.execute(delete(members).where(members.c.rule == rule.id, members.c.record.in_(gone)))
    return entering


def due(uow: UnitOfWork, rule: Rule) -> datetime:
    """Return when a run is done: at once, or in the next working time of its calendar outside of its quiet hours."""
    return free_moment(uow, rule.body.limits.quiet_hours, rule.body.limits.calendar)


def free_moment(uow: UnitOfWork, quiet: Quiet | None, calendar_name: str | None) -> datetime:
    """Return now, or the next time that is working time of a calendar and outside of quiet hours."""
    moment = uow.now
    calendar = calendar_of(uow.model, calendar_name, uow.timezone) if calendar_name else None
    for _ in range(MOST_TURNS):
        working = calendar.next_working(moment) if calendar is not None else moment
        after = _after(quiet, working.astimezone(uow.timezone)) if quiet is not None else working
        if after == working:
            return working
        moment = after
    return moment


def _after(quiet: Quiet, local: datetime) -> datetime:
    """Return the moment itself, or when the quiet hours around it end."""
    start, end, clock = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end), local.time()
    is_quiet = start <= clock < end if start <= end else clock >= start or clock < end
    if not is_quiet:
        return local
    day = local.date() + timedelta(days=1 if start > end and clock >= start else 0)
    return datetime.combine(day, end, local.tzinfo)

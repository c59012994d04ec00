"""The times of a schedule: at each the rule looks at every record."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from sqlalchemy import select

from tenon.engine.jobs.cron import Cron
from tenon.engine.jobs.schedules import Schedule
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard, Past
from tenon.engine.rules.timing import at_times
from tenon.engine.rules.traces import MOST
from tenon.engine.unit_of_work import UnitOfWork


def schedule(rule: Rule) -> Schedule:
    """Return when the rule looks."""
    return at_times(rule, getattr(rule.body.trigger, "cron", ""))


def look(_uow: UnitOfWork, _rule: Rule, ids: list[str], _since: datetime, due: datetime) -> Heard:
    """Return all of some records, once for this time."""
    return Heard(ids, key=dict.fromkeys(ids, f"at:{due.isoformat()}"))


def past(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return the records that were there at each time between two moments, the newest times first."""
    table = uow.tables.of(rule.entity)
    wanted = select(table.c.id, table.c.created_at, table.c.deleted_at).where(table.c.created_at < until).order_by(table.c.id).limit(MOST)
    there = uow.connection.execute(wanted).all()
    if not there:
        return []
    times = Cron.parse(getattr(rule.body.trigger, "cron", "")).times(max(since, min(row.created_at for row in there)), until, uow.timezone)
    each = (Past(row.id, at) for at in times for row in there if row.created_at <= at and (row.deleted_at is None or row.deleted_at > at))
    return list(islice(each, MOST))

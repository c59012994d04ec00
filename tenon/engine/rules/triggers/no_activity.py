"""Days without activity: at a time of the day the rule looks for which records nothing came."""

from __future__ import annotations

from datetime import datetime

from tenon.engine.jobs.schedules import Schedule
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard, Past
from tenon.engine.rules.silence import newly_silent, silent
from tenon.engine.rules.silences import silences
from tenon.engine.rules.timing import at_times
from tenon.engine.unit_of_work import UnitOfWork


def schedule(rule: Rule) -> Schedule:
    """Return when the rule looks: every day."""
    hour, minute = getattr(rule.body.trigger, "at", "09:00").split(":")
    return at_times(rule, f"{int(minute)} {int(hour)} * * *")


def look(uow: UnitOfWork, rule: Rule, ids: list[str], _since: datetime, due: datetime) -> Heard:
    """Return those of some records for which nothing came for so many days, and of which the rule did not know it."""
    today = due.astimezone(uow.timezone).date()
    found = silent(uow, rule, ids, today)
    new = newly_silent(uow, rule, ids, found)
    days = {r: (today - (at.astimezone(uow.timezone).date() if isinstance(at := found[r], datetime) else at)).days for r in new}
    return Heard(new, facts={r: {"last_at": found[r].isoformat(), "days": days[r]} for r in new}, key={r: f"silent:{found[r].isoformat()}" for r in new})


def past(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return the records for which nothing came for so many days, at the moments when that had been so long."""
    return [Past(record, at, {"last_at": last.isoformat(), "days": getattr(rule.body.trigger, "days", 0)}) for record, last, at in silences(uow, rule, since, until)]

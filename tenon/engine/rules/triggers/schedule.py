"""The times of a schedule: at each the rule looks at every record."""

from __future__ import annotations

from datetime import datetime

from tenon.engine.jobs.schedules import Schedule
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard
from tenon.engine.rules.timing import at_times
from tenon.engine.unit_of_work import UnitOfWork


def schedule(rule: Rule) -> Schedule:
    """Return when the rule looks."""
    return at_times(rule, getattr(rule.body.trigger, "cron", ""))


def look(_uow: UnitOfWork, _rule: Rule, ids: list[str], _since: datetime, due: datetime) -> Heard:
    """Return all of some records, once for this time."""
    return Heard(ids, key=dict.fromkeys(ids, f"at:{due.isoformat()}"))

"""The schedules of rules that the clock wakes."""

from __future__ import annotations

from tenon.engine.jobs.schedules import Schedule
from tenon.engine.rules.book import Rule

LOOK = "rule_look"
PREFIX = "rule:"


def at_times(rule: Rule, cron: str) -> Schedule:
    """Return the schedule of a rule that looks at its records at the times of a cron line."""
    return Schedule(f"{PREFIX}{rule.id}", cron, LOOK, {"rule": rule.id})

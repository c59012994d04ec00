"""Hearing that records came."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tenon.engine.records.events import Written
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard, Past
from tenon.engine.rules.traces import changes
from tenon.engine.unit_of_work import UnitOfWork


def hear(_uow: UnitOfWork, rule: Rule, event: Any) -> Heard | None:
    """Return the new records."""
    is_new = isinstance(event, Written) and event.action == "create" and event.entity.id == rule.entity.id
    return Heard(event.ids, values=event.changed) if is_new else None


def past(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return the records that came between two moments."""
    return list(changes(uow, rule, since, until, "create"))

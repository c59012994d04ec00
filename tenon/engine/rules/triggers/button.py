"""Hearing that the button of a rule was pressed, on the page of a record or over rows of a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard, Past
from tenon.engine.rules.tables import runs
from tenon.engine.rules.traces import MOST
from tenon.engine.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Pressed:
    """Somebody pressed the button of a rule for these records."""

    rule_id: str
    records: tuple[str, ...]


def hear(_uow: UnitOfWork, rule: Rule, event: Any) -> Heard | None:
    """Return the records that it was pressed for."""
    return Heard(event.records) if isinstance(event, Pressed) and event.rule_id == rule.id else None


def past(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return the records that its button was pressed for between two moments, as far as it acted for them then."""
    wanted = select(runs.c.record, runs.c.at).where(runs.c.rule == rule.id, runs.c.at >= since, runs.c.at < until, runs.c.state != "stopped")
    return [Past(row.record, row.at) for row in uow.connection.execute(wanted.order_by(runs.c.id.desc()).limit(MOST))]

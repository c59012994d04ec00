"""Hearing that another system called the address of a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard, Past
from tenon.engine.rules.traces import MOST
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.webhooks.table import hook_calls


@dataclass(frozen=True)
class Called:
    """Another system called the address of a rule about a record."""

    rule_id: str
    record: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def hear(_uow: UnitOfWork, rule: Rule, event: Any) -> Heard | None:
    """Return the record that the call is about."""
    return Heard((event.record,), facts={event.record: event.facts}) if isinstance(event, Called) and event.rule_id == rule.id else None


def past(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return the records that calls between two moments were about, of those calls that had an id."""
    c = hook_calls.c
    wanted = select(c.at, c.answer, c.call).where(c.rule == rule.id, c.at >= since, c.at < until).order_by(c.at.desc()).limit(MOST)
    return [Past(row.answer["record"]["id"], row.at, {"call": row.call}) for row in uow.connection.execute(wanted) if row.answer.get("record")]

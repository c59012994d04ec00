"""Hearing that another system called the address of a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard
from tenon.engine.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Called:
    """Another system called the address of a rule about a record."""

    rule_id: str
    record: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def hear(_uow: UnitOfWork, rule: Rule, event: Any) -> Heard | None:
    """Return the record that the call is about."""
    return Heard((event.record,), facts={event.record: event.facts}) if isinstance(event, Called) and event.rule_id == rule.id else None

"""Hearing that the button of a rule was pressed, on the page of a record or over rows of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard
from tenon.engine.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Pressed:
    """Somebody pressed the button of a rule for these records."""

    rule_id: str
    records: tuple[str, ...]


def hear(_uow: UnitOfWork, rule: Rule, event: Any) -> Heard | None:
    """Return the records that it was pressed for."""
    return Heard(event.records) if isinstance(event, Pressed) and event.rule_id == rule.id else None

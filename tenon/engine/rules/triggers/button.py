"""Hearing that the button of a rule was pressed on the page of a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard
from tenon.engine.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Pressed:
    """Somebody pressed the button of a rule."""

    rule_id: str
    record: str


def hear(_uow: UnitOfWork, rule: Rule, event: Any) -> Heard | None:
    """Return the record on whose page it was pressed."""
    return Heard((event.record,)) if isinstance(event, Pressed) and event.rule_id == rule.id else None

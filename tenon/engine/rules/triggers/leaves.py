"""Hearing that a condition ceased to be true for records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard, Past
from tenon.engine.rules.membership import Turned
from tenon.engine.rules.turns import turned
from tenon.engine.unit_of_work import UnitOfWork


def hear(_uow: UnitOfWork, rule: Rule, event: Any) -> Heard | None:
    """Return the records for which the condition of this rule ceased to be true."""
    return Heard(event.left) if isinstance(event, Turned) and event.rule_id == rule.id else None


def past(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return the records for which the condition became false between two moments."""
    return turned(uow, rule, since, until, into=False)

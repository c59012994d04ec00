"""Hearing that a form was sent in."""

from __future__ import annotations

from typing import Any

from tenon.engine.records.events import Written
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard
from tenon.engine.unit_of_work import UnitOfWork


def hear(uow: UnitOfWork, rule: Rule, event: Any) -> Heard | None:
    """Return the records that a form made or changed."""
    form = uow.model.find("form", getattr(rule.body.trigger, "form", ""))
    if not isinstance(event, Written) or event.ctx is None or form is None or event.entity.id != rule.entity.id or event.action not in ("create", "update"):
        return None
    cause = event.ctx.cause
    return Heard(event.ids, event.before) if cause.kind == "form" and form.id == cause.id else None

"""Hearing that a form was sent in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tenon.engine.history import history
from tenon.engine.records.events import Written
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard, Past
from tenon.engine.rules.traces import MOST, entries
from tenon.engine.unit_of_work import UnitOfWork


def hear(uow: UnitOfWork, rule: Rule, event: Any) -> Heard | None:
    """Return the records that a form made or changed."""
    form = uow.model.find("form", getattr(rule.body.trigger, "form", ""))
    if not isinstance(event, Written) or event.ctx is None or form is None or event.entity.id != rule.entity.id or event.action not in ("create", "update"):
        return None
    cause = event.ctx.cause
    return Heard(event.ids, event.before) if cause.kind == "form" and form.id == cause.id else None


def past(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return the records that the form made or changed between two moments."""
    form = uow.model.find("form", getattr(rule.body.trigger, "form", ""))
    rows = uow.connection.execute(entries(rule.entity, since, until).order_by(history.c.id.desc()).limit(MOST))
    return [Past(r.record, r.at, changes=r.changes) for r in rows if form is not None and r.cause.get("kind") == "form" and r.cause.get("id") == form.id]

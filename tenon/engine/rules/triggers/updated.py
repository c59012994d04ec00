"""Hearing that fields of records changed: by people, and computed ones that a rule names."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tenon.engine.recompute.events import Computed
from tenon.engine.records.events import Written
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard, Past
from tenon.engine.rules.traces import changes
from tenon.engine.scores.events import ScoreChanged
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Field


def hear(_uow: UnitOfWork, rule: Rule, event: Any) -> Heard | None:
    """Return the records of which a named field changed; without names, any field that people write."""
    if getattr(event, "entity", None) is None or event.entity.id != rule.entity.id:
        return None
    named = named_fields(rule)
    if isinstance(event, Written) and event.action == "update":
        return _written(rule, event, named)
    if isinstance(event, Computed) and any(f.id in event.fields for f in named):
        return Heard(event.ids)
    if isinstance(event, ScoreChanged) and any(f.score == event.score_id for f in named):
        return Heard(event.ids)
    return None


def named_fields(rule: Rule) -> list[Field]:
    """Return the fields that the trigger names."""
    return [f for key in getattr(rule.body.trigger, "fields", ()) if (f := rule.entity.find_field(key)) is not None]


def _written(rule: Rule, event: Written, named: list[Field]) -> Heard | None:
    if not named:
        return Heard(event.ids, event.before, event.changed)
    if event.fields is not None and not event.fields & {f.id for f in named}:
        return None
    names = {f.name for f in named}
    return Heard([i for i in event.ids if names & event.changed.get(i, {}).keys()], event.before, event.changed)


def past(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return the records of which a named field changed between two moments."""
    return list(changes(uow, rule, since, until, "update", [f.id for f in named_fields(rule)]))

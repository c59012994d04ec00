"""Rules that run before a record is stored: each once for a write, in their order, seeing what those before them set."""

from __future__ import annotations

from typing import Any

from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.records.events import Writing
from tenon.engine.records.row import Row
from tenon.engine.rules.actions import DOING
from tenon.engine.rules.book import Rule, book_of
from tenon.engine.rules.triggers.updated import named_fields
from tenon.engine.unit_of_work import UnitOfWork


def hear_before(uow: UnitOfWork, event: Any) -> None:
    """Let the rules of the entity set fields of the rows, or refuse them."""
    if not isinstance(event, Writing):
        return
    for rule in book_of(uow.model).of(event.entity, "before"):
        if rule.body.state == "active":
            for row in _woken(rule, event):
                _run(uow, event, rule, row)


def _woken(rule: Rule, event: Writing) -> list[Row]:
    if rule.body.trigger.type == "created":
        return event.creates
    named = {field.name for field in named_fields(rule)}
    return [row for row in event.updates if not row.is_taken_back and (not named or named & row.values.keys())]


def _run(uow: UnitOfWork, event: Writing, rule: Rule, row: Row) -> None:
    """Do what a rule says with one row: what it looks at is nowhere yet but in this row."""
    facts = RecordFacts(uow, rule.entity, {**row.after(), "id": row.id}, row.before)
    if rule.condition is not None and value_of(uow, rule.condition, facts, event.ctx.user) is not True:
        return
    for action in rule.body.actions:
        DOING[action.type].before(uow, event, rule, action, row)

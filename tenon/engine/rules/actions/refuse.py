"""Refusing that a record is stored, whatever else is there or as long as somebody has enough of its like."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tenon.engine.people import users
from tenon.engine.records.events import Writing
from tenon.engine.records.row import Row
from tenon.engine.rules.book import Rule
from tenon.engine.rules.loads import count_loads
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.actions.refuse import Refuse
from tenon.metamodel.errors import Problem
from tenon.metamodel.labels import Text, say

NOTES = "rules_held"


def before(uow: UnitOfWork, event: Writing, rule: Rule, action: Refuse, row: Row) -> dict[str, Any]:
    """Say why, at the first field that is named, by which rule, and how many it allows."""
    if action.capacity is not None and not _is_beyond(uow, event, rule, action, row):
        return {}
    fields = [f for key in action.fields if (f := rule.entity.find_field(key)) is not None]
    row.refuse(Problem(f"/{fields[0].name}" if fields else "", "refused", action.message, _whose(rule, action)))
    return {}


def _whose(rule: Rule, action: Refuse) -> Text:
    if action.capacity is None:
        return say("This is asked by the rule “{rule}”.", "这是规则“{rule}”的要求。", rule=rule.document.label)
    return say("The rule “{rule}” allows {n} for each.", "规则“{rule}”规定每人至多 {n} 个。", rule=rule.document.label, n=action.capacity)


def _is_beyond(uow: UnitOfWork, event: Writing, rule: Rule, action: Refuse, row: Row) -> bool:
    """Return whether who gets the record has as many others: those that were stored before the write, and those it gave them so far.

    They are counted once a write, and held until it ends, so that two writes do not both give the last one.
    """
    field = rule.entity.find_field(action.held_by or "")
    person = row.after().get(field.name) if field is not None else None
    if field is None or person is None or (row.before or {}).get(field.name) == person:
        return False
    held: tuple[Writing, dict[tuple[str, str], int]] = uow.notes.get(NOTES) or (event, {})
    if held[0] is not event:
        held = (event, {})
    uow.notes[NOTES] = held
    loads, key = held[1], (rule.id, str(person))
    if key not in loads:
        uow.connection.execute(select(users.c.id).where(users.c.id == key[1]).with_for_update())
        loads[key] = count_loads(uow, rule.entity, field, [key[1]], action.open_when)[key[1]]
    if loads[key] >= (action.capacity or 0):
        return True
    loads[key] += 1
    return False

"""Refusing that a record is stored."""

from __future__ import annotations

from typing import Any

from tenon.engine.records.events import Writing
from tenon.engine.records.row import Row
from tenon.engine.rules.book import Rule
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.actions.refuse import Refuse
from tenon.metamodel.errors import Problem
from tenon.metamodel.labels import say


def before(_uow: UnitOfWork, _event: Writing, rule: Rule, action: Refuse, row: Row) -> dict[str, Any]:
    """Say why, at the first field that is named, and by which rule."""
    fields = [f for key in action.fields if (f := rule.entity.find_field(key)) is not None]
    whose = say("This is asked by the rule “{rule}”.", "这是规则“{rule}”的要求。", rule=rule.document.label)
    row.refuse(Problem(f"/{fields[0].name}" if fields else "", "refused", action.message, whose))
    return {}

"""What the actions of a rule would write about a record: their values worked out, nothing done."""

from __future__ import annotations

from typing import Any

from tenon.engine.context import Context
from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.history import as_plain
from tenon.engine.rules.book import Rule
from tenon.engine.rules.expressions import read
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.labels import LANGUAGES
from tenon.metamodel.naming import to_shown

SHARED = ("fields", "body")
SINGLE = ("due", "value_at_risk")
"""What holds expressions over the record: several by name, or one."""


def would_do(uow: UnitOfWork, ctx: Context, rule: Rule, facts: RecordFacts) -> list[dict[str, Any]]:
    """Return each action as people wrote it, with values in the place of its expressions; those over records of a relation stay as they are."""
    shown = uow.model.cache.setdefault("actions_shown", {})
    if rule.id not in shown:
        shown[rule.id] = to_shown(rule.document, uow.model)["actions"]

    def value(text: str) -> Any:
        return as_plain(value_of(uow, read(uow.model, rule.entity, text), facts, ctx.user))

    found = []
    for action, said in zip(rule.document.json["actions"], shown[rule.id], strict=True):
        told = {key: _spoken(each, ctx.language) for key, each in said.items() if key != "id"}
        if action["type"] != "update_records":
            for key in (k for k in SHARED if isinstance(action.get(k), dict)):
                told[key] = {name: value(text) for name, text in zip(said[key], action[key].values(), strict=True)}
            told |= {key: value(action[key]) for key in SINGLE if action.get(key)}
        found.append(told)
    return found


def _spoken(said: Any, language: str) -> Any:
    """Return a text in several languages in one of them; anything else as it is."""
    if isinstance(said, dict) and said and set(said) <= set(LANGUAGES):
        return said.get(language[:2]) or next(iter(said.values()))
    return said

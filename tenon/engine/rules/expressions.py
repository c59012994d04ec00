"""The expressions of rules, checked once a release."""

from __future__ import annotations

from tenon.engine.statements import kept
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.model import Entity, Model


def read(model: Model, entity: Entity, text: str, expect: str | None = None) -> Expression:
    """Return an expression of a rule over records of an entity; it was checked at publishing."""
    return kept(model.cache.setdefault("rule_expressions", {}), (entity.id, text, expect), lambda: check(text, Scope(model, entity, use="rule"), expect))

"""The rules of one release, each with its condition read, by the entity and the trigger that wake them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tenon.engine.rules.documents import rule_documents
from tenon.engine.rules.work import Doer
from tenon.metamodel.document import Document
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.kinds.rule import RuleKind
from tenon.metamodel.model import Entity, Model


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule with its entity and condition; ``watched`` is the condition of a trigger on entering or leaving."""

    document: Document
    entity: Entity
    condition: Expression | None = None
    watched: Expression | None = None

    @property
    def id(self) -> str:
        """The id of the document."""
        return self.document.id

    @property
    def doer(self) -> Doer:
        """What its actions are done by."""
        return Doer("rule", self.id, self.document.name, self.document.label, self.entity)

    @property
    def body(self) -> RuleKind:
        """What the document says."""
        body: RuleKind = self.document.body
        return body


@dataclass(frozen=True)
class Book:
    """Rules in the order in which they run; those that are paused are left out."""

    rules: dict[str, Rule] = field(default_factory=dict)
    by_entity: dict[tuple[str, str], tuple[Rule, ...]] = field(default_factory=dict)

    def of(self, entity: Entity, timing: str) -> Sequence[Rule]:
        """Return the rules of an entity."""
        return self.by_entity.get((entity.id, timing), ())


def book_of(model: Model) -> Book:
    """Return the rules of a release, read once."""
    if "rules" not in model.cache:
        model.cache["rules"] = _read(model)
    found: Book = model.cache["rules"]
    return found


def _read(model: Model) -> Book:
    rules = {}
    for document in sorted(rule_documents(model), key=lambda d: (d.body.order, d.name)):
        entity = model.find_entity(document.body.entity)
        if entity is not None and document.body.state != "paused":
            rules[document.id] = read_rule(model, document, entity)
    by_entity: dict[tuple[str, str], tuple[Rule, ...]] = {}
    for rule in rules.values():
        for entity in heard_by(model, rule):
            key = (entity.id, rule.body.timing)
            by_entity[key] = (*by_entity.get(key, ()), rule)
    return Book(rules, by_entity)


def heard_by(model: Model, rule: Rule) -> list[Entity]:
    """Return the entities whose records wake a rule: its own, or those that its trigger names."""
    names = rule.body.trigger.HEARS
    return [entity for name in names if (entity := model.entities.get(name)) is not None] if names else [rule.entity]


def read_rule(model: Model, document: Document, entity: Entity) -> Rule:
    """Return a document of a rule with its conditions read."""
    scope = Scope(model, entity, use="rule")
    watched = getattr(document.body.trigger, "when", None) if document.body.trigger.type in ("enters", "leaves") else None
    return Rule(
        document, entity, check(document.body.condition, scope, "boolean") if document.body.condition else None,
        check(watched, Scope(model, entity, use="value"), "boolean") if watched else None,
    )

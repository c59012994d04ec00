"""What depends on what in one release: for each entity the formulas and scores that read it, in the order of computing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tenon.engine.rules.documents import rule_documents
from tenon.metamodel.errors import Invalid
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Dependency, Expression
from tenon.metamodel.model import Entity, Field, Model
from tenon.metamodel.steps_inside import steps_in

WATCHED = ("enters", "leaves")
"""The triggers of rules whose condition is judged whenever something that it reads changes."""


@dataclass(eq=False)
class Target:
    """Something computed on the records of an entity: a formula (``field``), a score (``score_id``), or whom the condition of a rule holds for (``rule_id``);
    or a condition over other records that a workflow waits for (``waits``).

    ``level`` is above that of everything it reads: targets of a lower level are computed first.
    """

    entity: Entity
    field: Field | None = None
    score_id: str | None = None
    rule_id: str | None = None
    waits: str | None = None
    dependencies: tuple[Dependency, ...] = ()
    reads: frozenset[tuple[str, str]] = frozenset()
    is_clocked: bool = False
    level: int = 0

    @property
    def key(self) -> str:
        """The id of the formula, the score or the rule; of a condition of a workflow its id and where the condition stands."""
        return self.field.id if self.field is not None else str(self.score_id or self.rule_id or self.waits)


@dataclass(eq=False)
class Graph:
    """All targets of a release, and who listens to the changes of which entity."""

    targets: dict[str, Target] = field(default_factory=dict)
    listeners: dict[str, list[tuple[Target, Dependency]]] = field(default_factory=dict)
    own: dict[str, list[Target]] = field(default_factory=dict)
    """The targets on the records of each entity: what a new record needs computed."""
    ordered: list[list[Target]] = field(default_factory=list)

    def levels(self) -> list[list[Target]]:
        """Return the targets by level, lowest first."""
        return self.ordered


def graph_of(model: Model) -> Graph:
    """Return the graph of a release, made once."""
    if "graph" not in model.cache:
        model.cache["graph"] = _build(model)
    found: Graph = model.cache["graph"]
    return found


def _build(model: Model) -> Graph:
    graph = Graph()
    for entity in model.entities.values():
        for formula in entity.formulas():
            expression = formula.expression
            if expression is not None:
                graph.targets[formula.id] = Target(
                    entity, field=formula, dependencies=expression.dependencies, reads=expression.reads, is_clocked=expression.is_clocked
                )
    for document in model.all("score"):
        found = model.find_entity(document.body.entity)
        if found is None:
            continue
        expressions = score_expressions(model, found, document.body)
        graph.targets[document.id] = Target(
            found, score_id=document.id, dependencies=tuple(dict.fromkeys(d for e in expressions for d in e.dependencies)),
            reads=frozenset().union(*(e.reads for e in expressions)), is_clocked=any(e.is_clocked for e in expressions),
        )
    for document in rule_documents(model):
        found, watched = model.find_entity(document.body.entity), getattr(document.body.trigger, "when", None)
        if found is not None and watched and document.body.trigger.type in WATCHED and document.body.state != "paused":
            expression = check(watched, Scope(model, found), "boolean")
            graph.targets[document.id] = Target(
                found, rule_id=document.id, dependencies=expression.dependencies, reads=expression.reads, is_clocked=expression.is_clocked
            )
    for target in _waited_for(model):
        graph.targets[target.key] = target
    for target in graph.targets.values():
        target.level = _level(graph, model, target, ())
        graph.own.setdefault(target.entity.id, []).append(target)
        for dependency in target.dependencies:
            graph.listeners.setdefault(dependency.entity_id, []).append((target, dependency))
    by_level: dict[int, list[Target]] = {}
    for target in graph.targets.values():
        by_level.setdefault(target.level, []).append(target)
    graph.ordered = [by_level[level] for level in sorted(by_level)]
    return graph


def _waited_for(model: Model) -> Iterator[Target]:
    """Yield the conditions of workflows that read other records, with these dependencies alone: changes of the record itself are heard anyway."""
    for document in model.all("workflow"):
        places = [(s.pointer, s.entity, s.step.when) for s in steps_in(document.body, model) if s.step.type == "wait"]
        for pointer, entity, text in [("/exit_when", model.find_entity(document.body.entity), document.body.exit_when), *places]:
            if entity is None or not text:
                continue
            try:
                expression = check(text, Scope(model, entity, use="rule"), "boolean")
            except Invalid:
                continue
            far = tuple(d for d in expression.dependencies if d.hops)
            if far:
                yield Target(entity, waits=f"{document.id}:{pointer}", dependencies=far, reads=expression.reads)


def _level(graph: Graph, model: Model, target: Target, trail: tuple[str, ...]) -> int:
    """Return one more than the highest level among what it reads; circles were refused before publishing."""
    if target.level or target.key in trail:
        return target.level
    below = [0]
    for entity_id, field_id in target.reads:
        entity = model.find_entity(entity_id)
        read = entity.fields_by_id.get(field_id) if entity else None
        other = graph.targets.get(read.score or read.id) if read is not None else None
        if other is not None and other is not target:
            below.append(_level(graph, model, other, (*trail, target.key)))
    target.level = max(below) + 1
    return target.level


def score_expressions(model: Model, entity: Entity, body: Any) -> list[Expression]:
    """Return every checked expression of a score; one that no longer reads is left out (its check names it)."""
    texts = [(body.where, "boolean")] if body.where else []
    for variant in body.variants:
        texts.append((variant.when, "boolean"))
        for measure in variant.measures:
            texts += [(measure.when, "boolean"), (measure.value, "number"), (measure.of, "number"), (measure.needs, "boolean"), (measure.as_of, "date")]
    texts += [(cap.when, "boolean") for cap in body.caps] + [(keep.when, "boolean") for keep in body.movement.keep.values()]
    found = []
    for text, expect in texts:
        if not text:
            continue
        try:
            found.append(check(text, Scope(model, entity, use="score"), expect))
        except Invalid:
            continue
    return found

"""Which indexes would serve an expression."""

from __future__ import annotations

import ast

from tenon.metamodel.expressions.tree import Aggregate, Expression, facts_of
from tenon.metamodel.model import Entity, Field, Model

Hint = tuple[Entity, tuple[Field, ...]]
_SIMPLE = (ast.Eq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In)


def index_hints(expression: Expression, model: Model) -> list[Hint]:
    """Return the indexes that an expression could use: an entity with its fields in order, each once.

    Aggregates: the reference to the near record, the time field if read, and the columns read (covering). Comparisons of a
    field of the record with a constant: that field.
    """
    hints: list[Hint] = []
    inside: set[int] = set()
    for node in ast.walk(expression.tree):
        facts = getattr(node, "facts", None)
        if facts is not None and facts.aggregate is not None:
            inside |= {id(n) for n in ast.walk(node)}
            hints += _of_aggregate(model, facts.aggregate)
    entity = model.find_entity(expression.entity_id) if expression.entity_id else None
    for node in ast.walk(expression.tree):
        if entity is not None and isinstance(node, ast.Compare) and id(node) not in inside:
            hints += [(entity, (field,)) for field in _compared(node)]
    return list(dict.fromkeys(hints))


def _of_aggregate(model: Model, aggregate: Aggregate) -> list[Hint]:
    relation = aggregate.relation
    if relation is None or relation.is_links:
        return []
    far = model.entities_by_id[relation.far_id]
    read: list[Field] = []
    if aggregate.value is not None:
        read += [*aggregate.value.steps[:1]] or ([aggregate.value.field] if aggregate.value.field else [])
    for node in ast.walk(aggregate.where) if aggregate.where is not None else ():
        path = getattr(getattr(node, "facts", None), "path", None)
        if path is not None and path.base == "row" and path.field is not None:
            read.append(path.steps[0] if path.steps else path.field)
    time = far.fields[far.time_field]
    if aggregate.name in ("first", "last") or time in read:
        read.insert(0, time)
    fields = dict.fromkeys([far.fields_by_id[relation.field_id], *read])
    return [(far, tuple(f for f in fields if f.is_stored and f.name != "id"))]


def _compared(node: ast.Compare) -> list[Field]:
    """Return the fields of the record that are compared with something constant."""
    if len(node.ops) != 1 or not isinstance(node.ops[0], _SIMPLE):
        return []
    sides = [node.left, node.comparators[0]]
    found = []
    for side, other in (sides, sides[::-1]):
        inner = side.args[0] if isinstance(side, ast.Call) and len(side.args) == 1 and facts_of(side).function is not None else side
        path = facts_of(inner).path
        if path is not None and path.base == "row" and not path.steps and path.field is not None and facts_of(other).is_constant:
            name = getattr(facts_of(side).function, "name", "days_since")
            if name == "days_since" and path.field.is_stored:
                found.append(path.field)
    return found

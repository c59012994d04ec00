"""Which inputs an expression has, read from its tree: what must not be empty, what may become stale, what it ranks."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import replace

from tenon.metamodel.expressions.tree import Expression, ValuePath, facts_of
from tenon.metamodel.model import Field, Model
from tenon.metamodel.types import Type

TOLERANT = frozenset({"is_empty", "coalesce"})
EMPTY_OF_NOTHING = frozenset({"avg", "min", "max", "first", "last"})


def part(expression: Expression, node: ast.expr, type_: Type | None = None) -> Expression:
    """Return a node of an expression as an expression of its own."""
    return replace(expression, tree=node, type=type_ or facts_of(node).type, text=ast.unparse(node))


def inputs(expression: Expression) -> list[Expression]:
    """Return what an expression reads of the record: fields outside aggregates, and aggregates, each once."""
    found: dict[str, ast.expr] = {}
    for node, _ in _walk(expression.tree, guarded=False):
        found.setdefault(ast.unparse(node), node)
    return [part(expression, node) for node in found.values()]


def required(expression: Expression) -> list[Expression]:
    """Return the inputs whose emptiness makes a condition's measure missing: all outside is_empty, coalesce and ``== None``."""
    found: dict[str, ast.expr] = {}
    for node, is_guarded in _walk(expression.tree, guarded=False):
        aggregate = facts_of(node).aggregate
        if not is_guarded and (aggregate is None or aggregate.name in EMPTY_OF_NOTHING):
            found.setdefault(ast.unparse(node), node)
    return [part(expression, node) for node in found.values()]


def ranked(expression: Expression) -> list[tuple[Expression, Expression]]:
    """Return the population calls of an expression, each with its argument."""
    calls = [n for n in ast.walk(expression.tree) if isinstance(n, ast.Call) and _is_population(n)]
    return [(part(expression, call), part(expression, call.args[0])) for call in calls]


def moments(expression: Expression) -> bool:
    """Return whether an expression reads now()."""
    calls = (n for n in ast.walk(expression.tree) if isinstance(n, ast.Call) and hasattr(n, "facts"))
    return any(getattr(facts_of(n).function, "is_moment", False) for n in calls)


def newest(model: Model, expression: Expression) -> list[Expression]:
    """Return, for each input, when its data was last fed.

    For an aggregate the newest time field of the rows it aggregates, for a field of a record that record's updated_at.
    """
    found: dict[str, Expression] = {}
    for node, _ in _walk(expression.tree, guarded=False):
        each = _newest_of(model, expression, node)
        if each is not None:
            found.setdefault(each.text, each)
    return list(found.values())


def _newest_of(model: Model, expression: Expression, node: ast.expr) -> Expression | None:
    facts = facts_of(node)
    if facts.aggregate is not None and facts.aggregate.relation is not None:
        far = model.get_entity(facts.aggregate.relation.far_id)
        field = far.fields[far.time_field]
        aggregate = replace(facts.aggregate, name="max", value=ValuePath("row", (), field))
        made = copy.copy(node)
        made.facts = replace(facts, type=field.type, aggregate=aggregate)  # type: ignore[attr-defined]
        return replace(expression, tree=made, type=field.type, text=f"newest {ast.unparse(node)}")
    path = facts.path
    if path is None or path.field is None or path.field.origin in ("system", "score"):
        return None
    holder = model.entities_by_id[path.field.entity_id]
    if holder.is_system:
        return None
    return _own(expression, path, holder.fields["updated_at"])


def _own(expression: Expression, path: ValuePath, field: Field) -> Expression:
    text = ".".join([*(s.id for s in path.steps), field.name])
    node = ast.Name(id=field.name, ctx=ast.Load())
    base = next(n for n in ast.walk(expression.tree) if isinstance(n, ast.expr) and hasattr(n, "facts"))
    node.facts = replace(  # type: ignore[attr-defined]
        facts_of(base),
        type=field.type,
        path=replace(path, field=field),
        aggregate=None,
        function=None,
        is_constant=False,
        value=None,
        is_folded=False,
    )
    return replace(expression, tree=node, type=field.type, text=text)


def _walk(node: ast.expr, *, guarded: bool) -> Iterator[tuple[ast.expr, bool]]:
    """Yield the inputs below a node with whether their emptiness is looked at on purpose."""
    if not hasattr(node, "facts") or facts_of(node).is_folded:
        return
    facts = facts_of(node)
    if facts.aggregate is not None:
        yield node, guarded
        return
    if facts.path is not None:
        if facts.path.base == "row":
            yield node, guarded
        return
    if _is_population(node):
        yield node, guarded
    is_tolerant = guarded or getattr(facts.function, "name", "") in TOLERANT or _tests_emptiness(node)
    for child in _children(node):
        yield from _walk(child, guarded=is_tolerant)


def _children(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        return list(node.args)
    return [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]


def _is_population(node: ast.AST) -> bool:
    return hasattr(node, "facts") and getattr(facts_of(node).function, "group", "") == "population"


def _tests_emptiness(node: ast.expr) -> bool:
    if not isinstance(node, ast.Compare) or not all(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
        return False
    return any(isinstance(side, ast.Constant) and side.value in (None, "") for side in [node.left, *node.comparators])

"""Whether the values of a field mean something added up: amounts and counts do, measured values, shares, scores and ratings do not."""

from __future__ import annotations

import ast

from tenon.metamodel.expressions.tree import facts_of
from tenon.metamodel.model import Field

ADDED = frozenset({"integer", "money", "duration"})
NUMBERS = ("number", "duration")
KEPT = frozenset({"round", "abs", "coalesce", "floor", "ceil", "if"})
"""Functions whose value is of the kind of their arguments."""


def adds_up(field: Field) -> bool:
    """True when the sum of a field's values over many records is an amount of the same thing."""
    if field.is_formula:
        return field.expression is not None and field.type.kind in NUMBERS and _adds(field.expression.tree)
    return field.score is None and field.spec.type in ADDED


def _adds(node: ast.expr) -> bool:
    facts = facts_of(node)
    if facts.is_constant or facts.is_folded:
        return False
    if facts.aggregate is not None:
        value = facts.aggregate.value
        inner = value is not None and value.field is not None and adds_up(value.field)
        return facts.aggregate.name in ("count", "distinct", "sum") or (facts.aggregate.name in ("first", "last") and inner)
    if facts.path is not None:
        return facts.path.field is not None and adds_up(facts.path.field)
    if isinstance(node, ast.BinOp):
        return _of_two(node)
    if isinstance(node, ast.UnaryOp):
        return _adds(node.operand)
    if isinstance(node, ast.IfExp):
        return _all([node.body, node.orelse])
    if isinstance(node, ast.Call) and facts.function is not None and facts.function.name in KEPT:
        return _all([a for a in node.args if facts_of(a).type.kind in NUMBERS])
    return False


def _of_two(node: ast.BinOp) -> bool:
    if isinstance(node.op, ast.Add | ast.Sub):
        return _all([node.left, node.right])
    if isinstance(node.op, ast.Mult):
        return _adds(node.left) or _adds(node.right)
    return isinstance(node.op, ast.Div) and facts_of(node.right).is_constant and _adds(node.left)


def _all(nodes: list[ast.expr]) -> bool:
    """True when every part that is of a record adds up, and there is one."""
    told = [_adds(n) for n in nodes if not (facts_of(n).is_constant or facts_of(n).is_folded)]
    return bool(told) and all(told)

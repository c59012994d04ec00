"""From a checked expression to a tree of conditions, where it has that shape."""

from __future__ import annotations

import ast
from decimal import Decimal
from itertools import pairwise

from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.conditions.tree import PARTS, UNITS, Condition, Day, Edge, Group, Mine, Moved, Other, Value, tidy
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Aggregate, Expression, Facts, ValuePath, facts_of

_SIGNS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Eq: ("is", "is"), ast.NotEq: ("is_not", "is_not"), ast.Lt: ("less", "more"), ast.LtE: ("at_most", "at_least"),
    ast.Gt: ("more", "less"), ast.GtE: ("at_least", "at_most"),
}  # fmt: skip
_OPPOSITE = {"contains": "lacks", "yes": "not_yes", "empty": "filled"}


class DoesNotFit(Exception):
    """A part of an expression that is no condition of path, operator and value."""


def read(text: str, scope: Scope) -> Group | None:
    """Return the conditions of an expression, None when it does not fit. Raises `Invalid` for one that is wrong."""
    return read_checked(check(text, scope, "boolean")) if text.strip() else Group()


def read_checked(expression: Expression) -> Group | None:
    """Return the conditions of a checked expression, None when it does not fit."""
    try:
        found = _read(expression.tree)
    except DoesNotFit:
        return None
    return tidy(found if isinstance(found, Group) else Group("and", (found,)))


def _read(node: ast.expr) -> Group | Condition:
    if isinstance(node, ast.BoolOp):
        return Group("and" if isinstance(node.op, ast.And) else "or", tuple(_read(v) for v in node.values))
    if isinstance(node, ast.Compare):
        return _compare(node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _opposite(_read(node.operand))
    return _truth(node)


def _opposite(item: Group | Condition) -> Condition:
    if isinstance(item, Group) or item.operator not in _OPPOSITE:
        raise DoesNotFit
    return Condition(item.path, _OPPOSITE[item.operator], item.values, item.through, item.where)


def _truth(node: ast.expr) -> Condition:
    """Return the condition of something that is true or false by itself."""
    facts = facts_of(node)
    if facts.function is not None and isinstance(node, ast.Call) and facts.aggregate is None:
        name = facts.function.name
        if name == "has_role":
            return Condition("user.roles", "contains", (_value(node.args[0]),))
        if name == "in_unit":
            return _about(node.args[0], "within")
        if name == "is_empty":
            return _about(node.args[0], "empty")
        if name in ("contains", "starts_with", "ends_with"):
            return _about(node.args[0], name, _value(node.args[1]))
        raise DoesNotFit
    if facts.type.kind != "boolean":
        raise DoesNotFit
    return _about(node, "yes")


def _compare(node: ast.Compare) -> Group | Condition:
    sides = [node.left, *node.comparators]
    if len(sides) == 3:
        between = _between(node)
        if between is not None:
            return between
    parts = [_pair(left, op, right) for (left, right), op in zip(pairwise(sides), node.ops, strict=True)]
    return parts[0] if len(parts) == 1 else Group("and", tuple(parts))


def _between(node: ast.Compare) -> Condition | None:
    low, high = node.left, node.comparators[1]
    if all(isinstance(op, ast.GtE) for op in node.ops):
        low, high = high, low
    elif not all(isinstance(op, ast.LtE) for op in node.ops):
        return None
    if _is_subject(low) or _is_subject(high) or not _is_subject(node.comparators[0]):
        return None
    return _about(node.comparators[0], "between", _value(low), _value(high))


def _pair(left: ast.expr, op: ast.cmpop, right: ast.expr) -> Condition:
    if isinstance(op, ast.In | ast.NotIn):
        if isinstance(right, ast.List | ast.Tuple):
            return _about(left, "any_of" if isinstance(op, ast.In) else "none_of", *(_value(each) for each in right.elts))
        return _about(right, "contains" if isinstance(op, ast.In) else "lacks", _value(left))
    straight, turned = _SIGNS[type(op)]
    subject, operator, other = (left, straight, right) if _is_subject(left) else (right, turned, left)
    if _is_none(other):
        if operator not in ("is", "is_not"):
            raise DoesNotFit
        return _about(subject, "empty" if operator == "is" else "filled")
    value = _value(other)
    if isinstance(value, bool):
        if (operator, value) not in (("is", True), ("is", False), ("is_not", True)):
            raise DoesNotFit
        return _about(subject, "not_yes" if operator == "is_not" else "yes" if value else "no")
    return _about(subject, operator, value)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_subject(node: ast.expr) -> bool:
    facts = facts_of(node)
    if facts.is_folded or isinstance(node, ast.Constant | ast.List | ast.Tuple):
        return False
    return facts.path.base != "user" if facts.path is not None else not facts.is_constant


def _about(node: ast.expr, operator: str, *values: Value) -> Condition:
    """Return the condition about a path, a function of a path, or what is asked of many records."""
    facts = facts_of(node)
    if facts.path is not None:
        return Condition(_path(facts.path), operator, values)
    if facts.is_folded or not isinstance(node, ast.Call):
        raise DoesNotFit
    if facts.aggregate is not None:
        found = _read(facts.aggregate.where) if facts.aggregate.where is not None else None
        where = Group("and", (found,)) if isinstance(found, Condition) else found
        return Condition(_many_path(facts.aggregate), operator, values, facts.aggregate.name, where)
    inner = facts_of(node.args[0]) if len(node.args) == 1 else Facts(facts.type)
    if facts.function is None or facts.function.name not in PARTS or inner.path is None:
        raise DoesNotFit
    return Condition(_path(inner.path), operator, values, facts.function.name)


def _path(path: ValuePath) -> str:
    if path.absent or path.base == "value" or (path.base != "user" and path.field is None):
        raise DoesNotFit
    names = [f.name for f in (*path.steps, path.field) if f is not None] if path.base != "user" else [path.name]
    return ".".join([*([path.base] if path.base != "row" else []), *names])


def _many_path(found: Aggregate) -> str:
    if found.relation is None:
        raise DoesNotFit
    names = [*(f.name for f in found.steps), found.relation.name]
    names += [_path(found.value)] if found.value is not None else []
    return ".".join([*([found.base] if found.base != "row" else []), *names])


def _value(node: ast.expr) -> Value:
    facts = facts_of(node)
    if facts.path is not None:
        return Mine(facts.path.name) if facts.path.base == "user" else Other(_path(facts.path))
    if isinstance(node, ast.Constant) or facts.is_folded:
        if not isinstance(facts.value, str | bool | int | Decimal):
            raise DoesNotFit
        return facts.value
    if not isinstance(node, ast.Call) or facts.function is None:
        raise DoesNotFit
    name = facts.function.name
    if name == "date" and isinstance(node.args[0], ast.Constant):
        return Day(str(facts_of(node.args[0]).value).strip())
    if name in ("start_of", "end_of"):
        return _edge(name, node)
    return _moved(name, node)


def _edge(name: str, node: ast.Call) -> Edge:
    inner, unit = _value(node.args[0]), facts_of(node.args[1]).value
    if not isinstance(inner, Moved) or inner.base != "today" or (inner.by and inner.unit != unit):
        raise DoesNotFit
    return Edge("start" if name == "start_of" else "end", unit, inner.by)


def _moved(name: str, node: ast.Call) -> Moved:
    if name in ("today", "now"):
        return Moved(0, "day", name)  # type: ignore[arg-type]
    if name == "days_ago":
        return Moved(-_whole(node.args[0]))
    if name != "date_add":
        raise DoesNotFit
    base, by = _value(node.args[0]), _whole(node.args[1])
    unit = facts_of(node.args[2]).value if len(node.args) > 2 else "day"
    if not isinstance(base, Moved) or base.by or unit not in UNITS:
        raise DoesNotFit
    return Moved(by, unit if by else "day", base.base)


def _whole(node: ast.expr) -> int:
    value = facts_of(node).value
    if not isinstance(value, int) or isinstance(value, bool):
        raise DoesNotFit
    return value

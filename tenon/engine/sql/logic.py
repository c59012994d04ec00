"""Two-valued logic: each condition is compiled for what is wanted of it, so that plain places stay plain.

``want`` True: the SQL is true exactly when the node is, NULL otherwise counting as false. ``want`` False: true exactly when the
node is not; only there comparisons pay for their empties (``IS NOT TRUE``).
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sqlalchemy import literal

from tenon.engine.sql.arithmetic import move_to_scale
from tenon.engine.sql.builder import Builder
from tenon.engine.sql.elements import BIG, NO, ONE, YES, ZERO, call, compare, every, is_not_null, is_not_true, is_null, some
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.moments import compare_days_since, is_days_since
from tenon.engine.sql.numbers import Number, to_real, widen
from tenon.engine.sql.texts import by_code_point, holds
from tenon.engine.sql.values import NUMBERS, PLAIN_TEXT, bind
from tenon.metamodel.expressions.dates import first_moment
from tenon.metamodel.expressions.tree import facts_of
from tenon.metamodel.types import DATETIME, Type

_SIGNS: dict[type[ast.cmpop], str] = {ast.Eq: "=", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_MIRROR = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_WORDS = ("text", "choice")


def compile_logic(builder: Builder, node: ast.BoolOp, want: bool) -> Column:
    """Compile ``and`` and ``or``, flat."""
    parts = [builder.condition(value, want) for value in _flat(node)]
    return every(parts) if isinstance(node.op, ast.And) is want else some(parts)


def _flat(node: ast.BoolOp) -> list[ast.expr]:
    found: list[ast.expr] = []
    for value in node.values:
        found += _flat(value) if isinstance(value, ast.BoolOp) and type(value.op) is type(node.op) else [value]
    return found


def compile_not(builder: Builder, node: ast.UnaryOp, want: bool) -> Column:
    """Compile ``not``."""
    return builder.condition(node.operand, not want)


def compile_comparison(builder: Builder, node: ast.Compare, want: bool) -> Column:
    """Compile a comparison or a chain of them."""
    parts = [
        _compare(builder, left, op, right, want)
        for op, (left, right) in zip(node.ops, pairwise([node.left, *node.comparators]), strict=True)
    ]
    return every(parts) if want else some(parts)


def _compare(builder: Builder, left: ast.expr, op: ast.cmpop, right: ast.expr, want: bool) -> Column:
    if isinstance(op, ast.In | ast.NotIn):
        return _contained(builder, left, right, want is isinstance(op, ast.In))
    sign = _SIGNS[type(op)]
    if sign == "!=":
        sign, want = "=", not want
    if facts_of(left).is_constant and not facts_of(right).is_constant:
        left, right, sign = right, left, _MIRROR[sign]
    if facts_of(right).is_constant:
        return _with_constant(builder, left, sign, right, want)
    if facts_of(left).type.kind in NUMBERS:
        return _numbers(builder.environment, builder.number(left), sign, builder.number(right), want)
    return _values(builder, left, sign, right, want)


def _values(builder: Builder, left: ast.expr, sign: str, right: ast.expr, want: bool) -> Column:
    environment, a, b = builder.environment, builder.value(left), builder.value(right)
    if sign == "=":
        return same(environment, a, b) if want else different(environment, a, b)
    if facts_of(left).type.kind in _WORDS:
        a = by_code_point(environment, a)
    found = compare(a, sign, b)
    return found if want else is_not_true(found)


def same(environment: Environment, a: Column, b: Column) -> Column:
    """Return the condition that two values are equal or both empty."""
    return compare(a, "IS" if environment.is_sqlite else "IS NOT DISTINCT FROM", b)


def different(environment: Environment, a: Column, b: Column) -> Column:
    """Return the opposite of `same`."""
    return compare(a, "IS NOT" if environment.is_sqlite else "IS DISTINCT FROM", b)


def _numbers(environment: Environment, left: Number, sign: str, right: Number, want: bool) -> Column:
    """Compare two numbers: exactly when both are exact, else as reals."""
    if left.scale is None or right.scale is None:
        a, b = to_real(environment, left), to_real(environment, right)
    else:
        scale = max(left.scale, right.scale)
        left, right = widen(environment, left, scale), widen(environment, right, scale)
        a, b = left.column, right.column
        if environment.is_sqlite and (left.is_wide or right.is_wide):
            if sign == "=":
                return compare(call("tenon_same", a, b, type_=BIG), "=", ONE if want else ZERO)
            a, b = call("tenon_compare", a, b, type_=BIG), ZERO
    if sign == "=":
        return same(environment, a, b) if want else different(environment, a, b)
    found = compare(a, sign, b)
    return found if want else is_not_true(found)


def _with_constant(builder: Builder, left: ast.expr, sign: str, right: ast.expr, want: bool) -> Column:
    """Compare with a value that is the same for every record."""
    value = builder.concerns.constant(builder.environment, right)
    is_day = isinstance(value, date) and facts_of(left).type.kind in ("date", "datetime")
    if not is_day:
        value = builder.constant(right)
    if value is None:
        if sign != "=":
            return NO if want else YES
        return _emptiness(builder, left, want)
    facts = facts_of(left)
    if facts.type.kind == "empty":
        return NO if want else YES
    if facts.type.kind in NUMBERS:
        if is_days_since(facts) and not isinstance(value, float):
            return compare_days_since(builder, left, sign, Decimal(value), want)
        return _with_number(builder.environment, builder.number(left), sign, value, want)
    column = builder.value(left)
    if facts.type.kind in _WORDS and sign != "=":
        column = by_code_point(builder.environment, column)
    bound = builder.bound(right, lambda environment, value: _bound(environment, facts.type, value)) if is_day else _bound(builder.environment, facts.type, value)
    return _plain(builder.environment, column, sign, bound, want)


def _bound(environment: Environment, type_: Type, value: Any) -> Column:
    if type_.kind == "datetime" and not hasattr(value, "hour"):
        return bind(environment, first_moment(value, zone=environment.timezone), DATETIME)
    return bind(environment, value, type_)


def _plain(environment: Environment, column: Column, sign: str, value: Column, want: bool) -> Column:
    """Compare a column with a value that is not empty."""
    if sign == "=":
        return compare(column, "=", value) if want else different(environment, column, value)
    found = compare(column, sign, value)
    return found if want else is_not_true(found)


def _with_number(environment: Environment, left: Number, sign: str, value: Any, want: bool) -> Column:
    """Compare with a number: it is moved to the scale of the other side, never the other side to its."""
    if left.scale is None or isinstance(value, float):
        return _plain(environment, to_real(environment, left), sign, bind(environment, value, Type("number")), want)
    below, above, is_exact = move_to_scale(value, left.scale)
    if not is_exact:
        if sign == "=":
            return NO if want else YES
        sign, value = {"<": ("<=", below), "<=": ("<=", below), ">": (">=", above), ">=": (">=", above)}[sign]
    bound = bind(environment, value, Type("number", scale=left.scale))
    column = left.column
    if environment.is_sqlite and (left.is_wide or abs(Decimal(value)) * 10**left.scale >= 2**62):
        column, bound = call("tenon_compare", column, bound, type_=BIG), ZERO
    return _plain(environment, column, sign, bound, want)


def _emptiness(builder: Builder, node: ast.expr, want: bool) -> Column:
    if facts_of(node).is_constant:
        return YES if (builder.constant(node) is None) is want else NO
    value = builder.value(node)
    return is_null(value) if want else is_not_null(value)


def compile_is_empty(builder: Builder, node: ast.Call, want: bool) -> Column:
    """Compile is_empty(x)."""
    return _emptiness(builder, node.args[0], want)


def _contained(builder: Builder, left: ast.expr, right: ast.expr, want: bool) -> Column:
    if isinstance(right, ast.List | ast.Tuple):
        return _in_list(builder, left, facts_of(right).value, want)
    if facts_of(right).type.kind == "empty" or facts_of(left).type.kind == "empty":
        return NO if want else YES
    if facts_of(right).is_constant and not isinstance(builder.constant(right), str):
        listed = tuple(builder.constant(right) or ())
        found = _in_list(builder, left, listed, True)
        return found if want else is_not_true(found)
    return holds(builder, right, left, want)


def _in_list(builder: Builder, left: ast.expr, values: Sequence[Any], want: bool) -> Column:
    """Return the condition that a value is one of a list; None in it matches an empty value."""
    if facts_of(left).is_constant or facts_of(left).type.kind == "empty":
        tests = [_with_constant_pair(builder, left, value) for value in values]
        return YES if any(tests) is want else NO
    has_empty = any(v is None for v in values)
    full = [v for v in values if v is not None]
    column, bound = _members(builder, left, full)
    parts = [column.in_(bound)] if bound else []
    if want:
        return some([*parts, is_null(column)] if has_empty else parts)
    if not parts:
        return is_not_null(column) if has_empty else YES
    outside = is_not_true(parts[0])
    return every([outside, is_not_null(column)]) if has_empty else outside


def _with_constant_pair(builder: Builder, left: ast.expr, value: Any) -> bool:
    """Return whether two constants are equal."""
    own = None if facts_of(left).type.kind == "empty" else builder.constant(left)
    if own is None or value is None:
        return own is value
    return bool(float(own) == float(value) if isinstance(own, float) or isinstance(value, float) else own == value)


def _members(builder: Builder, left: ast.expr, values: Sequence[Any]) -> tuple[Column, list[Column]]:
    """Return what is looked for and the values it may equal."""
    environment, type_ = builder.environment, facts_of(left).type
    if type_.kind not in NUMBERS:
        return builder.value(left), [_bound(environment, type_, v) for v in values]
    number = builder.number(left)
    if number.scale is None:
        return number.column, [bind(environment, v, Type("number")) for v in values]
    exact = [v for v in values if move_to_scale(v, number.scale or 0)[2]]
    bound = [bind(environment, v, Type("number", scale=number.scale)) for v in exact]
    if number.is_wide and environment.is_sqlite:
        digits: list[Column] = [literal(str(int(Decimal(v) * 10**number.scale)), PLAIN_TEXT) for v in exact]
        return call("tenon_digits", number.column, type_=PLAIN_TEXT), digits
    return number.column, bound


def compile_in_unit(builder: Builder, node: ast.Call, want: bool) -> Column:
    """Compile in_unit(unit): the units at and below that of who acts are bound."""
    user = builder.environment.user
    units = list(user.units) if user is not None else []
    if not units:
        return NO if want else YES
    found = builder.value(node.args[0]).in_([bind(builder.environment, u, Type("text")) for u in units])
    return found if want else is_not_true(found)


CONDITIONS: dict[str, Any] = {"is_empty": compile_is_empty, "in_unit": compile_in_unit}

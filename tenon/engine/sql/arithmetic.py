"""Operators and functions on numbers."""

from __future__ import annotations

import ast
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy import Integer, cast

from tenon.engine.sql.builder import Builder
from tenon.engine.sql.elements import BIG, EXACT, REAL, binary, call, chain, integer, real
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.numbers import Number, round_exact, round_real, to_exact, to_real, to_scale, widen
from tenon.metamodel.expressions.tree import facts_of
from tenon.metamodel.types import Type

_SIGNS: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "tenon_plus"), ast.Sub: ("-", "tenon_minus"), ast.Mult: ("*", "tenon_times"),
}  # fmt: skip


def compile_operator(builder: Builder, node: ast.BinOp) -> Column:
    """Compile a binary operator."""
    environment, want = builder.environment, facts_of(node).type
    if isinstance(node.op, ast.Pow):
        return _power(builder, node)
    left, right = builder.number(node.left), builder.number(node.right)
    if isinstance(node.op, ast.Div):
        divisor = to_real(environment, right)
        if not environment.is_sqlite:  # on SQLite a division by zero is NULL
            divisor = call("nullif", divisor, real(0.0), type_=REAL)
        return binary(to_real(environment, left), "/", divisor, REAL)
    if isinstance(node.op, ast.FloorDiv | ast.Mod):
        return _floor(environment, node.op, left, right)
    if want.scale is None:
        return chain(to_real(environment, left), _SIGNS[type(node.op)][0], to_real(environment, right), REAL)
    return _exact(environment, node.op, left, right)


def _exact(environment: Environment, op: ast.operator, left: Number, right: Number) -> Column:
    sign, function = _SIGNS[type(op)]
    if not isinstance(op, ast.Mult):
        scale = max(left.scale or 0, right.scale or 0)
        left, right = widen(environment, left, scale), widen(environment, right, scale)
    if not environment.is_sqlite:
        return chain(to_exact(environment, left.column), sign, to_exact(environment, right.column), EXACT)
    limit = combine(op, left.limit, right.limit)
    scale = (left.scale or 0) + (right.scale or 0) if isinstance(op, ast.Mult) else left.scale or 0
    if left.is_wide or right.is_wide or Number(left.column, scale, limit).is_wide:
        return call(function, left.column, right.column, type_=BIG)
    return chain(left.column, sign, right.column, BIG)


def combine(op: ast.operator, left: Decimal | None, right: Decimal | None) -> Decimal | None:
    """Return the largest absolute value of ``left op right``."""
    if left is None or right is None:
        return None
    return left * right if isinstance(op, ast.Mult) else left + right


def _floor(environment: Environment, op: ast.operator, left: Number, right: Number) -> Column:
    name = "floordiv" if isinstance(op, ast.FloorDiv) else "modulo"
    if left.scale is None or right.scale is None:
        return call(f"tenon_{name}_real", to_real(environment, left), to_real(environment, right), type_=REAL)
    scale = max(left.scale, right.scale)
    columns = [to_exact(environment, widen(environment, n, scale).column) for n in (left, right)]
    return call(f"tenon_{name}", *columns, type_=BIG if environment.is_sqlite else EXACT)


def _power(builder: Builder, node: ast.BinOp) -> Column:
    environment = builder.environment
    exponent = integer(int(builder.constant(node.right)))
    count = exponent if environment.is_sqlite else cast(exponent, Integer)
    return call("tenon_power", to_real(environment, builder.number(node.left)), count, type_=REAL)


def compile_sign(builder: Builder, node: ast.UnaryOp) -> Column:
    """Compile unary minus and plus."""
    environment, number = builder.environment, builder.number(node.operand)
    if isinstance(node.op, ast.UAdd):
        return number.column
    if number.scale is None:
        return binary(real(-1.0), "*", number.column, REAL)
    if number.is_wide and environment.is_sqlite:
        return call("tenon_minus", integer(0), number.column, type_=BIG)
    return binary(integer(0), "-", to_exact(environment, number.column), BIG if environment.is_sqlite else EXACT)


def compile_abs(builder: Builder, node: ast.Call) -> Column:
    """Compile abs(x)."""
    environment, number = builder.environment, builder.number(node.args[0])
    name = "tenon_abs" if number.is_wide and environment.is_sqlite else "abs"
    return call(name, to_exact(environment, number.column), type_=number.column.type)


def compile_round(builder: Builder, node: ast.Call) -> Column:
    """Compile round(x, n)."""
    number = builder.number(node.args[0])
    n = int(builder.constant(node.args[1])) if len(node.args) > 1 else 0
    if number.scale is None:
        return round_real(builder.environment, number.column, n)
    rounded = round_exact(builder.environment, number, n)
    if builder.environment.is_sqlite and n > number.scale:
        return widen(builder.environment, number, n).column
    return rounded


def compile_floor(builder: Builder, node: ast.Call) -> Column:
    """Compile floor(x) and ceil(x)."""
    environment, number = builder.environment, builder.number(node.args[0])
    name = str(facts_of(node).function.name)
    if number.scale is None:
        return call(f"tenon_{name}_real" if environment.is_sqlite else name, number.column, type_=REAL)
    if number.scale == 0:
        return number.column
    if environment.is_sqlite:
        return call(f"tenon_{name}_units", number.column, integer(number.scale), type_=BIG)
    return call(name, to_exact(environment, number.column), type_=EXACT)


def compile_extreme(builder: Builder, node: ast.Call) -> Column:
    """Compile min(a, b, …) and max(a, b, …), empties skipped."""
    environment, facts = builder.environment, facts_of(node)
    want = facts.type
    columns = [builder.cast(a, want) for a in node.args if facts_of(a).type.kind != "empty"]
    if not environment.is_sqlite:
        columns = [to_exact(environment, c) for c in columns]
    name = "least" if facts.function.name == "min" else "greatest"
    if len(columns) == 1:
        return columns[0]
    if environment.is_sqlite:
        is_number = want.kind in ("number", "duration") and want.scale is not None
        name = f"tenon_{name}_units" if is_number else f"tenon_{name}"
    return call(name, *columns, type_=columns[0].type)


def compile_clamp(builder: Builder, node: ast.Call) -> Column:
    """Compile clamp(x, lo, hi)."""
    environment, want = builder.environment, facts_of(node).type
    numbers = [builder.number(a) for a in node.args]
    columns = [to_exact(environment, to_scale(environment, n, want.scale)) for n in numbers]
    is_wide = want.scale is not None and any(widen(environment, n, want.scale).is_wide for n in numbers)
    if environment.is_sqlite and not is_wide:
        # SQLite's own min and max of several values are NULL as soon as one is.
        return call("max", columns[1], call("min", columns[0], columns[2], type_=columns[0].type), type_=columns[0].type)
    return call("tenon_clamp", *columns, type_=columns[0].type)


def compile_scale(builder: Builder, node: ast.Call) -> Column:
    """Compile scale(x, lo, hi)."""
    environment = builder.environment
    numbers = [builder.number(a) for a in node.args]
    if any(n.scale is None for n in numbers):
        return call("tenon_scale_real", *[to_real(environment, n) for n in numbers], type_=REAL)
    scale = max(n.scale or 0 for n in numbers)
    wide = [widen(environment, n, scale) for n in numbers]
    columns = [to_exact(environment, n.column) for n in wide]
    if not environment.is_sqlite:
        return call("tenon_scale", *columns, type_=REAL)
    if any(n.is_wide or (n.units or 0) > 2**51 for n in wide) or not all(facts_of(a).is_constant for a in node.args[1:]):
        return call("tenon_scale", *columns, integer(scale), type_=REAL)
    return _scale_between(builder, node, columns[:2], scale)


def _scale_between(builder: Builder, node: ast.Call, columns: list[Column], scale: int) -> Column:
    """Compile scale(x, lo, hi) between two constants without a call into Python."""
    low, high = (builder.constant(a) for a in node.args[1:])
    if low is None or high is None or low == high:
        return builder.empty(Type("number"))
    distance = binary(binary(columns[0], "-", columns[1], BIG), "/", real(float(10**scale)), REAL)
    share = binary(distance, "/", real(float(Decimal(high) - Decimal(low))), REAL)
    return call("max", real(0.0), call("min", real(1.0), share, type_=REAL), type_=REAL)


def compile_real_function(builder: Builder, node: ast.Call) -> Column:
    """Compile sqrt(x) and ln(x)."""
    name = facts_of(node).function.name
    return call(f"tenon_{name}", to_real(builder.environment, builder.number(node.args[0])), type_=REAL)


def compile_number(builder: Builder, node: ast.Call) -> Column:
    """Compile number(text)."""
    return call("tenon_number", builder.value(node.args[0]), type_=REAL)


def whole(builder: Builder, node: ast.expr) -> Column:
    """Return a number rounded toward zero, in units of scale 0; on PostgreSQL NUMERIC."""
    environment, number = builder.environment, builder.number(node)
    if environment.is_sqlite:
        return number.column if number.scale == 0 else call("tenon_whole", number.column, integer(number.scale or 0), type_=BIG)
    if number.scale is None:
        return cast(call("trunc", number.column, type_=REAL), EXACT)
    return call("trunc", to_exact(environment, number.column), type_=EXACT)


def move_to_scale(value: Any, scale: int) -> tuple[Decimal, Decimal, bool]:
    """Return a constant's neighbours at a scale, below and above, and whether it is exact there."""
    grain = Decimal(1).scaleb(-scale)
    exact = Decimal(value)
    below = (exact / grain).to_integral_value(ROUND_FLOOR) * grain
    above = (exact / grain).to_integral_value(ROUND_CEILING) * grain
    return below, above, below == exact


FUNCTIONS: dict[str, Any] = {
    "abs": compile_abs, "round": compile_round, "floor": compile_floor, "ceil": compile_floor, "min": compile_extreme,
    "max": compile_extreme, "clamp": compile_clamp, "scale": compile_scale, "sqrt": compile_real_function, "ln": compile_real_function,
    "number": compile_number,
}

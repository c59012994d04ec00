"""Pieces of SQL for scores: whole numbers on both databases, and the barrier that keeps a layer from being copied."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import Any

import orjson
from sqlalchemy import CTE, Numeric, Select, Text, bindparam, cast, column, func, literal, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from tenon.engine.columns import Exact, Moment
from tenon.engine.sql.elements import BIG, EXACT, REAL, binary, call, choose, compare, every, integer, is_null, real
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.numbers import Number, is_wide, limit_of, round_real, to_real
from tenon.metamodel.types import Type

WHOLE = 10_000
ROW_ID = "record"


def ids_parameter(dialect: str) -> Select[Any]:
    """Return a subquery of ids whose value is given when the statement runs, as `ids_value`."""
    if dialect == "sqlite":
        rows = func.json_each(bindparam("ids", type_=Text(), required=True)).table_valued(column("value", Text()))
        return select(rows.c.value)
    values = func.unnest(bindparam("ids", type_=ARRAY(Text()), required=True)).table_valued("value").render_derived()
    return select(values.c.value)


def ids_value(dialect: str, ids: Any) -> Any:
    """Return ids as the value of `ids_parameter`."""
    return orjson.dumps(sorted(ids)).decode() if dialect == "sqlite" else sorted(ids)


def now_parameter() -> Column:
    """Return the moment of the computation, given when the statement runs."""
    return bindparam("now", type_=Moment(), required=True)


def layer(environment: Environment, statement: Select[Any], name: str) -> CTE:
    """Return a layer behind a barrier: without it the planners copy its expressions into every use.

    The layers stand side by side (``WITH``): SQLite's parser refuses subqueries that are nested as deeply.
    """
    closed = statement.limit(-1) if environment.is_sqlite else statement.offset(0)
    return closed.cte(name)


def flag(condition: Column) -> Column:
    """Return a condition as 1 or 0."""
    return choose([(condition, _one())], _zero(), BIG)


def nothing() -> Column:
    """Return an empty whole number."""
    return cast(literal(None, BIG), BIG)


def number(value: int) -> Column:
    """Return a whole number written into the statement: it belongs to the release."""
    return cast(integer(value), BIG) if abs(value) > 2**31 else literal(value, BIG)


def _one() -> Column:
    return number(1)


def _zero() -> Column:
    return number(0)


def add(terms: list[Column]) -> Column:
    """Return the sum of whole numbers."""
    total = terms[0] if terms else _zero()
    for term in terms[1:]:
        total = binary(total, "+", term, BIG)
    return total


def times(value: Column, factor: int) -> Column:
    """Return a whole number times a constant."""
    return value if factor == 1 else binary(value, "*", number(factor), BIG)


def divide(numerator: Column, denominator: Column, *, may_be_negative: bool) -> Column:
    """Return the quotient of whole numbers, the denominator positive, rounded half away from zero; both divide toward zero."""
    double = binary(denominator, "*", number(2), BIG)
    up = binary(binary(binary(numerator, "*", number(2), BIG), "+", denominator, BIG), "/", double, BIG)
    if not may_be_negative:
        return up
    down = binary(binary(binary(numerator, "*", number(2), BIG), "-", denominator, BIG), "/", double, BIG)
    return choose([(compare(numerator, "<", _zero()), down)], up, BIG)


def smallest(environment: Environment, *values: Column) -> Column:
    """Return the smallest of values that are all there."""
    return call("min" if environment.is_sqlite else "least", *values, type_=BIG)


def largest(environment: Environment, *values: Column) -> Column:
    """Return the largest of values that are all there."""
    return call("max" if environment.is_sqlite else "greatest", *values, type_=BIG)


def to_whole(environment: Environment, column_: Column) -> Column:
    """Return a stored number of four decimals in ten-thousandths."""
    if environment.is_sqlite:
        return type_coerce(column_, BIG)
    return cast(binary(column_, "*", number(WHOLE), EXACT), BIG)


def to_stored(is_sqlite: bool, column_: Column) -> Column:
    """Return ten-thousandths as a stored number of four decimals."""
    if is_sqlite:
        return type_coerce(column_, Exact(4))
    return cast(binary(cast(column_, EXACT), "/", number(WHOLE), EXACT), Numeric(38, 4))


def share_of(environment: Environment, value: Column, type_: Type) -> Column:
    """Return a number as a share in ten-thousandths, clamped to 0..1; empty stays empty."""
    value, scale = _plain(environment, value, type_)
    one, zero = (real(1.0), real(0.0)) if scale is None else (number(10**scale if environment.is_sqlite else 1), _zero())
    if scale is None:
        inside = _whole_share(environment, value)
    elif not environment.is_sqlite:
        scaled = binary(cast(value, EXACT), "*", number(WHOLE), EXACT)
        inside = cast(call("round", scaled, type_=EXACT), BIG)
    elif scale <= 4:
        inside = times(value, 10 ** (4 - scale))
    else:
        inside = divide(value, number(10 ** (scale - 4)), may_be_negative=False)
    ladder = [(is_null(value), nothing()), (compare(value, ">=", one), number(WHOLE)), (compare(value, "<=", zero), _zero())]
    return choose(ladder, inside, BIG)


def _whole_share(environment: Environment, value: Column) -> Column:
    """Return a double between 0 and 1 in ten-thousandths, rounded half away from zero over its 15 significant digits."""
    rounded = round_real(environment, value, 4)
    if not environment.is_sqlite:
        return cast(binary(rounded, "*", number(WHOLE), EXACT), BIG)
    # Arithmetic alone decides wherever the value is not next to a half: calling Python for every row would cost more than all the rest.
    scaled = binary(value, "*", real(float(WHOLE)), REAL)
    beyond = binary(binary(scaled, "-", cast(scaled, BIG), REAL), "-", real(0.5), REAL)
    return choose(
        [(compare(beyond, ">", real(1e-6)), binary(cast(scaled, BIG), "+", number(1), BIG)), (compare(beyond, "<", real(-1e-6)), cast(scaled, BIG))],
        rounded, BIG,
    )  # fmt: skip


def share_by_edges(environment: Environment, value: Column, type_: Type, edges: list[tuple[Decimal | None, int]]) -> Column:
    """Return the share of the first edge, highest first, that a number reaches; an edge belongs to the band above it."""
    value, scale = _plain(environment, value, type_)
    ladder = [(is_null(value), nothing())]
    rest = 0
    for edge, share in edges:
        if edge is None:
            rest = share
            break
        ladder.append((compare(value, ">=", _edge(environment, edge, scale)), number(share)))
    return choose(ladder, number(rest), BIG)


def _edge(environment: Environment, edge: Decimal, scale: int | None) -> Column:
    if scale is None:
        return real(float(edge))
    if environment.is_sqlite:
        return integer(int(edge.scaleb(scale).to_integral_value(ROUND_CEILING)))
    return literal(edge, EXACT)


def _plain(environment: Environment, value: Column, type_: Type) -> tuple[Column, int | None]:
    """Return a number that can be compared, with its scale; one too wide for 64 bits as a real."""
    if type_.scale is not None and environment.is_sqlite and is_wide(type_):
        return to_real(environment, Number(value, type_.scale, limit_of(type_))), None
    return value, type_.scale


def listed(environment: Environment, values: list[Column]) -> Column:
    """Return whole numbers as a JSON list."""
    if environment.is_sqlite:
        return call("json_array", *values, type_=Text())
    return call("jsonb_build_array", *values, type_=JSONB())


def all_of(conditions: list[Column]) -> Column:
    """Return the conjunction."""
    return every(conditions)

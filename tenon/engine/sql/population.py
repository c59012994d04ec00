"""Population functions: the place of a record among all records of the query, exact up to the division."""

from __future__ import annotations

import ast
from typing import Any

from sqlalchemy import BigInteger, cast, func

from tenon.engine.sql.builder import Builder
from tenon.engine.sql.elements import BIG, REAL, binary, call, choose, integer, is_not_null
from tenon.engine.sql.environment import Column
from tenon.engine.sql.numbers import to_real
from tenon.metamodel.expressions.tree import facts_of


def _counts(builder: Builder, node: ast.Call) -> tuple[Column, Column, Column]:
    """Return the value, how many values are at or below it, and how many there are."""
    argument = node.args[0]
    number = builder.number(argument)
    value = to_real(builder.environment, number) if number.is_wide else number.column
    ranks = builder.environment.ranks
    if ranks is not None:
        return value, *ranks(facts_of(node).function.name, ast.unparse(argument), value)
    below = func.count(value, type_=BIG).over(order_by=value)
    return value, below, func.count(value, type_=BIG).over()


def compile_percent_rank(builder: Builder, node: ast.Call) -> Column:
    """Compile percent_rank(x)."""
    value, below, total = _counts(builder, node)
    share = binary(cast(below, REAL), "/", call("nullif", cast(total, REAL), cast(integer(0), REAL), type_=REAL), REAL)
    return choose([(is_not_null(value), share)], builder.empty(facts_of(node).type), REAL)


def compile_bucket(builder: Builder, node: ast.Call) -> Column:
    """Compile ntile(x, n) and quintile(x): ceil(n times the cumulative share), in whole numbers."""
    count = int(builder.constant(node.args[1])) if len(node.args) > 1 else 5
    value, below, total = _counts(builder, node)
    above = binary(binary(below, "*", integer(count), BIG), "+", binary(total, "-", integer(1), BIG), BIG)
    bucket = cast(binary(above, "/", call("nullif", total, integer(0), type_=BIG), BIG), BigInteger())
    return choose([(is_not_null(value), bucket)], cast(builder.empty(facts_of(node).type), BigInteger()), BIG)


FUNCTIONS: dict[str, Any] = {"percent_rank": compile_percent_rank, "quintile": compile_bucket, "ntile": compile_bucket}

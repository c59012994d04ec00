"""Choosing between values: if-else ladders as one flat CASE, and coalesce."""

from __future__ import annotations

import ast
from typing import Any

from tenon.engine.sql.builder import Builder
from tenon.engine.sql.elements import NO, YES, call, choose
from tenon.engine.sql.environment import Column
from tenon.engine.sql.numbers import to_exact
from tenon.metamodel.expressions.tree import facts_of

Rung = tuple[ast.expr, ast.expr]


def rungs(node: ast.expr) -> tuple[list[Rung], ast.expr]:
    """Return the conditions and values of a ladder, else-if ladders flattened, and what is left at the end."""
    found: list[Rung] = []
    while not facts_of(node).is_folded:
        if isinstance(node, ast.IfExp):
            found.append((node.test, node.body))
            node = node.orelse
        elif isinstance(node, ast.Call) and facts_of(node).function is not None and facts_of(node).function.name in ("if_else", "case"):
            found += list(zip(node.args[:-1:2], node.args[1:-1:2], strict=True))
            node = node.args[-1]
        else:
            break
    return found, node


def compile_ladder(builder: Builder, node: ast.expr) -> Column:
    """Compile ``a if c else b``, if_else and case."""
    want = facts_of(node).type
    ladder, last = rungs(node)
    otherwise = to_exact(builder.environment, builder.cast(last, want))
    kept: list[tuple[Column, Column]] = []
    for test, value in ladder:
        condition = builder.condition(test)
        if condition is NO:
            continue
        chosen = to_exact(builder.environment, builder.cast(value, want))
        if condition is YES:
            otherwise = chosen
            break
        kept.append((condition, chosen))
    return choose(kept, otherwise, otherwise.type)


def compile_coalesce(builder: Builder, node: ast.Call) -> Column:
    """Compile coalesce(a, b, …)."""
    want = facts_of(node).type
    columns = [to_exact(builder.environment, builder.cast(a, want)) for a in node.args if facts_of(a).type.kind != "empty"]
    if not columns:
        return builder.empty(want)
    return columns[0] if len(columns) == 1 else call("coalesce", *columns, type_=columns[0].type)


FUNCTIONS: dict[str, Any] = {"if_else": compile_ladder, "case": compile_ladder, "coalesce": compile_coalesce}

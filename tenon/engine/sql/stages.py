"""Cutting deeply nested SQL into ``WITH`` stages: SQLite's parser holds about thirty calls inside each other, older ones fewer."""

from __future__ import annotations

import ast
from typing import Any

from sqlalchemy import select, type_coerce
from sqlalchemy.sql.elements import Case, Cast, ClauseElement, Grouping
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import SelectBase

from tenon.engine.sql.elements import compare, every
from tenon.engine.sql.environment import Column
from tenon.engine.sql.source import Source, among
from tenon.metamodel.expressions.tree import facts_of

DEEPEST = 12
_WEIGHTS: tuple[tuple[type[Any], int], ...] = ((Case, 2), (SelectBase, 3), (Grouping, 1), (Cast, 1), (FunctionElement, 1))
_KEPT = "_tenon_nesting"


def nesting(element: ClauseElement) -> int:
    """Return how deep brackets, calls and subqueries lie in each other."""
    kept: int | None = element.__dict__.get(_KEPT)
    if kept is None:
        own = next((weight for type_, weight in _WEIGHTS if isinstance(element, type_)), 0)
        kept = own + max((nesting(child) for child in element.get_children()), default=0)
        element.__dict__[_KEPT] = kept
    return kept


def cut(source: Source, node: ast.expr, value: Column) -> Column:
    """Return the value, taken from a stage of its own when it is nested too deeply.

    A value that reads more than the rows of its source stays as it is: inside an aggregate's ``where``, beside grouped tables,
    and around functions over the whole query.
    """
    if not source.environment.is_sqlite or source.near is not None or source.grouped or not source.keys:
        return value
    if nesting(value) <= DEEPEST or _is_over_rows(node):
        return value
    keys = [key.label(f"k{i}") for i, key in enumerate(source.keys)]
    inner = select(*keys, value.label("value")).select_from(source.from_clause)
    if source.ids is not None:
        inner = inner.where(among(source.alias.c.id, source.ids))
    stage = inner.correlate(None).cte()
    source.joins.append((stage, every(compare(stage.c[f"k{i}"], "=", key) for i, key in enumerate(source.keys))))
    return type_coerce(stage.c.value, value.type)


def _is_over_rows(node: ast.expr) -> bool:
    """Return whether a node holds a function over all rows of the query."""
    for inner in ast.walk(node):
        facts = facts_of(inner) if isinstance(inner, ast.Call) else None
        if facts is None:
            continue
        if facts.aggregate is not None and facts.aggregate.relation is None:
            return True
        if facts.function is not None and facts.function.group == "population":
            return True
    return False

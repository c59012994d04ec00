"""Explaining a value: the expression as a tree with the value of every part."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tenon.engine.evaluate import Evaluator, Person, RowFacts, setting
from tenon.metamodel.expressions.syntax import Source, continues, parse
from tenon.metamodel.expressions.tree import Expression, facts_of
from tenon.metamodel.names import TOKEN, token


def explain(
    expression: Expression, facts: RowFacts, *, now: datetime, timezone: ZoneInfo, today: date | None = None, user: Person | None = None
) -> dict[str, Any]:
    """Return ``{"text", "type", "value", "parts": […]}``, parts in the same shape; parts that were not needed have "skipped"."""
    evaluator = Evaluator(facts, setting(now, timezone, today, user), keeps=True)
    evaluator.run(expression.tree)
    return _show(_Explained(parse(expression.text), _names(expression.tree), evaluator.seen), expression.tree)


class _Explained:
    """The text of an expression with names for its tokens, and the values seen."""

    def __init__(self, source: Source, names: dict[str, str], seen: dict[int, Any]) -> None:
        self.source, self.names, self.seen = source, names, seen

    def text(self, node: ast.expr) -> str:
        """Return what people read for a node."""
        return re.sub(TOKEN, lambda m: self.names.get(m[0], m[0]), self.source.segment(node))


def _show(explained: _Explained, node: ast.expr) -> dict[str, Any]:
    shown: dict[str, Any] = {"text": explained.text(node), "type": facts_of(node).type.kind, "value": explained.seen.get(id(node))}
    if id(node) not in explained.seen:
        shown["skipped"] = True
    parts = [_show(explained, part) for part in _parts(node)]
    return {**shown, "parts": parts} if parts else shown


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the parts of a node that have a value of their own; a chain and a ladder are taken apart at once."""
    facts = facts_of(node)
    if facts.is_folded or facts.aggregate is not None or facts.path is not None:
        return
    for child in ast.iter_child_nodes(node):
        if (
            not isinstance(child, ast.expr)
            or (isinstance(node, ast.Call) and child is node.func)
            or isinstance(child, ast.List | ast.Tuple)
        ):
            continue
        yield from _parts(child) if continues(node, child) else (child,)


def _names(tree: ast.expr) -> dict[str, str]:
    """Return the names of the tokens that an expression uses."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        facts = getattr(node, "facts", None)
        if facts is None:
            continue
        paths = [p for p in (facts.path, facts.aggregate.value if facts.aggregate else None) if p is not None]
        fields = [f for p in paths for f in (*p.steps, p.field) if f is not None]
        fields += facts.aggregate.steps if facts.aggregate else ()
        found |= {token(f.id): f.name for f in fields}
        if facts.aggregate is not None and facts.aggregate.relation is not None:
            found[token(facts.aggregate.relation.id)] = facts.aggregate.relation.name
    return found

"""What the values of a connector's mapping mean: a column of the other system, or an expression over its columns."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tenon.metamodel.expressions import syntax
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.model import Model
from tenon.metamodel.types import TEXT

_COLUMN = re.compile(r"[^\W\d]\w*(\.\w+)*\Z")
CONSTANTS = ("true", "false", "null")


def is_column(text: str) -> bool:
    """Return whether a value of a mapping names a column: words with points between them."""
    return _COLUMN.match(text) is not None and text.lower() not in CONSTANTS


def read_expression(text: str, model: Model) -> tuple[Expression, list[str]]:
    """Return a checked expression over columns, which are texts to it, and the columns it reads. Raises Invalid."""
    names = list(dict.fromkeys(_names(syntax.parse(text).tree)))
    values: dict[str, Any] = {}
    for name in sorted(names, key=lambda n: n.count(".")):
        *steps, last = name.split(".")
        place = values
        for step in steps:
            place = _inside(place, step)
        place[last] = TEXT
    return check(text, Scope(model, None, values=values)), names


def texts_of(row: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    """Return the columns that an expression reads, as texts, one inside another as their names say."""
    found: dict[str, Any] = {}
    for name in names:
        value: Any = row
        for step in name.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        *steps, last = name.split(".")
        place = found
        for step in steps:
            place = _inside(place, step)
        place[last] = None if value is None or isinstance(value, dict | list) else "true" if value is True else "false" if value is False else str(value)
    return found


def _inside(place: dict[str, Any], step: str) -> dict[str, Any]:
    inner: Any = place.get(step)
    if not isinstance(inner, dict):
        inner = place[step] = {}
    return inner  # type: ignore[no-any-return]


def _names(node: ast.AST) -> Iterator[str]:
    """Yield the dotted names of a tree, not those of functions."""
    if isinstance(node, ast.Call):
        for inner in (*node.args, *(k.value for k in node.keywords)):
            yield from _names(inner)
        return
    dotted = _dotted(node)
    if dotted is not None:
        yield dotted
        return
    for child in ast.iter_child_nodes(node):
        yield from _names(child)


def _dotted(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before is not None else None
    return None

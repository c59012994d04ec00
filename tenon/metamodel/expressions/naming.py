"""Names and tokens in an expression: stored it holds ``_`` and 32 hex digits for fields, relations and options, people read names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from tenon.metamodel.errors import Invalid
from tenon.metamodel.expressions.functions import AGGREGATE_NAMES, find_function
from tenon.metamodel.expressions.paths import Frame, PathError, Resolved, names_of, parts_of, resolve
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.syntax import Source, parse
from tenon.metamodel.model import Field
from tenon.metamodel.names import token, untoken
from tenon.metamodel.options import find_token, option_names, show_options

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
Edit = tuple[int, int, str]


def to_stored(text: str, scope: Scope, field: Field | None = None) -> str:
    """Return the text with ids for fields, relations and options and English function names; all else stays as typed.

    What cannot be parsed or found stays as it is: checking says what is wrong with it. ``field`` is the one that the result is for.
    """
    return _rewrite(text, scope, field, is_stored=True)


def to_shown(text: str, scope: Scope) -> str:
    """Return a stored text with the present names of fields, relations and options; unknown ids stay as they are."""
    return show_options(_rewrite(text, scope, is_stored=False), scope.model)


def _rewrite(text: str, scope: Scope, field: Field | None = None, *, is_stored: bool) -> str:
    try:
        source = parse(text)
    except Invalid:
        return text
    result = source.text
    edits = set(_edits(source, scope, is_stored=is_stored))
    if field is not None:
        edits.update(_name_options(source, scope, field, source.tree))
    for start, end, word in sorted(edits, reverse=True):
        result = result[:start] + word + result[end:]
    return result


def _edits(source: Source, scope: Scope, *, is_stored: bool) -> Iterator[Edit]:
    """Yield what to replace, walking without recursion."""
    waiting: list[tuple[ast.AST, Frame]] = [(source.tree, Frame(scope.row, scope.entity if scope.far is not None else None))]
    while waiting:
        node, frame = waiting.pop()
        parts = parts_of(node) if isinstance(node, ast.expr) else None
        if parts is not None:
            found = _find(scope, frame, names_of(parts))
            for part, item in zip(parts, found.items, strict=False):
                if item is not None and _UUID.match(item.id):
                    yield (*source.word(part), token(item.id) if is_stored else item.name)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            function = find_function(node.func.id)
            if function is not None and function.name != node.func.id:
                yield (*source.word(node.func), function.name)
            waiting += [(a, frame) for a in node.args]
            waiting += [(k.value, _inside(scope, frame, node)) for k in node.keywords]
        else:
            if is_stored and isinstance(node, ast.Compare):
                yield from _compared(source, scope, frame, node)
            waiting += [(child, frame) for child in ast.iter_child_nodes(node)]


def _compared(source: Source, scope: Scope, frame: Frame, node: ast.Compare) -> Iterator[Edit]:
    """Yield the options that a field is compared with."""
    sides = [node.left, *node.comparators]
    for left, right in pairwise(sides):
        for side, other in ((left, right), (right, left)):
            parts = parts_of(side)
            field = _find(scope, frame, names_of(parts)).field if parts is not None else None
            if field is not None:
                yield from _name_options(source, scope, field, other)


def _name_options(source: Source, scope: Scope, field: Field, node: ast.expr) -> Iterator[Edit]:
    """Yield the options of a field that are written in a list, or in the results of a choice; others are not told apart from texts."""
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, ast.List | ast.Tuple):
            waiting += inner.elts
        elif isinstance(inner, ast.IfExp):
            waiting += [inner.body, inner.orelse]
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and (function := find_function(inner.func.id)):
            waiting += inner.args[1:] if function.name == "if_else" else inner.args if function.name == "coalesce" else []
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            start, end = source.span(inner)
            found = _find_option(scope, field, inner.value)
            if found is not None and source.text[start + 1 : end - 1] == inner.value:
                yield start + 1, end - 1, found


def _find_option(scope: Scope, field: Field, name: str) -> str | None:
    """Return the token of an option by its name, else by its name in the older model when it is still there."""
    found = find_token(scope.model, field, name)
    if found is not None or scope.base is None:
        return found
    holder = scope.base.entities_by_id.get(field.entity_id)
    before = holder.fields_by_id.get(field.id) if holder else None
    former = find_token(scope.base, before, name) if before else None
    return former if former is not None and untoken(former) in option_names(scope.model) else None


def _find(scope: Scope, frame: Frame, names: list[str]) -> Resolved:
    """Return as much of a path as can be found."""
    try:
        return resolve(scope, frame, names)
    except PathError as error:
        return error.found


def _inside(scope: Scope, frame: Frame, node: ast.Call) -> Frame:
    """Return the frame of a call's where=: the far records of its path, with the record at hand as ``this``."""
    function = find_function(node.func.id) if isinstance(node.func, ast.Name) else None
    parts = parts_of(node.args[0]) if node.args else None
    if function is None or function.name not in AGGREGATE_NAMES or parts is None or frame.in_aggregate:
        return frame
    relation = _find(scope, frame, names_of(parts)).relation
    return frame if relation is None else Frame(scope.model.find_entity(relation.far_id), scope.row, in_aggregate=True)

"""Names and tokens in an expression: stored it holds ``_`` and 32 hex digits for fields and relations, people read names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tenon.metamodel.errors import Invalid
from tenon.metamodel.expressions.functions import AGGREGATE_NAMES, find_function
from tenon.metamodel.expressions.paths import Frame, PathError, Resolved, names_of, parts_of, resolve
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.syntax import Source, parse
from tenon.metamodel.names import token

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
Edit = tuple[int, int, str]


def to_stored(text: str, scope: Scope) -> str:
    """Return the text with ids for fields and relations and English function names; all else stays as typed.

    What cannot be parsed or found stays as it is: checking says what is wrong with it.
    """
    return _rewrite(text, scope, is_stored=True)


def to_shown(text: str, scope: Scope) -> str:
    """Return a stored text with the present names of fields and relations; unknown ids stay as they are."""
    return _rewrite(text, scope, is_stored=False)


def _rewrite(text: str, scope: Scope, *, is_stored: bool) -> str:
    try:
        source = parse(text)
    except Invalid:
        return text
    result = source.text
    for start, end, word in sorted(set(_edits(source, scope, is_stored=is_stored)), reverse=True):
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
            waiting += [(child, frame) for child in ast.iter_child_nodes(node)]


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

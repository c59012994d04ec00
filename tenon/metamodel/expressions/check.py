"""Checking an expression: names, types and limits, before anything runs it."""

from __future__ import annotations

from tenon.metamodel.errors import Invalid
from tenon.metamodel.expressions import operators, reads, syntax
from tenon.metamodel.expressions.checker import Checker
from tenon.metamodel.expressions.paths import Frame
from tenon.metamodel.expressions.results import BROKEN
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.expressions.wording import KIND_NAMES, Refusal
from tenon.metamodel.options import show_options
from tenon.metamodel.types import KindName, Type


def check(text: str, scope: Scope, expect: KindName | str | Type | None = None) -> Expression:
    """Return the checked expression; raises `Invalid` with every problem found (path "", line and column from 1).

    ``text`` may name fields and options or hold their tokens. ``expect`` is the kind the place needs, or a type with the options of
    a choice or the entity of a reference; an empty fits everywhere, and a number fits whatever its decimals.
    """
    source = syntax.parse(show_options(text, scope.model, scope.base))
    checker = Checker(source, scope)
    result = checker.visit(source.tree, Frame(scope.row, scope.entity if scope.far is not None else None))
    if expect is not None and result is not BROKEN:
        wanted = expect if isinstance(expect, Type) else Type(_kind(expect))
        try:
            operators.accepts(wanted, result)
        except Refusal as refusal:
            checker.refuse(source.tree, refusal)
    if checker.problems:
        raise Invalid(checker.problems[: syntax.MAX_PROBLEMS])
    names, dependencies = reads.collect(scope, checker.paths, checker.aggregates)
    functions = [f for f in checker.functions if f is not None]
    bases = {path.base for path, _ in checker.paths}
    return Expression(
        text=source.text,
        tree=source.tree,
        type=result.type,
        entity_id=scope.row.id if scope.row is not None else None,
        reads=names,
        dependencies=dependencies,
        is_clocked=any(f.is_clocked for f in functions),
        uses_user="user" in bases or any(f.uses_user for f in functions),
        uses_old="old" in bases,
        uses_population=any(f.group == "population" for f in functions),
        has_aggregates=bool(checker.aggregates),
    )


def _kind(name: str) -> KindName:
    """Return a kind by its name; raises ValueError for one that does not exist."""
    if name not in KIND_NAMES:
        raise ValueError(name)
    return name  # type: ignore[return-value]

"""The compiler of checked expressions: values, conditions, and what an index could do for them."""

from __future__ import annotations

import ast
from typing import Any

from tenon.engine.evaluate import Evaluator, Setting
from tenon.engine.sql import aggregates, arithmetic, ladders, logic, moments, past, population, texts
from tenon.engine.sql.builder import Builder, Concerns, ConditionCompiler, ValueCompiler
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.source import Source
from tenon.metamodel.expressions.tree import Expression, Facts, facts_of

_VALUES: dict[str, ValueCompiler] = {
    **ladders.FUNCTIONS, **arithmetic.FUNCTIONS, **texts.FUNCTIONS, **moments.FUNCTIONS, **population.FUNCTIONS, **past.FUNCTIONS,
}
_CONDITIONS: dict[str, ConditionCompiler] = {**logic.CONDITIONS, **texts.CONDITIONS}


def compile_value(source: Source, expression: Expression) -> Column:
    """Return the value of an expression on a source: NULL for empty, numbers in units of `result_scale` on SQLite."""
    return Builder(source, CONCERNS).value(expression.tree)


def compile_condition(source: Source, expression: Expression, negated: bool = False) -> Column:
    """Return a condition for WHERE that holds exactly where the expression is true, or is not when ``negated``."""
    return Builder(source, CONCERNS).condition(expression.tree, not negated)


def result_scale(expression: Expression) -> int | None:
    """Return the number of decimals of an exact result, None for a real one and for what is no number."""
    return expression.type.scale if expression.type.kind in ("number", "duration") else None


def _path(builder: Builder, node: ast.expr) -> Column:
    facts = facts_of(node)
    assert facts.path is not None
    return builder.source.path(facts.path, facts.type)


def _find_value(node: ast.expr, facts: Facts) -> ValueCompiler:
    if facts.aggregate is not None:
        return aggregates.compile_aggregate
    if isinstance(node, ast.Call):
        return _VALUES[facts.function.name]
    compilers: dict[type[ast.expr], ValueCompiler] = {
        ast.Name: _path, ast.Attribute: _path, ast.BinOp: arithmetic.compile_operator, ast.UnaryOp: arithmetic.compile_sign,
        ast.IfExp: ladders.compile_ladder,
    }
    return compilers[type(node)]


def _find_condition(node: ast.expr, facts: Facts) -> ConditionCompiler | None:
    if isinstance(node, ast.Compare):
        return logic.compile_comparison
    if isinstance(node, ast.BoolOp):
        return logic.compile_logic
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return logic.compile_not
    if facts.aggregate is not None:
        is_rows = facts.aggregate.name == "exists" and facts.aggregate.relation is not None
        return aggregates.compile_exists if is_rows else None
    return _CONDITIONS.get(facts.function.name) if facts.function is not None else None


class _NoRecord:
    """The facts of an expression that reads no record."""

    def read(self, path: Any) -> Any:
        """Return nothing: there is no record."""
        return None

    def aggregate(self, aggregate: Any, test: Any) -> Any:
        """Return nothing: there is no record."""
        return None

    def was(self, path: Any, day: Any) -> Any:
        """Return nothing: there is no record."""
        return None


def _constant(environment: Environment, node: ast.expr) -> Any:
    setting = Setting(environment.now, environment.timezone, environment.today, environment.user)
    return Evaluator(_NoRecord(), setting).run(node)


CONCERNS = Concerns(_find_value, _find_condition, _constant)

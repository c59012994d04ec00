"""Going over a checked tree: which concern compiles which node, and turning values from type to type."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tenon.engine.sql.elements import NO, ONE, YES, compare, is_not_true, is_true
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.numbers import Number, field_limit, limit_of, to_scale
from tenon.engine.sql.source import Source
from tenon.engine.sql.stages import cut
from tenon.engine.sql.values import NUMBERS, bind, clocked, empty
from tenon.metamodel.expressions.tree import Facts, facts_of, reads_clock
from tenon.metamodel.types import Type

ValueCompiler = Callable[["Builder", Any], Column]
ConditionCompiler = Callable[["Builder", Any, bool], Column]
Constant = Callable[[Environment, ast.expr], Any]


@dataclass(frozen=True)
class Concerns:
    """Which function compiles a node: ``find_condition`` answers for two-valued nodes only, ``find_value`` for all others."""

    find_value: Callable[[ast.expr, Facts], ValueCompiler]
    find_condition: Callable[[ast.expr, Facts], ConditionCompiler | None]
    constant: Constant


@dataclass(frozen=True)
class Builder:
    """Compiles nodes of one expression on one source."""

    source: Source
    concerns: Concerns

    @property
    def environment(self) -> Environment:
        """What is compiled against."""
        return self.source.environment

    @property
    def yes(self) -> Column:
        """The condition that always holds."""
        return YES

    def empty(self, type_: Type) -> Column:
        """Return a typed NULL."""
        return empty(self.environment, type_)

    def inside(self, source: Source) -> Builder:
        """Return the same going on the far side of a relation."""
        return replace(self, source=source)

    def constant(self, node: ast.expr) -> Any:
        """Return the value of a node that reads no record, by which the statement is built: it serves this moment alone when it reads the clock."""
        if self.environment.moving is not None and reads_clock(node):
            self.environment.moving.is_fixed = True
        return self.concerns.constant(self.environment, node)

    def bound(self, node: ast.expr, make: Callable[[Environment, Any], Column]) -> Column:
        """Return what ``make`` binds of the value of a node that reads no record."""
        if reads_clock(node):
            return clocked(self.environment, lambda environment: make(environment, self.concerns.constant(environment, node)))
        return make(self.environment, self.constant(node))

    def value(self, node: ast.expr) -> Column:
        """Return the plain value of a node, NULL for empty, in the representation of its type."""
        facts = facts_of(node)
        if facts.is_constant:
            return self.bound(node, lambda environment, value: bind(environment, value, facts.type))
        if facts.type.kind == "empty":
            return empty(self.environment, facts.type)
        condition = self.concerns.find_condition(node, facts)
        if condition is not None:
            return cut(self.source, node, self.shown(condition(self, node, True)))
        return cut(self.source, node, self.concerns.find_value(node, facts)(self, node))

    def shown(self, condition: Column) -> Column:
        """Return a condition as a value: never empty."""
        if condition is YES or condition is NO:
            return bind(self.environment, condition is YES, Type("boolean"))
        return is_true(condition)

    def condition(self, node: ast.expr, want: bool = True) -> Column:
        """Return a condition that holds exactly when the node is true (``want``) or is not; NULL counts as not holding."""
        facts = facts_of(node)
        if facts.is_constant:
            return YES if bool(self.constant(node)) is want else NO
        if facts.type.kind == "empty":
            return NO if want else YES
        condition = self.concerns.find_condition(node, facts)
        if condition is not None:
            return condition(self, node, want)
        value = self.truth(cut(self.source, node, self.concerns.find_value(node, facts)(self, node)))
        return value if want else is_not_true(value)

    def truth(self, value: Column) -> Column:
        """Return a boolean value as a plain condition that an index can serve."""
        return compare(value, "=", ONE) if self.environment.is_sqlite else value

    def number(self, node: ast.expr) -> Number:
        """Return the number of a node, in the scale of its own type."""
        facts = facts_of(node)
        limit = limit_of(facts.type)
        if limit is None and facts.path is not None and facts.type.scale is not None:
            limit = field_limit(facts.type)
        return Number(self.value(node), facts.type.scale, limit)

    def cast(self, node: ast.expr, want: Type) -> Column:
        """Return the value of a node in the representation of another type that takes it in."""
        have = facts_of(node).type
        if have.kind == "empty":
            return empty(self.environment, want)
        if want.kind in NUMBERS and have.kind in NUMBERS:
            return to_scale(self.environment, self.number(node), want.scale)
        return self.value(node)


"""Small pieces of SQL that never rely on precedence: each own operator stands in its own pair of brackets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, Double, Numeric, and_, case, func, literal, literal_column, or_
from sqlalchemy.sql.elements import BinaryExpression, ClauseList, Grouping
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.types import TypeEngine

from tenon.engine.sql.environment import Column

BIG = BigInteger()
EXACT = Numeric()
REAL: Double[float] = Double()
BOOL = Boolean()
TRUE: Column = literal_column("TRUE", BOOL)
NOTHING: Column = literal_column("NULL")
YES: Column = literal_column("(1 = 1)", BOOL)
NO: Column = literal_column("(1 = 0)", BOOL)
ONE: Column = literal_column("1", BIG)
ZERO: Column = literal_column("0", BIG)


def binary(left: Column, operator: str, right: Column, type_: TypeEngine[Any]) -> Column:
    """Return ``(left operator right)`` as a value of that SQL type."""
    return Grouping(BinaryExpression(left, right, custom_op(operator, precedence=5), type_=type_))


def chain(left: Column, operator: str, right: Column, type_: TypeEngine[Any]) -> Column:
    """Return ``(left operator right)``, a left side that is a chain of the same precedence going on without brackets."""
    kind = "*" if operator == "*" else "+"
    start = left.items if isinstance(left, Chain) and left.kind == kind else (left,)
    return Chain((*start, literal_column(operator), right), kind, type_)


class Chain(Grouping[Any]):
    """Values joined by operators of one precedence, read from the left, in one pair of brackets."""

    inherit_cache = True

    def __init__(self, items: tuple[Column, ...], kind: str, type_: TypeEngine[Any]) -> None:
        self.items, self.kind = items, kind
        super().__init__(ClauseList(*items, operator=None, group=False))  # type: ignore[arg-type]  # no operator: joined by blanks
        self.type = type_


def compare(left: Column, operator: str, right: Column) -> Column:
    """Return ``(left operator right)`` as a condition."""
    return Grouping(BinaryExpression(left, right, custom_op(operator, precedence=5, is_comparison=True), type_=BOOL))


def is_true(condition: Column) -> Column:
    """Return the condition with NULL counted as false: 0 or 1 on SQLite, a boolean on PostgreSQL."""
    return compare(condition, "IS", TRUE)


def is_not_true(condition: Column) -> Column:
    """Return the opposite of a condition, NULL counted as false before."""
    return compare(condition, "IS NOT", TRUE)


def is_null(value: Column) -> Column:
    """Return the condition that a value is empty."""
    return compare(value, "IS", NOTHING)


def is_not_null(value: Column) -> Column:
    """Return the condition that a value is there."""
    return compare(value, "IS NOT", NOTHING)


def every(conditions: Iterable[Column]) -> Column:
    """Return the conjunction, flat."""
    listed = [c for c in conditions if c is not YES]
    if any(c is NO for c in listed):
        return NO
    return Grouping(and_(*listed)) if len(listed) > 1 else listed[0] if listed else YES


def some(conditions: Iterable[Column]) -> Column:
    """Return the disjunction, flat."""
    listed = [c for c in conditions if c is not NO]
    if any(c is YES for c in listed):
        return YES
    return Grouping(or_(*listed)) if len(listed) > 1 else listed[0] if listed else NO


def choose(ladder: Sequence[tuple[Column, Column]], otherwise: Column, type_: TypeEngine[Any]) -> Column:
    """Return one flat CASE of that SQL type."""
    if not ladder:
        return otherwise
    element = case(*ladder, else_=otherwise)
    element.type = type_
    return element


def call(name: str, *arguments: Column, type_: TypeEngine[Any]) -> Column:
    """Return a function call of that SQL type; the name is one of ours or of the database."""
    # SQLAlchemy gives some names (floor, max …) a meaning of their own on SQLite; a plain Function has none.
    return func.__getattr__(name)(*arguments, type_=type_)


def integer(value: int) -> Column:
    """Return a bound 64 bit integer."""
    return literal(value, BIG)


def real(value: float) -> Column:
    """Return a bound double."""
    return literal(value, REAL)

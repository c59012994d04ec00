"""Evaluating a checked expression for one record: simpleeval, restricted to our own tree and our own functions.

The walk sees nothing but the checked tree: no attribute of any object is looked up, no name is resolved here, and the
values of fields come from `RowFacts` as canonical plain values.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from simpleeval import SimpleEval

from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions import numbers
from tenon.metamodel.expressions.dates import first_moment, local
from tenon.metamodel.expressions.functions import Function
from tenon.metamodel.expressions.tree import Aggregate, Expression, ValuePath, facts_of
from tenon.metamodel.labels import say
from tenon.metamodel.types import Type

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: numbers.plus, ast.Sub: numbers.minus, ast.Mult: numbers.times, ast.Div: numbers.divide,
    ast.FloorDiv: numbers.floor_divide, ast.Mod: numbers.modulo, ast.Pow: numbers.power,
}  # fmt: skip


class Person(Protocol):
    """Who acts, as expressions know them; `context.User` is one."""

    @property
    def id(self) -> str:
        """The id."""

    @property
    def email(self) -> str:
        """The e-mail address."""

    @property
    def roles(self) -> tuple[str, ...]:
        """The names of roles."""

    @property
    def unit(self) -> str | None:
        """The id of the unit."""

    @property
    def units(self) -> tuple[str, ...]:
        """The ids of the units at and below it."""


class RowFacts(Protocol):
    """What an expression reads: values of paths, and aggregates of the record."""

    def read(self, path: ValuePath) -> Any:
        """Return the canonical value of a path; None for empty and for a missing link."""

    def aggregate(self, aggregate: Aggregate, test: Callable[[ast.expr, RowFacts], Any]) -> Any:
        """Return an aggregate of the record; ``test`` evaluates a node with other facts, in the same moment."""

    def was(self, path: ValuePath, day: date) -> Any:
        """Return what the value of a path was at the end of a day."""


@dataclass(frozen=True)
class Setting:
    """The moment and the person of one evaluation; ``today`` is the date in the workspace's zone."""

    now: datetime
    zone: ZoneInfo
    today: date
    user: Person | None = None


def setting(now: datetime, zone: ZoneInfo, today: date | None = None, user: Person | None = None) -> Setting:
    """Return the setting of a moment; today follows from it unless given."""
    return Setting(now, zone, today or local(now, zone).date(), user)


def evaluate(
    expression: Expression, facts: RowFacts, *, now: datetime, timezone: ZoneInfo, today: date | None = None, user: Person | None = None
) -> Any:
    """Return the value: exact numbers with their scale (int for 0, else Decimal), real ones float, None for empty.

    Raises `Invalid` for population functions and aggregates over a query's own set: they have no value for one record.
    """
    return Evaluator(facts, setting(now, timezone, today, user)).run(expression.tree)


def holds(
    expression: Expression, facts: RowFacts, *, now: datetime, timezone: ZoneInfo, today: date | None = None, user: Person | None = None
) -> bool:
    """Return whether a condition holds; an empty counts as false."""
    return evaluate(expression, facts, now=now, timezone=timezone, today=today, user=user) is True


def fit(value: Any, type_: Type) -> Any:
    """Return a value in the form of its type: a number as int, Decimal of that scale, or float; '' and () as None."""
    if value is None or value == "" or value == ():
        return None
    if type_.kind not in ("number", "duration") or isinstance(value, bool):
        return value
    if type_.scale is None:
        return float(value)
    return int(value) if type_.scale == 0 and not isinstance(value, float) else _fit_exact(value, type_.scale)


def _fit_exact(value: Any, scale: int) -> int | Decimal:
    rounded = numbers.with_scale(value, scale)
    return rounded if scale else int(rounded)


class Evaluator(SimpleEval):  # type: ignore[misc]
    """One walk over a checked tree; ``seen`` holds the value of every node it came to when ``keeps`` is set."""

    def __init__(self, facts: RowFacts, setting: Setting, *, keeps: bool = False) -> None:
        # What the library's own start would set is for texts it parses itself, and costs more than most walks.
        self.facts, self.setting, self.keeps = facts, setting, keeps
        self.seen: dict[int, Any] = {}
        self.nodes = {
            ast.Constant: self._literal, ast.Name: self._path, ast.Attribute: self._path, ast.BinOp: self._binary,
            ast.UnaryOp: self._unary, ast.BoolOp: self._logic, ast.Compare: self._comparison, ast.IfExp: self._ladder,
            ast.Call: self._function,
        }  # fmt: skip

    def run(self, node: ast.expr) -> Any:
        """Return the value of a node of a checked tree."""
        facts = facts_of(node)
        return self._keep(node, facts.value if facts.is_folded else super()._eval(node))

    def _keep(self, node: ast.expr, value: Any) -> Any:
        value = fit(value, facts_of(node).type)
        if self.keeps:
            self.seen[id(node)] = value
        return value

    def _literal(self, node: ast.Constant) -> Any:
        return facts_of(node).value

    def _path(self, node: ast.expr) -> Any:
        path = facts_of(node).path
        assert path is not None
        if path.absent:
            return None
        if path.base == "user":
            return _of_person(self.setting.user, path.name)
        value = self.facts.read(path)
        return _plain(value, facts_of(node).type)

    def _binary(self, node: ast.BinOp) -> Any:
        """Go down the left sides without recursion, as the checker did."""
        spine = [node]
        while isinstance(spine[-1].left, ast.BinOp) and not facts_of(spine[-1].left).is_folded:
            spine.append(spine[-1].left)
        left = self.run(spine[-1].left)
        for step in reversed(spine):
            left = self._keep(step, self._compute(step, left))
        return left

    def _compute(self, node: ast.BinOp, left: Any) -> Any:
        right = self.run(node.right)
        return None if left is None or right is None else _ARITHMETIC[type(node.op)](left, right)

    def _unary(self, node: ast.UnaryOp) -> Any:
        value = self.run(node.operand)
        if isinstance(node.op, ast.Not):
            return value is not True
        return value if value is None or isinstance(node.op, ast.UAdd) else numbers.negative(value)

    def _logic(self, node: ast.BoolOp) -> bool:
        is_or = isinstance(node.op, ast.Or)
        return is_or if any((self.run(value) is True) is is_or for value in node.values) else not is_or

    def _ladder(self, node: ast.IfExp) -> Any:
        step: ast.expr = node
        passed = []
        while isinstance(step, ast.IfExp):
            passed.append(step)
            step = step.body if self.run(step.test) is True else step.orelse
            if passed[-1].body is step:
                break
        value = self.run(step)
        for ladder in passed[1:]:
            self._keep(ladder, value)
        return value

    def _comparison(self, node: ast.Compare) -> bool:
        left = node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            if not self._holds(op, left, right):
                return False
            left = right
        return True

    def _holds(self, op: ast.cmpop, left: ast.expr, right: ast.expr) -> bool:
        """Return one comparison; two-valued whatever is empty."""
        a = self.run(left)
        if isinstance(op, ast.In | ast.NotIn):
            return self._is_in(a, right) is isinstance(op, ast.In)
        b = self.run(right)
        if isinstance(op, ast.Eq | ast.NotEq):
            return self._is_same(a, b) is isinstance(op, ast.Eq)
        if a is None or b is None:
            return False
        a, b = self._level(a, b)
        if isinstance(op, ast.Lt | ast.GtE):
            return _is_less(a, b) is isinstance(op, ast.Lt)
        return _is_less(b, a) is isinstance(op, ast.Gt)

    def _is_in(self, value: Any, right: ast.expr) -> bool:
        if isinstance(right, ast.List | ast.Tuple):
            return any(self._is_same(value, item) for item in facts_of(right).value)
        whole = self.run(right)
        return value is not None and whole is not None and value in whole

    def _is_same(self, a: Any, b: Any) -> bool:
        if a is None or b is None:
            return a is b
        a, b = self._level(a, b)
        is_number = isinstance(a, int | float | Decimal) and not isinstance(a, bool)
        return numbers.same(a, b) if is_number else bool(a == b)

    def _level(self, a: Any, b: Any) -> tuple[Any, Any]:
        """Make a date beside a moment the first moment of its day."""
        if isinstance(a, date) and isinstance(b, date) and isinstance(a, datetime) is not isinstance(b, datetime):
            return tuple(d if isinstance(d, datetime) else first_moment(d, zone=self.setting.zone) for d in (a, b))  # type: ignore[return-value]
        return a, b

    def _function(self, node: ast.Call) -> Any:
        facts = facts_of(node)
        if facts.aggregate is not None:
            if facts.aggregate.relation is None:
                raise _no_single_value(facts.aggregate.name)
            return self.facts.aggregate(facts.aggregate, self._test)
        function = facts.function
        assert isinstance(function, Function)
        if function.group == "history":
            path, day = facts_of(node.args[0]).path, self.run(node.args[1])
            return None if path is None or path.absent or day is None else self.facts.was(path, day)
        if function.body is None:
            raise _no_single_value(function.name)
        arguments = [self.run(argument) for argument in node.args]
        if function.empties == "strict" and None in arguments:
            return None
        given = {"zone": self.setting.zone, "today": self.setting.today, "now": self.setting.now, "user": self.setting.user}
        return function.body(*arguments, **{name: given[name] for name in function.needs})

    def _test(self, node: ast.expr, facts: RowFacts) -> Any:
        near, self.facts = self.facts, facts
        try:
            return self.run(node)
        finally:
            self.facts = near

    def _check_disallowed_items(self, item: Any) -> None:
        """Refuse anything that is not a plain value."""
        if isinstance(item, types.ModuleType) or callable(item):
            raise TypeError(type(item).__name__)


def _of_person(user: Person | None, name: str) -> Any:
    """Return a part of who acts; empty when nobody does."""
    if user is None:
        return None
    parts = {"id": user.id, "email": user.email, "roles": tuple(user.roles), "unit": user.unit}
    return parts[name]


def _plain(value: Any, type_: Type) -> Any:
    """Return what a field holds as expressions know it: a reference to any of several entities is the record's id."""
    if isinstance(value, list):
        return tuple(value)
    return value[1] if type_.kind == "reference" and isinstance(value, tuple) else value


def _is_less(a: Any, b: Any) -> bool:
    return numbers.smaller(a, b) if isinstance(a, int | float | Decimal) else bool(a < b)


def _no_single_value(name: str) -> Invalid:
    message = say("{name} has no value for a single record.", "{name} 对单条记录没有值。", name=name)
    return Invalid(Problem("", "bad_expression", message, say("Use it in a score measure or a report.", "请在评分指标或报表中使用。")))

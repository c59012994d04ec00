"""The walk that writes a type on every node and collects every problem on its way."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tenon.metamodel.errors import Problem
from tenon.metamodel.expressions import calls, operators, ranges, results
from tenon.metamodel.expressions.functions import Function
from tenon.metamodel.expressions.paths import Frame, PathError, Resolved, names_of, parts_of, resolve, single
from tenon.metamodel.expressions.results import BROKEN
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.syntax import Source, literal_number
from tenon.metamodel.expressions.tree import Aggregate, Facts, ValuePath
from tenon.metamodel.expressions.wording import Refusal
from tenon.metamodel.types import BOOLEAN, EMPTY, Type


class Checker:
    """One check of one expression."""

    def __init__(self, source: Source, scope: Scope) -> None:
        self.source, self.scope = source, scope
        self.problems: list[Problem] = []
        self.functions: list[Function] = []
        self.paths: list[tuple[ValuePath, Aggregate | None]] = []
        self.aggregates: list[Aggregate] = []
        self._visits: dict[type[ast.expr], Callable[[Any, Frame], Facts]] = {
            ast.Constant: self._constant, ast.Name: self._path, ast.Attribute: self._path, ast.BinOp: self._binary,
            ast.UnaryOp: self._unary, ast.BoolOp: self._logic, ast.Compare: self._compare, ast.IfExp: self._choice, ast.Call: self._call,
        }  # fmt: skip

    def refuse(self, node: ast.expr, refusal: Refusal) -> Facts:
        """Note a problem at a node."""
        self.problems.append(self.source.problem(node, refusal))
        return BROKEN

    def visit(self, node: ast.expr, frame: Frame) -> Facts:
        """Write the facts of a node and of everything below it."""
        try:
            facts = self._visits[type(node)](node, frame)
        except Refusal as refusal:
            facts = self.refuse(node, refusal)
        return self.write(node, facts)

    def write(self, node: ast.expr, facts: Facts) -> Facts:
        """Put facts on a node."""
        node.facts = facts  # type: ignore[attr-defined]
        return facts

    def _constant(self, node: ast.Constant, _: Frame) -> Facts:
        value = node.value
        if value is None or value == "":
            return Facts(EMPTY, is_constant=True, is_folded=True)
        if isinstance(value, bool):
            return Facts(BOOLEAN, is_constant=True, value=value)
        if isinstance(value, str):
            return Facts(Type("text", length=len(value), options=(value,)), is_constant=True, value=value)
        number = literal_number(self.source, node)
        scale = -int(number.as_tuple().exponent) if isinstance(number, Decimal) else 0
        return Facts(Type("number", scale=scale, low=Decimal(number), high=Decimal(number)), is_constant=True, value=number)

    def _path(self, node: ast.Name | ast.Attribute, frame: Frame) -> Facts:
        found = self.resolve(node, frame)
        if found is None:
            return BROKEN
        single(found)
        path = found.value_path()
        self.paths.append((path, None))
        return Facts(ranges.stored(found.type), path=path, is_constant=found.base == "user" or found.is_absent)

    def resolve(self, node: ast.expr, frame: Frame) -> Resolved | None:
        """Return what a path is, or None after noting what is wrong with it."""
        parts = parts_of(node)
        if parts is None:
            return None
        try:
            found = resolve(self.scope, frame, names_of(parts))
        except PathError as error:
            self.refuse(parts[min(error.part, len(parts) - 1)], error.refusal)
            return None
        for part, item in zip(parts[:-1], found.items, strict=False):
            self.write(part, Facts(getattr(item, "type", Type("list"))))
        return found

    def _binary(self, node: ast.BinOp, frame: Frame) -> Facts:
        """Walk down the left sides without recursion, so that a long chain needs no depth."""
        spine = [node]
        while isinstance(spine[-1].left, ast.BinOp):
            spine.append(spine[-1].left)
        left = self.visit(spine[-1].left, frame)
        for step in reversed(spine):
            right = self.visit(step.right, frame)
            left = self._arithmetic(step, left, right)
            self.write(step, left)
        return left

    def _arithmetic(self, node: ast.BinOp, left: Facts, right: Facts) -> Facts:
        if left is BROKEN or right is BROKEN:
            return BROKEN
        try:
            facts = operators.arithmetic(node.op, left, right)
        except Refusal as refusal:
            return self.refuse(node.right if left.type.kind in results.NUMBERS else node.left, refusal)
        return replace(facts, is_constant=facts.is_folded or (left.is_constant and right.is_constant))

    def _unary(self, node: ast.UnaryOp, frame: Frame) -> Facts:
        operand = self.visit(node.operand, frame)
        if operand is BROKEN:
            return BROKEN
        if isinstance(node.op, ast.Not):
            operators.condition(operand)
            return Facts(BOOLEAN, is_constant=operand.is_constant)
        facts = operators.sign(node.op, operand)
        return replace(facts, is_constant=facts.is_folded or operand.is_constant)

    def condition(self, node: ast.expr, frame: Frame) -> Facts:
        """Check a place that needs true or false."""
        facts = self.visit(node, frame)
        if facts is not BROKEN:
            try:
                operators.condition(facts)
            except Refusal as refusal:
                return self.refuse(node, refusal)
        return facts

    def _logic(self, node: ast.BoolOp, frame: Frame) -> Facts:
        return self._gather(BOOLEAN, [self.condition(v, frame) for v in node.values])

    def _gather(self, type_: Type, parts: list[Facts]) -> Facts:
        return BROKEN if any(p is BROKEN for p in parts) else Facts(type_, is_constant=all(p.is_constant for p in parts))

    def _compare(self, node: ast.Compare, frame: Frame) -> Facts:
        sides = [self.visit(node.left, frame)]
        for op, right in zip(node.ops, node.comparators, strict=True):
            left = sides[-1]
            if isinstance(right, ast.List | ast.Tuple):
                sides.append(self._list(right, left, op))
                continue
            facts = self.visit(right, frame)
            sides.append(facts)
            if left is BROKEN or facts is BROKEN:
                continue
            try:
                operators.contained(left, facts) if isinstance(op, ast.In | ast.NotIn) else operators.compare(op, left, facts)
            except Refusal as refusal:
                self.refuse(right, refusal)
        return self._gather(BOOLEAN, sides)

    def _list(self, node: ast.List | ast.Tuple, left: Facts, op: ast.cmpop) -> Facts:
        """Check a written list against what is looked for in it."""
        items = [self.visit(item, Frame(None)) for item in node.elts]
        for item, facts in zip(node.elts, items, strict=True):
            if left is BROKEN or facts is BROKEN:
                continue
            try:
                operators.compare(op, left, facts)
            except Refusal as refusal:
                self.refuse(item, refusal)
        return self.write(node, Facts(Type("list"), is_constant=True, value=tuple(f.value for f in items)))

    def _choice(self, node: ast.IfExp, frame: Frame) -> Facts:
        """Walk an else-if ladder without recursion."""
        ladder = [node]
        while isinstance(ladder[-1].orelse, ast.IfExp):
            ladder.append(ladder[-1].orelse)
        tests = [(self.condition(step.test, frame), self.visit(step.body, frame)) for step in ladder]
        result = self.visit(ladder[-1].orelse, frame)
        for step, (test, body) in zip(reversed(ladder), reversed(tests), strict=True):
            result = self._join(step, test, body, result)
            self.write(step, result)
        return result

    def _join(self, node: ast.IfExp, test: Facts, body: Facts, other: Facts) -> Facts:
        if any(f is BROKEN for f in (test, body, other)):
            return BROKEN
        try:
            facts = results.unify([body, other])
        except Refusal as refusal:
            return self.refuse(node.orelse, refusal)
        return replace(facts, value=None, is_constant=test.is_constant and body.is_constant and other.is_constant)

    def _call(self, node: ast.Call, frame: Frame) -> Facts:
        return calls.call(self, node, frame)

"""Which operands an operator takes, and the type of its result."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from tenon.metamodel.expressions import ranges
from tenon.metamodel.expressions.results import NUMBERS, mixed_currencies
from tenon.metamodel.expressions.tree import Facts
from tenon.metamodel.expressions.wording import Refusal, conversion, kind_name, mismatch, unknown
from tenon.metamodel.labels import say
from tenon.metamodel.types import Type

SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
EQUALITY = (ast.Eq, ast.NotEq)
_ORDERED = (*NUMBERS, "date", "datetime", "time", "text")
_WORDS = ("text", "choice")
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


def arithmetic(op: ast.operator, left: Facts, right: Facts) -> Facts:
    """Return the facts of ``left op right``; raises `Refusal`."""
    for side, other in ((left, right), (right, left)):
        if side.type.kind not in (*NUMBERS, "empty"):
            raise _refuse_operand(op, side.type, other.type)
    if "empty" in (left.type.kind, right.type.kind):
        return replace(_compute(op, _or_one(left), _or_one(right)), is_folded=True)
    return _compute(op, left, right)


def _or_one(facts: Facts) -> Facts:
    """Return the facts of a one in the place of an empty: only the type of the result is asked for."""
    return Facts(Type("number", scale=0, low=Decimal(1), high=Decimal(1)), value=1) if facts.type.kind == "empty" else facts


def _compute(op: ast.operator, left: Facts, right: Facts) -> Facts:
    if isinstance(op, ast.Pow):
        return _power(left, right)
    like = _currency(op, left.type, right.type)
    if isinstance(op, ast.Add | ast.Sub):
        facts = ranges.add(left, ranges.opposite(right) if isinstance(op, ast.Sub) else right, like)
        both = left.type.kind == right.type.kind == "duration"
        return Facts(Type("duration", scale=0, low=facts.type.low, high=facts.type.high)) if both else facts
    if isinstance(op, ast.Mult):
        return ranges.multiply(left, right, like)
    if isinstance(op, ast.Div):
        return ranges.divide(left, right, like)
    return ranges.floor_divide(left, right) if isinstance(op, ast.FloorDiv) else ranges.modulo(left, right)


def _power(left: Facts, right: Facts) -> Facts:
    if not isinstance(right.value, int) or not -20 <= right.value <= 20:
        message = say("The exponent is a whole number from -20 to 20, written out.", "指数须直接写成 -20 到 20 的整数。")
        raise Refusal("bad_expression", message, say("For example x ** 2.", "例如 x ** 2。"))
    return ranges.power(left, right.value)


def _currency(op: ast.operator, left: Type, right: Type) -> Type | None:
    """Return the operand whose currency the result keeps; amounts of two currencies cannot be added."""
    if left.currency and right.currency:
        if left.currency != right.currency and isinstance(op, ast.Add | ast.Sub):
            raise mixed_currencies({left.currency, right.currency})
        return left if isinstance(op, ast.Add | ast.Sub) else None
    if isinstance(op, ast.Div):
        return left if left.currency else None
    return left if left.currency else right


_ONE_ENTITY = say("Compare references to one and the same entity.", "请比较指向同一对象的引用。")
_SHARED = say("Compare each with a name of its own.", "请分别与各自的选项名称比较。")


def _refuse_operand(op: ast.operator, got: Type, other: Type) -> Refusal:
    """Return the refusal of a type that cannot be computed with, naming the function to use."""
    sign, hint = SIGNS[type(op)], conversion("number", got.kind)
    if got.kind in _WORDS and other.kind not in NUMBERS and isinstance(op, ast.Add):
        hint = say("Join texts with concat(a, b).", "请用 concat(a, b) 连接文本。")
    elif got.kind in ("date", "datetime"):
        is_shift = other.kind in NUMBERS and isinstance(op, ast.Add | ast.Sub)
        hint = conversion("date", "number") if is_shift else conversion("number", "date")
    hint = hint or say("Put a number here.", "请在此处填写数字。")
    message = say("{sign} needs numbers, but this is {got}.", "{sign} 需要数字，此处是{got}。", sign=sign, got=kind_name(got))
    return Refusal("type_mismatch", message, hint)


def sign(op: ast.unaryop, operand: Facts) -> Facts:
    """Return the facts of ``-x`` and ``+x``; raises `Refusal`."""
    if operand.type.kind == "empty":
        return Facts(_or_one(operand).type, is_folded=True)
    if operand.type.kind not in NUMBERS:
        raise mismatch("number", operand.type)
    if isinstance(op, ast.UAdd):
        return Facts(operand.type, is_folded=operand.value is not None, value=operand.value, smallest=operand.smallest)
    facts = ranges.opposite(operand)
    if isinstance(operand.value, int | Decimal) and not isinstance(operand.value, bool):
        facts.value, facts.is_folded = -operand.value, True
    return facts


def condition(facts: Facts) -> None:
    """Refuse what is not true or false; an empty counts as false. Raises `Refusal`."""
    if facts.type.kind not in ("boolean", "empty"):
        raise mismatch("boolean", facts.type)


def compare(op: ast.cmpop, left: Facts, right: Facts) -> None:
    """Refuse a comparison of things that do not go together; raises `Refusal`."""
    kinds = {left.type.kind, right.type.kind}
    if "empty" in kinds:
        return
    is_equality = isinstance(op, (*EQUALITY, ast.In, ast.NotIn))
    if kinds == {"date", "datetime"}:
        _compare_moment(left, right)
    elif kinds == {"reference", "text"}:
        _compare_id(left, right)
    elif "choice" in kinds and kinds <= set(_WORDS):
        _compare_choice(left, right)
    elif left.type.kind != right.type.kind and not kinds <= set(NUMBERS):
        raise mismatch(left.type.kind, right.type)
    elif kinds & {"choices", "references", "file", "json", "list"}:
        raise _only_emptiness(left.type)
    elif kinds == {"reference"} and left.type.entity and right.type.entity and left.type.entity != right.type.entity:
        message = say("These references lead to different entities.", "这两个引用指向不同的对象。")
        raise Refusal("type_mismatch", message, _ONE_ENTITY)
    if not is_equality and not kinds <= set(_ORDERED):
        message = say(
            "{kind} has no order.", "{kind}没有大小之分。", kind=kind_name(left.type if left.type.kind not in _ORDERED else right.type)
        )
        raise Refusal("type_mismatch", message, say("Compare with ==, != or in.", "请用 ==、!= 或 in 比较。"))


def _compare_moment(left: Facts, right: Facts) -> None:
    day = left if left.type.kind == "date" else right
    if not day.is_constant:
        message = say("A date and a date with time are compared.", "正在比较日期与日期时间。")
        raise Refusal("type_mismatch", message, say("Write date(x) around the one with time.", "请对日期时间使用 date(x)。"))


def _compare_id(left: Facts, right: Facts) -> None:
    text = left if left.type.kind == "text" else right
    if not isinstance(text.value, str) or not _ID.match(text.value):
        raise mismatch("reference", text.type)


def _compare_choice(left: Facts, right: Facts) -> None:
    """A choice is compared with a name that exists, or with a choice that shares one."""
    choice, other = (left.type, right.type) if left.type.kind == "choice" else (right.type, left.type)
    if other.kind == "text" and not other.options:
        raise mismatch("choice", other)
    if not choice.options or not other.options:
        return
    if other.kind == "choice":
        if not set(choice.options) & set(other.options):
            raise Refusal("type_mismatch", say("These choices have no option in common.", "这两个单选项没有相同的选项。"), _SHARED)
        return
    check_options(choice, other.options)


def check_options(choice: Type, names: Sequence[str]) -> None:
    """Refuse names that are not options of the choice; raises `Refusal`."""
    wrong = next((n for n in names if choice.options and n not in choice.options), None)
    if wrong is not None:
        raise unknown("option", "选项", wrong, list(choice.options))


def _only_emptiness(type_: Type) -> Refusal:
    message = say("{kind} can only be compared with None.", "{kind}只能与 None 比较。", kind=kind_name(type_))
    hint = say("Write 'a' in x, or is_empty(x).", "请写 'a' in x 或 is_empty(x)。") if type_.kind == "choices" else say("Write is_empty(x).", "请写 is_empty(x)。")
    return Refusal("type_mismatch", message, hint)


def contained(left: Facts, right: Facts) -> None:
    """Refuse ``left in right`` where right is a value, not a written list; raises `Refusal`."""
    if right.type.kind not in ("choices", "text", "choice", "empty"):
        message = say("`in` needs a list, a choice list or a text at its right.", "`in` 的右侧须为列表、多选项或文本。")
        hint = say("For a to-many relation write exists(path, where=…).", "一对多关系请写 exists(path, where=…)。")
        raise Refusal("type_mismatch", message, hint)
    if left.type.kind not in (*_WORDS, "empty"):
        raise mismatch("text", left.type)
    if right.type.kind == "choices" and left.type.options:
        check_options(right.type, left.type.options if left.type.kind == "text" else ())


def accepts(expected: Type, got: Facts) -> None:
    """Refuse a result of another type than the place needs; raises `Refusal`."""
    kinds = (expected.kind, got.type.kind)
    if got.type.kind == "empty" or kinds == ("text", "choice") or set(kinds) <= set(NUMBERS):
        return
    is_named = kinds == ("choice", "text") and (got.type.options or not expected.options)
    if is_named or kinds in (("choice", "choice"), ("choices", "text"), ("choices", "choice")):
        check_options(expected, got.type.options)
        return
    if kinds == ("reference", "text") and isinstance(got.value, str) and _ID.match(got.value):
        return
    if expected.kind != got.type.kind:
        raise mismatch(expected.kind, got.type)
    if expected.kind == "reference" and expected.entity and got.type.entity and expected.entity != got.type.entity:
        raise Refusal("type_mismatch", say("This reference leads to another entity.", "此引用指向另一个对象。"), _ONE_ENTITY)

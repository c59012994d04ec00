"""Which type a call gives: one rule a function, from the facts of its arguments; a rule may refuse them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tenon.metamodel.expressions import ranges
from tenon.metamodel.expressions.dates import read_day
from tenon.metamodel.expressions.ranges import ONE, ZERO
from tenon.metamodel.expressions.tree import Facts
from tenon.metamodel.expressions.wording import Refusal, mismatch
from tenon.metamodel.labels import say
from tenon.metamodel.types import BOOLEAN, DATE, DATETIME, EMPTY, KindName, Type

Arguments = Sequence[Facts]
Rule = Callable[[Arguments], Facts]
NUMBERS = ("number", "duration")
BROKEN = Facts(EMPTY)
"""The facts of a node with a problem below it (by identity): nothing more is said about what is around it."""


def unify(values: Arguments) -> Facts:
    """Return the facts of "one of these values"; raises `Refusal` when their types do not go together."""
    full = [v for v in values if v.type.kind != "empty"]
    if not full:
        return Facts(EMPTY)
    first, kinds = full[0], {v.type.kind for v in full}
    if kinds <= set(NUMBERS):
        return _unify_numbers(full)
    if kinds <= {"text", "choice"}:
        return _unify_texts(full)
    for other in full[1:]:
        if other.type.kind != first.type.kind:
            raise mismatch(first.type.kind, other.type, operand=other)
    if first.type.kind == "reference" and len({v.type.entity for v in full}) > 1:
        return Facts(Type("reference"))
    return Facts(first.type)


def _unify_numbers(values: Arguments) -> Facts:
    low, high = ranges.hull(*values)
    facts = ranges.number(ranges.common_scale(*values), low, high, ranges.nearest(*values))
    currencies = {v.type.currency for v in values if v.value is None}
    if len(currencies - {None}) > 1:
        raise mixed_currencies(currencies)
    kind: KindName = "duration" if {v.type.kind for v in values} == {"duration"} and facts.type.scale == 0 else "number"
    return replace(facts, type=replace(facts.type, kind=kind, currency=next(iter(currencies)) if len(currencies) == 1 else None))


def mixed_currencies(currencies: set[str | None]) -> Refusal:
    """Return the refusal of amounts in several currencies."""
    names = ", ".join(sorted(c for c in currencies if c))
    message = say("These amounts are in different currencies: {names}.", "这些金额的币种不同：{names}。", names=names)
    return Refusal("type_mismatch", message, say("Convert one of them with a rate first.", "请先用汇率换算其中之一。"))


def _unify_texts(values: Arguments) -> Facts:
    """A choice stays one beside names of its options; texts that are all written out keep what they can be as options."""
    choices = [v.type for v in values if v.type.kind == "choice"]
    names = [name for v in values for name in v.type.options]
    if choices and all(v.type.options and set(v.type.options) <= set(choices[0].options) for v in values):
        return Facts(choices[0])
    facts = ranges.text(max(ranges.length(v) for v in values))
    known = tuple(dict.fromkeys(names)) if not choices and all(v.type.options for v in values) else ()
    return replace(facts, type=replace(facts.type, options=known))


def always(facts: Facts) -> Rule:
    """Return the rule of a function that always gives the same type."""
    return lambda _: facts


def whole(low: int, high: int) -> Rule:
    """Return the rule of a function that gives a whole number between two bounds."""
    return always(ranges.exact(0, Decimal(low), Decimal(high)))


yes_no = always(Facts(BOOLEAN))
gives_date = always(Facts(DATE))
gives_datetime = always(Facts(DATETIME))
shares = always(ranges.real(ZERO, ONE, Decimal("1e-60")))


def absolute(args: Arguments) -> Facts:
    """Return the facts of abs(x)."""
    low, high = ranges.bounds(args[0])
    nearest = ZERO if low <= 0 <= high else min(abs(low), abs(high))
    return replace(args[0], type=replace(args[0].type, low=nearest, high=ranges.size(args[0])))


def rounded(args: Arguments) -> Facts:
    """Return the facts of round(x, n): exact with n decimals."""
    n = int(args[1].value) if len(args) > 1 else 0
    half = ONE.scaleb(-n)
    low, high = ranges.bounds(args[0])
    return ranges.exact(max(n, 0), low - half, high + half, args[0].type)


def to_whole(args: Arguments) -> Facts:
    """Return the facts of floor(x) and ceil(x): whole, exact when x is."""
    low, high = ranges.bounds(args[0])
    return ranges.number(None if args[0].type.scale is None else 0, low - 1, high + 1, ONE, args[0].type)


def clamped(args: Arguments) -> Facts:
    """Return the facts of clamp(x, lo, hi)."""
    _unify_numbers(args)
    x, lo, hi = (ranges.bounds(a) for a in args)
    low, high = max(lo[0], min(x[0], hi[0])), max(lo[1], min(x[1], hi[1]))
    return ranges.number(ranges.common_scale(*args), low, high, ranges.nearest(*args), args[0].type)


def root(args: Arguments) -> Facts:
    """Return the facts of sqrt(x)."""
    return ranges.real(ZERO, max(ranges.size(args[0]), ONE), min(ranges.smallest(args[0]), ONE))


def logarithm(_: Arguments) -> Facts:
    """Return the facts of ln(x): of anything up to 10^290."""
    return ranges.real(Decimal(-700), Decimal(700), Decimal("1e-17"))


def parsed_number(_: Arguments) -> Facts:
    """Return the facts of number(text)."""
    return ranges.real(Decimal("-1e15"), Decimal("1e15"), Decimal("1e-6"))


def same_text(args: Arguments) -> Facts:
    """Return the facts of a text that is at most as long as the first argument."""
    return ranges.text(ranges.length(args[0]))


def replaced(args: Arguments) -> Facts:
    """Return the facts of replace(t, a, b)."""
    text, old, new = (ranges.length(a) for a in args)
    known = len(args[1].value) if isinstance(args[1].value, str) and args[1].value else min(old, 1) or 1
    return ranges.text(max(text, -(-text // known) * new))


def cut(args: Arguments) -> Facts:
    """Return the facts of left(t, n) and right(t, n)."""
    most = max(int(min(ranges.bounds(args[1])[1], Decimal(ranges.LONGEST))), 0)
    return ranges.text(min(ranges.length(args[0]), most))


def joined(args: Arguments) -> Facts:
    """Return the facts of concat(a, …)."""
    return ranges.text(sum(ranges.length(a) for a in args))


def shown(args: Arguments) -> Facts:
    """Return the facts of text(x); a real number has to be rounded first."""
    type_ = args[0].type
    if type_.kind in NUMBERS:
        if type_.scale is None:
            message = say("This number has no fixed number of decimals.", "该数字没有固定的小数位数。")
            raise Refusal("type_mismatch", message, say("Round it first: text(round(x, 2)).", "请先取整：text(round(x, 2))。"))
        return ranges.text(len(str(int(ranges.size(args[0])))) + type_.scale + 2)
    return ranges.text(10 if type_.kind == "date" else ranges.length(args[0]))


def chosen(args: Arguments) -> Facts:
    """Return the facts of if_else(c, a, b)."""
    return unify(args[1:])


def cased(args: Arguments) -> Facts:
    """Return the facts of case(c1, v1, …, default); conditions and a default have to be there."""
    if len(args) < 3 or len(args) % 2 == 0:
        message = say("case needs pairs of condition and value, and a default at the end.", "case 需要成对的条件与值，并在最后给出默认值。")
        raise Refusal("bad_expression", message, say("case(arr > 100, 'big', 'small')", "case(arr > 100, 'big', 'small')"))
    for condition in args[:-1:2]:
        if condition.type.kind not in ("boolean", "empty"):
            raise mismatch("boolean", condition.type, operand=condition)
    return unify([*args[1:-1:2], args[-1]])


def moved(args: Arguments) -> Facts:
    """Return the facts of date_add(d, n, unit): a date stays a date."""
    if args[0].type.kind == "date" and len(args) > 2 and args[2].value in ("hour", "minute"):
        message = say("A date has no hours.", "日期没有小时。")
        raise Refusal("type_mismatch", message, say("Use a date with time, such as now().", "请使用日期时间，例如 now()。"))
    return Facts(args[0].type)


def past(args: Arguments) -> Facts:
    """Return the facts of was(x, d): x is a choice or a part of a score, d does not depend on the record."""
    path = args[0].path
    field = path.field if path is not None and path.base in ("row", "this") else None
    is_kept = field is not None and (args[0].type.kind == "choice" or (field.origin == "score" and field.part == "score"))
    if not is_kept and args[0].type.kind != "empty":
        message = say("Only what a choice, a stage, a band or a score was is known.", "只能查询单选、阶段、等级与评分的历史值。")
        raise Refusal("type_mismatch", message, say("Such as was(stage, days_ago(30)).", "例如 was(stage, days_ago(30))。"))
    if not args[1].is_constant:
        message = say("The day has to be the same for all records.", "日期对所有记录必须相同。")
        raise Refusal("type_mismatch", message, say("Such as days_ago(30) or date('2026-01-31').", "例如 days_ago(30) 或 date('2026-01-31')。"))
    return Facts(args[0].type)


def to_day(args: Arguments) -> Facts:
    """Return the facts of date(x); a text has to be a literal ISO date."""
    value: Any = args[0].value
    if args[0].type.kind == "text":
        hint = say("Write a date as date('2026-01-31').", "日期请写成 date('2026-01-31')。")
        if not isinstance(value, str):
            raise Refusal("type_mismatch", say("Only a written date can stand here.", "此处只能写固定的日期。"), hint)
        if read_day(value, zone=None) is None:
            raise Refusal("bad_expression", say("`{value}` is not a date.", "`{value}` 不是日期。", value=value[:20]), hint)
    return Facts(DATE)


def aggregated(name: str, value: Facts | None) -> Facts:
    """Return the facts of an aggregate over many records."""
    if name in ("count", "distinct"):
        return ranges.exact(0, ZERO, ranges.MOST_ROWS)
    if name == "exists" or value is None:
        return Facts(BOOLEAN)
    if name in ("sum", "avg") and value.type.kind in NUMBERS:
        low, high = ranges.bounds(value)
        if name == "avg":
            return ranges.real(low, high, ranges.smallest(value) * Decimal("1e-17"), value.type)
        rows = ranges.MOST_ROWS
        facts = ranges.number(value.type.scale, min(low * rows, ZERO), max(high * rows, ZERO), ranges.smallest(value), value.type)
        return replace(facts, type=replace(facts.type, kind=value.type.kind))
    return Facts(value.type, smallest=value.smallest)

"""Calls: functions with their arguments, aggregates over a to-many path, aggregates over the query's own set."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Protocol

from tenon.metamodel.expressions import ranges, results
from tenon.metamodel.expressions.functions import AGGREGATE_NAMES, FUNCTIONS, ORDERED, Function, Parameter, find_function
from tenon.metamodel.expressions.paths import Frame, Resolved, parts_of
from tenon.metamodel.expressions.results import BROKEN, NUMBERS
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Aggregate, Facts, ValuePath
from tenon.metamodel.expressions.wording import Refusal, mismatch, unknown
from tenon.metamodel.labels import say
from tenon.metamodel.types import EMPTY, Type

OWN_SET = frozenset({"count", "sum", "avg", "min", "max", "distinct"})
_NEEDS_VALUE = frozenset({"sum", "avg", "min", "max", "distinct", "first", "last"})
_OF_NOTHING = {"count": 0, "sum": 0, "distinct": 0, "exists": False}


class Walk(Protocol):
    """What a call needs of the checker."""

    scope: Scope
    functions: list[Function]
    paths: list[tuple[ValuePath, Aggregate | None]]
    aggregates: list[Aggregate]

    def visit(self, node: ast.expr, frame: Frame) -> Facts:
        """Check a node."""

    def condition(self, node: ast.expr, frame: Frame) -> Facts:
        """Check a place that needs true or false."""

    def resolve(self, node: ast.expr, frame: Frame) -> Resolved | None:
        """Return what a path is, or None after noting what is wrong."""

    def refuse(self, node: ast.expr, refusal: Refusal) -> Facts:
        """Note a problem."""

    def write(self, node: ast.expr, facts: Facts) -> Facts:
        """Put facts on a node."""


def call(walk: Walk, node: ast.Call, frame: Frame) -> Facts:
    """Return the facts of a call; notes problems, or raises `Refusal` at the call itself."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    function = find_function(name)
    walk.write(node.func, Facts(EMPTY))
    if function is None:
        raise unknown("function", "函数", name, list(FUNCTIONS))
    if function.name in AGGREGATE_NAMES and (function.body is None or len(node.args) < 2 or node.keywords):
        return _aggregate(walk, node, function.name, frame)
    if node.keywords:
        raise Refusal("bad_expression", say("where= belongs to aggregates only.", "where= 只能用于汇总函数。"), say("Remove it.", "请将其删除。"))
    _check_use(walk.scope, function)
    walk.functions.append(function)
    arguments = [walk.visit(a, frame) for a in node.args]
    _check_count(function, len(arguments))
    if not _check_arguments(walk, function, node, arguments):
        return BROKEN
    try:
        facts = function.result(arguments)
    except Refusal as refusal:
        place = next((p for p, a in zip(node.args, arguments, strict=True) if a is refusal.operand), node)
        return walk.refuse(place, refusal)
    if function.empties == "strict" and any(a.type.kind == "empty" for a in arguments):
        return Facts(facts.type, function=function, is_constant=True, is_folded=True, smallest=facts.smallest)
    is_constant = function.group not in ("population", "history") and all(a.is_constant for a in arguments)
    return replace(facts, function=function, is_constant=is_constant, value=None, is_folded=False, path=None, aggregate=None)


def _check_use(scope: Scope, function: Function) -> None:
    """Refuse functions that the place cannot have."""
    if function.uses and scope.use not in function.uses:
        message = say("{name} works in score measures and reports only.", "{name} 只能用于评分指标与报表。", name=function.name)
        hint = say("Move it into a score or a widget.", "请移到评分或图表中使用。")
        if function.group == "history":
            message = say("{name} works in filters, conditions and reports only.", "{name} 只能用于筛选、条件与报表。", name=function.name)
            hint = say("Move it into a view, a segment or a widget.", "请移到视图、客群或图表中使用。")
        raise Refusal("bad_expression", message, hint)
    if function.uses_user and scope.is_stored:
        message = say(
            "{name} asks who acts, but the result is stored for everybody.",
            "{name} 取决于操作人，而此处结果为所有人存储。",
            name=function.name,
        )
        raise Refusal("bad_expression", message, say("Use it in a filter or condition.", "请在筛选或条件中使用。"))
    if function.is_moment and scope.use == "formula":
        message = say("A stored formula cannot follow the clock to the second.", "存储的公式不能随时钟实时变化。")
        raise Refusal("bad_expression", message, say("Use today().", "请使用 today()。"))


def _check_count(function: Function, given: int) -> None:
    most = None if function.rest else len(function.parameters)
    if given < function.fewest or (most is not None and given > most):
        message = say("{call} does not take {n} arguments.", "{call} 不接受 {n} 个参数。", call=function.signature(), n=given)
        raise Refusal("bad_expression", message, say("For example {example}.", "例如 {example}。", example=function.example))


def _check_arguments(walk: Walk, function: Function, node: ast.Call, arguments: list[Facts]) -> bool:
    """Note arguments that do not fit their parameters; True when all do."""
    fits = not any(a is BROKEN for a in arguments)
    for index, (place, facts) in enumerate(zip(node.args, arguments, strict=True)):
        parameter = function.parameters[min(index, len(function.parameters) - 1)]
        if facts is BROKEN or (function.name == "case"):
            continue
        try:
            _check_argument(parameter, facts)
        except Refusal as refusal:
            walk.refuse(place, refusal)
            fits = False
    return fits


def _check_argument(parameter: Parameter, facts: Facts) -> None:
    kind = facts.type.kind
    if parameter.is_literal and (facts.value is None or kind not in parameter.kinds):
        written = say("Write the value itself, not a field.", "请直接书写该值，不要用字段。")
        hint = say("One of {some}.", "可选：{some}。", some=", ".join(parameter.options)) if parameter.options else written
        raise Refusal("type_mismatch", say("`{name}` has to be written out.", "`{name}` 必须直接写出。", name=parameter.name), hint)
    if parameter.options and facts.value not in parameter.options:
        raise unknown("unit", "单位", str(facts.value), list(parameter.options))
    if parameter.low is not None and parameter.high is not None:
        if not isinstance(facts.value, int) or not parameter.low <= facts.value <= parameter.high:
            message = say(
                "`{name}` is a whole number from {low} to {high}.", "`{name}` 须为 {low} 到 {high} 的整数。",
                name=parameter.name, low=parameter.low, high=parameter.high,
            )  # fmt: skip
            raise Refusal("bad_expression", message, say("Write the number itself.", "请直接书写数字。"))
    if kind == "empty":
        return
    if parameter.kinds and kind not in parameter.kinds:
        raise mismatch(parameter.kinds[0], facts.type)
    if not parameter.kinds and kind == "list":
        raise mismatch("text", facts.type)


def _aggregate(walk: Walk, node: ast.Call, name: str, frame: Frame) -> Facts:
    """Check an aggregate: over a to-many path, or in reports over the query's own set."""
    if frame.in_aggregate:
        message = say("There is no aggregate inside an aggregate.", "汇总函数内不能再使用汇总函数。")
        raise Refusal("bad_expression", message, say("Add a formula field to the far records.", "请在对方记录上增加公式字段。"))
    argument = node.args[0] if node.args else None
    parts = parts_of(argument) if argument is not None else None
    before = len(walk.paths)
    if len(node.args) > 1:
        message = say("{name} takes one path and where=.", "{name} 只接受一个路径和 where=。", name=name)
        raise Refusal("bad_expression", message, say("For example {example}.", "例如 {example}。", example=FUNCTIONS[name].example))
    if parts is not None and argument is not None:
        is_own = walk.scope.use == "report"
        found = walk.resolve(argument, frame)
        if found is None:
            return BROKEN
        walk.write(argument, Facts(found.type))
        if found.is_absent:
            return _absent(name)
        if found.relation is not None:
            return _over_path(walk, node, name, found, frame)
        if not is_own:
            raise _needs_path(name)
    elif walk.scope.use != "report":
        raise _needs_path(name)
    del walk.paths[before:]
    return _over_own_set(walk, node, name, frame)


def _needs_path(name: str) -> Refusal:
    message = say("{name} needs a path to many records.", "{name} 需要一个一对多路径。", name=name)
    example = f"{name}(orders.amount)" if name in ("min", "max") else FUNCTIONS[name].example
    return Refusal("type_mismatch", message, say("For example {example}.", "例如 {example}。", example=example))


def _absent(name: str) -> Facts:
    """Return the facts of an aggregate of an optional app that is not there."""
    facts = results.aggregated(name, Facts(Type("number", scale=0))) if name in _OF_NOTHING else Facts(EMPTY)
    return replace(facts, is_constant=True, is_folded=True, value=_OF_NOTHING.get(name))


def _over_path(walk: Walk, node: ast.Call, name: str, found: Resolved, frame: Frame) -> Facts:
    value = Facts(ranges.stored(found.type)) if found.field is not None else None
    if value is not None and found.field is not None and found.field.is_to_many:
        raise mismatch("text", Type("list"))
    _check_value(name, value)
    where = node.keywords[0].value if node.keywords else None
    if where is not None and found.relation is not None:
        far = walk.scope.model.find_entity(found.relation.far_id)
        before = len(walk.paths)
        if walk.condition(where, Frame(far, walk.scope.row, in_aggregate=True)) is BROKEN:
            return BROKEN
        inside = [path for path, _ in walk.paths[before:]]
        del walk.paths[before:]
    else:
        inside = []
    aggregate = Aggregate(name, found.base, tuple(found.steps), found.relation, found.far_path(), where)
    walk.aggregates.append(aggregate)
    walk.paths += [(path, aggregate) for path in inside]
    return replace(results.aggregated(name, value), aggregate=aggregate)


def _check_value(name: str, value: Facts | None) -> None:
    """Refuse a value that cannot be aggregated that way."""
    if value is None:
        if name in _NEEDS_VALUE:
            message = say("{name} needs a field of the records.", "{name} 需要对方记录的一个字段。", name=name)
            raise Refusal("type_mismatch", message, say("For example {example}.", "例如 {example}。", example=FUNCTIONS[name].example))
        return
    kind = value.type.kind
    if kind == "empty" or name in ("count", "exists"):
        return
    if name in ("sum", "avg") and kind not in NUMBERS:
        raise mismatch("number", value.type)
    if name in ("min", "max") and kind not in ORDERED:
        raise mismatch("number", value.type)
    if name in ("distinct", "first", "last") and kind in ("json", "file", "references", "list"):
        raise mismatch("text", value.type)


def _over_own_set(walk: Walk, node: ast.Call, name: str, frame: Frame) -> Facts:
    """Check ``count()``, ``sum(x)`` … over the query's own set."""
    if name not in OWN_SET:
        raise _needs_path(name)
    inner = replace(frame, in_aggregate=True)
    value = walk.visit(node.args[0], inner) if node.args else None
    where = node.keywords[0].value if node.keywords else None
    tested = walk.condition(where, inner) if where is not None else None
    if value is BROKEN or tested is BROKEN:
        return BROKEN
    _check_value(name, value)
    aggregate = Aggregate(name, "row", (), None, None, where, node.args[0] if node.args else None)
    walk.aggregates.append(aggregate)
    facts = results.aggregated(name, value)
    return replace(facts, aggregate=aggregate, smallest=facts.smallest or ranges.TINIEST * 10 if facts.type.scale is None else None)

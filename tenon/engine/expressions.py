"""Checking and evaluating an expression that a person types: what the two calls of the API answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tenon.engine.evaluate import Person, RowFacts, evaluate
from tenon.engine.evaluate_facts import MappingFacts, Test
from tenon.engine.expression_values import read_given, read_moment, read_record
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.complete import complete
from tenon.metamodel.expressions.scope import USES, MayRead, Scope
from tenon.metamodel.expressions.tree import Aggregate, Expression, ValuePath
from tenon.metamodel.expressions.wording import KIND_NAMES
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Model
from tenon.metamodel.names import suggest

Body = Mapping[str, Any]
MAX_INTEGER = 2**63 - 1


def check_body(model: Model, language: str, body: Body, may_read: MayRead | None = None) -> dict[str, Any]:
    """Return ``{"type", "scale"?, "reads", "errors", "completions"}`` of ``{"entity"?, "expression", "expect"?, "use"?, "position"?}``.

    What is wrong with the expression is in ``errors``, with line and column; raises `Invalid` for what is wrong with the call.
    """
    _known(body, ("entity", "expression", "expect", "use", "position"))
    text, expect, use = _text(body, "expression"), _optional(body, "expect"), _optional(body, "use") or "value"
    _one_of("expect", expect, list(KIND_NAMES))
    _one_of("use", use, list(USES))
    position = body.get("position", len(text))
    if not isinstance(position, int) or isinstance(position, bool):
        raise _wrong("/position", "a whole number", "整数")
    scope = Scope(model, _entity(model, body), use=use, may_read=may_read)
    answer: dict[str, Any] = {"type": None, "reads": [], "errors": []}
    try:
        expression = check(text, scope, expect)
    except Invalid as error:
        answer["errors"] = [problem.to_json(language) for problem in error.problems]
    else:
        answer["type"], answer["reads"] = expression.type.kind, _names(model, expression)
        if expression.type.scale is not None:
            answer["scale"] = expression.type.scale
    answer["completions"] = complete(text, position, scope, language)
    return answer


def evaluate_body(
    model: Model,
    timezone: ZoneInfo,
    now: datetime,
    body: Body,
    *,
    facts: RowFacts | None = None,
    user: Person | None = None,
    may_read: MayRead | None = None,
) -> dict[str, Any]:
    """Return ``{"value", "type"}`` of ``{"expression", "values"?, "entity"?, "record"?, "now"?}``.

    Values name and type themselves; with an entity they are a record's. ``facts`` are those of the stored record the call
    names. Raises `Invalid`; problems of the expression are at /expression.
    """
    _known(body, ("expression", "values", "entity", "record", "now"))
    text, entity, raw = _text(body, "expression"), _entity(model, body), body.get("values")
    if raw is not None and not isinstance(raw, Mapping):
        raise _wrong("/values", "an object", "JSON 对象")
    if body.get("now") is not None:
        now = read_moment(body["now"], "/now")
    record, rest = read_record(model, entity, raw or {}, "/values") if entity is not None else ({}, raw or {})
    values, types = read_given(rest, "/values")
    try:
        expression = check(text, Scope(model, entity, values=types, may_read=may_read))
    except Invalid as error:
        raise error.at("/expression") from None
    given = MappingFacts({**record, **values}, model)
    source = given if facts is None else _Given(given, facts)
    value = evaluate(expression, source, now=now, timezone=timezone, user=user)
    return {"value": show(value), "type": expression.type.kind}


def show(value: Any) -> Any:
    """Return a canonical value as JSON: numbers stay exact, dates and moments are ISO texts, lists are lists."""
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None).isoformat(timespec="microseconds" if moment.microsecond else "seconds") + "Z"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, tuple):
        return [show(item) for item in value]
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return Decimal(value)  # what the product of exact numbers may be, and JSON writers do not take as an integer
    return value if value is None or isinstance(value, str | bool | int | float | Decimal | list | dict) else str(value)


@dataclass(frozen=True)
class _Given:
    """The facts of a stored record, with the values given beside it."""

    given: MappingFacts
    stored: RowFacts

    def read(self, path: ValuePath) -> Any:
        """Return a given value, or one of the record."""
        return self.given.read(path) if path.base == "value" else self.stored.read(path)

    def aggregate(self, aggregate: Aggregate, test: Test) -> Any:
        """Return an aggregate of the record."""
        return self.stored.aggregate(aggregate, test)

    def was(self, path: ValuePath, day: date) -> Any:
        """Return what the record's value was."""
        return self.stored.was(path, day)


def _names(model: Model, expression: Expression) -> list[str]:
    """Return the fields an expression depends on, as ``entity.field``."""
    names = []
    for entity_id, field_id in expression.reads:
        entity = model.get_entity(entity_id)
        field = entity.find_field(field_id)
        names.append(f"{entity.name}.{field.name if field else field_id}")
    return sorted(names)


def _entity(model: Model, body: Body) -> Entity | None:
    name = _optional(body, "entity")
    if name is None:
        return None
    entity = model.entities.get(name) or model.entities_by_id.get(name)
    if entity is None or entity.is_system:
        close = suggest(name, list(model.entities))
        hint = say("Did you mean `{name}`?", "您是否想写 `{name}`？", name=close) if close else say("Name a published one.", "请填写已发布的对象。")
        raise Invalid(
            Problem("/entity", "unknown_name", say("There is no entity `{name}`.", "没有名为 `{name}` 的对象。", name=name[:60]), hint)
        )
    return entity


def _known(body: Body, names: tuple[str, ...]) -> None:
    problems = [
        Problem(f"/{key}", "unknown_field", say("There is no member `{name}`.", "没有名为 `{name}` 的成员。", name=str(key)[:60]),
                say("Known are: {known}.", "可用的有：{known}。", known=", ".join(names)))
        for key in body if key not in names
    ]  # fmt: skip
    if problems:
        raise Invalid(problems)


def _optional(body: Body, key: str) -> str | None:
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise _wrong(f"/{key}", "a text", "文本")
    return value


def _text(body: Body, key: str) -> str:
    value = _optional(body, key)
    if value is None:
        raise Invalid(Problem(f"/{key}", "required", say("The expression is missing.", "缺少表达式。"), say("Add it.", "请补上。")))
    return value


def _one_of(key: str, value: str | None, names: list[str]) -> None:
    if value is not None and value not in names:
        hint = say("One of {some}.", "可选：{some}。", some=", ".join(names))
        raise Invalid(
            Problem(f"/{key}", "bad_choice", say("`{value}` is not known here.", "此处不认识 `{value}`。", value=value[:60]), hint)
        )


def _wrong(path: str, en: str, zh: str) -> Invalid:
    return Invalid(Problem(path, "wrong_type", say(f"This must be {en}.", f"此处应为{zh}。"), say(f"Send {en}.", f"请提交{zh}。")))

"""The JSON Schema of each kind, and checking a document against it; nothing is ever fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry

from tenon.metamodel.errors import Problem
from tenon.metamodel.kinds import KINDS
from tenon.metamodel.labels import say
from tenon.metamodel.names import suggest

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAX_PROBLEMS = 50


def _one_of(validator: Any, alternatives: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    """Follow the type a value names straight to its alternative; trying all thirty for each field is what takes time."""
    tagged = schema.get("discriminator")
    tag = value.get(tagged["propertyName"]) if tagged and isinstance(value, dict) else None
    target = tagged["mapping"].get(tag) if isinstance(tag, str) else None
    if target is None:
        yield from Draft202012Validator.VALIDATORS["oneOf"](validator, alternatives, value, schema)
    else:
        yield from validator.descend(value, {"$ref": target})


_Validator: Any = validators.extend(Draft202012Validator, {"oneOf": _one_of})


@cache
def schema_of(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a kind."""
    schema = KINDS[kind].model_json_schema(by_alias=True)
    schema["$schema"] = DIALECT
    schema["required"] = sorted({"kind", "name", *schema.get("required", [])})
    schema["properties"]["kind"] = {"const": kind}
    return schema


@cache
def _validator(kind: str) -> Any:
    return _Validator(schema_of(kind), registry=Registry())


def check_schema(kind: str, raw: Any) -> list[Problem]:
    """Return what is wrong with the shape of a document."""
    problems: dict[tuple[str, str], Problem] = {}
    for error in _validator(kind).iter_errors(raw):
        for problem in _explain(error):
            problems.setdefault((problem.path, problem.code), problem)
            if len(problems) >= MAX_PROBLEMS:
                return list(problems.values())
    return list(problems.values())


def pointer_of(path: Iterable[str | int]) -> str:
    """Return a JSON Pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _explain(error: ValidationError) -> Iterator[Problem]:
    """Yield the problems of an error; of alternatives only those of the one that was meant."""
    if error.validator in ("oneOf", "anyOf") and error.context:
        meant = _meant(error)
        if meant:
            for inner in meant:
                yield from _explain(inner)
            return
    yield from _problems(error)


def _meant(error: ValidationError) -> list[ValidationError]:
    """Return the errors of the alternative whose const keys fit, else of the one that went deepest."""
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(int(inner.schema_path[0]), []).append(inner)
    fitting = [
        errors for errors in branches.values()
        if not any(e.validator in ("const", "type") and len(e.relative_path) <= (1 if e.validator == "const" else 0) for e in errors)
    ]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        return _wrong_kind(error, branches)
    return min(fitting, key=lambda errors: (sum(e.validator in ("required", "additionalProperties") for e in errors), len(errors)))


def _wrong_kind(error: ValidationError, branches: dict[int, list[ValidationError]]) -> list[ValidationError]:
    """Return one error about ``type`` when no alternative has that type, else the nearest alternative's."""
    consts = [e for errors in branches.values() for e in errors if e.validator == "const" and list(e.relative_path) == ["type"]]
    if consts:
        first = consts[0]
        first.validator, first.validator_value = "enum", [e.validator_value for e in consts]
        return [first]
    if not isinstance(error.instance, dict | list):
        return []
    return max(branches.values(), key=lambda errors: max(len(e.path) for e in errors))


def _problems(error: ValidationError) -> Iterator[Problem]:
    path = pointer_of(error.absolute_path)
    value, rule = error.instance, error.validator_value
    match error.validator:
        case "required":
            for name in [n for n in rule if n not in value]:
                yield Problem(f"{path}/{name}", "required", say("{name} is missing.", "缺少 {name}。", name=name), say("Add it.", "请补上。"))
        case "additionalProperties":
            known = list(error.schema.get("properties", {}))
            for name in [n for n in value if n not in known]:
                yield _unknown_key(path, name, known)
        case "type":
            yield Problem(path, "wrong_type", say("This must be of type {type}.", "此处的类型应为 {type}。", type=_join(rule)))
        case "enum" | "const":
            allowed = [str(v) for v in (rule if isinstance(rule, list) else [rule])]
            near = suggest(str(value), allowed)
            hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else None
            yield Problem(path, "bad_choice", say("{value} is not one of {allowed}.", "{value} 不在可选项中：{allowed}。", value=_short(value), allowed=_join(allowed)), hint)
        case "pattern" | "format":
            yield Problem(path, "bad_format", say("{value} has not the form {rule}.", "{value} 不符合格式 {rule}。", value=_short(value), rule=str(rule)))
        case "maxLength" | "maxItems":
            yield Problem(path, "too_long", say("At most {n} are allowed here.", "此处最多允许 {n}。", n=rule))
        case "minLength" | "minItems" | "minProperties":
            yield Problem(path, "required", say("At least {n} is needed here.", "此处至少需要 {n}。", n=rule))
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            yield Problem(path, "out_of_range", say("{value} is outside the limit {rule}.", "{value} 超出限制 {rule}。", value=_short(value), rule=rule))
        case _:
            yield Problem(path, "wrong_type", say("{value} does not fit here.", "{value} 不适用于此处。", value=_short(value)))


def _unknown_key(path: str, name: str, known: list[str]) -> Problem:
    near = suggest(name, known)
    hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else say("Known are: {known}.", "可用的有：{known}。", known=_join(known))
    return Problem(f"{path}{pointer_of([name])}", "unknown_field", say("{name} is not known here.", "此处不认识 {name}。", name=_short(name)), hint)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _join(values: Any) -> str:
    return ", ".join(str(v) for v in values) if isinstance(values, list | tuple) else str(values)

"""The JSON Schema of each kind, and checking a document against it; nothing is ever fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import orjson
from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from pydantic.json_schema import GenerateJsonSchema
from referencing import Registry

from tenon.metamodel.errors import Problem, pointer_of
from tenon.metamodel.item import ID_PATTERN
from tenon.metamodel.kinds import KINDS
from tenon.metamodel.labels import Text, say
from tenon.metamodel.names import NAME_PATTERN, NAME_RULE, OPTION_PATTERN, propose_name, suggest

_LABEL = say('Write {"en": "…", "zh": "…"}.', '请写成 {"en": "…", "zh": "…"}。')
DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAX_PROBLEMS = 50
MOST_FINE = 20_000
_FINE: set[tuple[int, bytes]] = set()
"""Items of lists that fit, by the schema of the items, which lives as long as the process, and what they say."""


def _one_of(validator: Any, alternatives: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    """Follow the type a value names straight to its alternative; trying all thirty for each field is what takes time."""
    tagged = schema.get("discriminator")
    tag = value.get(tagged["propertyName"]) if tagged and isinstance(value, dict) else None
    target = tagged["mapping"].get(tag) if isinstance(tag, str) else None
    if target is None:
        yield from Draft202012Validator.VALIDATORS["oneOf"](validator, alternatives, value, schema)
    else:
        yield from validator.descend(value, {"$ref": target})


def _pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[ValidationError]:
    """Match as the reader of kinds does: ``$`` is the very end, ``\\d`` a digit of ASCII."""
    if isinstance(value, str) and not _compile(pattern).search(value):
        yield ValidationError("does not match")


def _items(validator: Any, items: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    """Check what a list holds; what was found fine before, word for word, is not looked at again: a step changes one item of many."""
    if not isinstance(value, list) or "prefixItems" in schema:
        yield from Draft202012Validator.VALIDATORS["items"](validator, items, value, schema)
        return
    for index, each in enumerate(value):
        try:
            key = id(items), orjson.dumps(each)
        except TypeError:
            key = None
        if key is not None and key in _FINE:
            continue
        errors = list(validator.descend(each, items, path=index))
        yield from errors
        if key is not None and not errors:
            if len(_FINE) >= MOST_FINE:
                _FINE.clear()
            _FINE.add(key)


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    """Return a pattern of a kind; they are ours, never a user's."""
    return re.compile(re.sub(r"\$$", r"\\Z", pattern), re.ASCII)


_Validator: Any = validators.extend(Draft202012Validator, {"oneOf": _one_of, "pattern": _pattern, "items": _items})


@cache
def schema_of(kind: str, generator: type[GenerateJsonSchema] = GenerateJsonSchema) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a kind."""
    schema = KINDS[kind].model_json_schema(by_alias=True, schema_generator=generator)
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
            kinds = rule if isinstance(rule, list) else [rule]
            message = say("This must be {type}.", "此处应为{type}。", type=_any_of(kinds))
            yield Problem(path, "wrong_type", message, _instead(error.schema, value))
        case "enum" | "const":
            allowed = [str(v) for v in (rule if isinstance(rule, list) else [rule])]
            near = suggest(value, allowed) if isinstance(value, str) else None
            hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else say("Choose one of them.", "请从中选择。")
            yield Problem(path, "bad_choice", say("{value} is not one of {allowed}.", "{value} 不在可选项中：{allowed}。", value=_short(value), allowed=_join(allowed)), hint)
        case "pattern" | "format":
            yield _bad_form(path, value, rule, error.schema.get("examples", ()))
        case "maxLength" | "maxItems" | "maxProperties":
            hint = say("It has {n}.", "现有 {n}。", n=len(value))
            yield Problem(path, "too_long", say("At most {n} are allowed here.", "此处最多允许 {n}。", n=rule), hint)
        case "minLength" | "minItems" | "minProperties":
            hint = say("It has {n}.", "现有 {n}。", n=len(value))
            yield Problem(path, "required", say("At least {n} is needed here.", "此处至少需要 {n}。", n=rule), hint)
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            word = say("at least", "不小于") if "inimum" in error.validator else say("at most", "不大于")
            hint = say("It has to be {word} {rule}.", "此处须{word} {rule}。", word=word, rule=rule)
            yield Problem(path, "out_of_range", say("{value} is outside the limit.", "{value} 超出限制。", value=_short(value)), hint)
        case "oneOf" | "anyOf" if kinds := _types_in(error):
            message = say("This must be {type}.", "此处应为{type}。", type=_any_of(kinds))
            yield Problem(path, "wrong_type", message, _instead(error.schema, value))
        case _:
            hint = say("Look at the reference of this kind.", "请参阅该种类的说明。")
            yield Problem(path, "wrong_type", say("{value} does not fit here.", "{value} 不适用于此处。", value=_short(value)), hint)


def _instead(schema: dict[str, Any], value: Any) -> Text:
    """Return what to do about a value of another type: how a label is written, else what the value is now."""
    if any(each.get("x-tenon", {}).get("mark") == "label" for each in (schema, *schema.get("anyOf", ()))):
        return _LABEL
    return say("It is {type}.", "现为{type}。", type=_TYPES[_type_of(value)])


def _types_in(error: ValidationError) -> list[str]:
    """Return the types that the alternatives of an error take."""
    wanted = [e.validator_value for e in error.context or () if e.validator == "type" and not e.relative_path]
    return list(dict.fromkeys(each for each in wanted if isinstance(each, str) and each != "null"))


def _bad_form(path: str, value: str, rule: str, examples: Sequence[str]) -> Problem:
    """Return the refusal of a text of another form, with one that would do where it can be guessed."""
    if rule == NAME_PATTERN:
        return Problem(path, "bad_format", NAME_RULE, say("Try {name}.", "可以改用 {name}。", name=propose_name(value)))
    if rule == OPTION_PATTERN:
        message = say(
            "{value} is no name of an option: it starts with a letter or digit and holds at most 60 of a-z, A-Z, 0-9, _ and -.",
            "{value} 不能作为选项名称：须以字母或数字开头，只能包含字母、数字、_ 和 -，最多 60 个字符。", value=_short(value),
        )
        return Problem(path, "bad_format", message, say("Put what people read into the label.", "显示给人看的文字请写在 label 中。"))
    if rule == ID_PATTERN:
        message = say("{value} is not an id.", "{value} 不是 id。", value=_short(value))
        return Problem(path, "bad_format", message, say("Leave it out for a new one.", "新项请不要填写 id。"))
    message = say("{value} has not the form that is needed here.", "{value} 的格式不符合要求。", value=_short(value))
    shown = ", ".join(examples) or str(rule)
    return Problem(path, "bad_format", message, say("Write it like {some}.", "请参照：{some}。", some=shown))


def _unknown_key(path: str, name: str, known: list[str]) -> Problem:
    near = suggest(name, known)
    hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else say("Known are: {known}.", "可用的有：{known}。", known=_join(known))
    return Problem(f"{path}{pointer_of([name[:100]])}", "unknown_field", say("{name} is not known here.", "此处不认识 {name}。", name=_short(name)), hint)


_TYPES: dict[str, Text] = {
    "string": Text("a text", "文本"), "number": Text("a number", "数字"), "integer": Text("a whole number", "整数"),
    "boolean": Text("true or false", "true 或 false"), "array": Text("a list", "列表"), "object": Text("an object", "JSON 对象"),
    "null": Text("null", "null"),
}  # fmt: skip


def _any_of(types: list[str]) -> Text:
    named = [_TYPES[t] for t in types]
    return Text(" or ".join(t.show("en") for t in named), "或".join(t.show("zh") for t in named))


def _type_of(value: Any) -> str:
    """Return the JSON type of a value."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _join(values: Any) -> str:
    return ", ".join(str(v) for v in values) if isinstance(values, list | tuple) else str(values)

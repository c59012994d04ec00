"""Any JSON, checked by a JSON Schema when there is one."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

import re2
from jsonschema import Draft202012Validator, SchemaError, ValidationError, validators
from pydantic import Field
from referencing import Registry

from tenon.metamodel.errors import Problem
from tenon.metamodel.fields._texts import quote
from tenon.metamodel.fields.base import BadValue, FieldSpec, Place
from tenon.metamodel.fields.text import compile_pattern
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import JSON, Type

MAX_BYTES = 100_000
MAX_DEPTH = 20
MAX_INTEGER = 2**53
MAX_SCHEMA_BYTES = 20_000
_REFUSED_KEYS = frozenset({"$ref", "$dynamicRef", "$recursiveRef", "$id", "$anchor", "$dynamicAnchor", "$vocabulary", "patternProperties"})


def _match_pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and not compile_pattern(pattern).search(value):
        yield ValidationError(f"does not match {pattern}")


def _find_repeats(validator: Any, is_wanted: bool, value: Any, schema: Any) -> Iterator[ValidationError]:
    if is_wanted and isinstance(value, list) and len({_fingerprint(entry) for entry in value}) < len(value):
        yield ValidationError("has repeated entries")


def _fingerprint(value: Any) -> str:
    """Return a text that is the same for equal JSON, so that repeats are found in linear time."""
    return json.dumps(value) if isinstance(value, str | bool) or value is None else _fingerprint_inside(value)


def _fingerprint_inside(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_fingerprint(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_fingerprint, value)) + "]"
    return repr(int(value) if value == int(value) else value)


_Validator: Any = validators.extend(Draft202012Validator, {"pattern": _match_pattern, "uniqueItems": _find_repeats})


class JsonSpec(FieldSpec):
    """Any JSON up to 100 kB and 20 levels, checked by a JSON Schema when there is one."""

    type: Literal["json"]
    schema_: dict[str, Any] | bool | None = Field(default=None, alias="schema")

    input: ClassVar[str] = "json"
    icon: ClassVar[str] = "braces"
    type_label: ClassVar[Text] = say("JSON", "JSON")
    type_help: ClassVar[Text] = say("Structured data of a program.", "程序使用的结构化数据。")
    example: ClassVar[Text] = say('{"seats": 20}', '{"seats": 20}')
    is_sortable: ClassVar[bool] = False
    may_be_unique: ClassVar[bool] = False

    def value_type(self) -> Type:
        """Return JSON."""
        return JSON

    def storage(self) -> Storage:
        """Return JSON."""
        return Storage("json")

    def read(self, raw: Any, place: Place) -> Any:
        """Return the JSON as it is."""
        _check_json(raw)
        if self.schema_ is not None:
            error = next(_Validator(self.schema_, registry=Registry()).iter_errors(raw), None)
            if error is not None:
                where = "/" + "/".join(str(step) for step in error.absolute_path)
                message = say("At {where}: {reason}", "{where} 处不符合要求：{reason}", where=quote(where), reason=quote(error.message))
                raise BadValue("bad_format", message, say("Follow the schema of this field.", "请遵循该字段的结构要求。"))
        return raw

    def check_spec(self) -> list[Problem]:
        """Return what is wrong with the schema: its form, its size, references and patterns."""
        return [*super().check_spec(), *(problem.at("/schema") for problem in _check_schema(self.schema_))]


def _check_schema(schema: Any) -> list[Problem]:
    hint = say("Write a JSON Schema (2020-12) without references.", "请填写不含引用的 JSON Schema (2020-12)。")
    if schema is None:
        return []
    try:
        _check_json(schema, MAX_SCHEMA_BYTES)
        Draft202012Validator.check_schema(schema)
        for path, key, value in _walk(schema):
            if key in _REFUSED_KEYS:
                return [Problem(path, "refused", say("{key} is not allowed here.", "此处不允许使用 {key}。", key=key), hint)]
            if key == "pattern" and isinstance(value, str):
                compile_pattern(value)
    except BadValue as error:
        return [error.problem("")]
    except SchemaError as error:
        reason = quote(error.message)
        return [
            Problem("", "bad_format", say("This is not a JSON Schema: {reason}", "这不是有效的 JSON Schema：{reason}", reason=reason), hint)
        ]
    except re2.error:
        return [Problem("", "bad_format", say("A pattern in it cannot be read.", "其中的正则表达式无法读取。"), hint)]
    return []


def _walk(value: Any, path: str = "") -> Iterator[tuple[str, str, Any]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        here = f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}"
        yield here, str(key), inner
        yield from _walk(inner, here)


def _check_json(raw: Any, max_bytes: int = MAX_BYTES) -> None:
    """Refuse what is too deep, too large, or cannot be kept alike by every database."""
    level, depth = [raw], 0
    while level:
        for value in level:
            _check_scalar(value)
        if depth == MAX_DEPTH and any(isinstance(value, dict | list) for value in level):
            message = say("This is nested deeper than {max} levels.", "嵌套超过 {max} 层。", max=MAX_DEPTH)
            raise BadValue("over_limit", message, say("Make it flatter.", "请减少嵌套层级。"))
        level, depth = [inner for value in level for inner in _inside(value)], depth + 1
    if len(json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode()) > max_bytes:
        message = say("This is larger than {max} kB.", "内容超过 {max} kB。", max=max_bytes // 1000)
        raise BadValue("over_limit", message, say("Keep less here, or attach a file.", "请减少内容，或改用文件。"))


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return list(value) if isinstance(value, list) else []


def _check_scalar(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise BadValue(
                "bad_format",
                say("A text in it holds a character that is not text.", "其中含有无效的字符。"),
                say("Remove it.", "请将其删除。"),
            )
    elif isinstance(value, bool | list) or value is None or (isinstance(value, dict) and all(isinstance(key, str) for key in value)):
        return
    elif isinstance(value, int | float):
        if abs(value) > MAX_INTEGER if isinstance(value, int) else not math.isfinite(value):
            raise BadValue(
                "out_of_range", say("A number in it is too large.", "其中的数字过大。"), say("Send it as a text.", "请改为文本。")
            )
    else:
        raise BadValue("wrong_type", say("This is not JSON.", "这不是 JSON。"), say("Send plain JSON.", "请提交 JSON 数据。"))

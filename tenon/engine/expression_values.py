"""Values sent with a call: their types and canonical values, from JSON alone or by the fields of an entity."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Model
from tenon.metamodel.names import GRAMMAR_WORDS, propose_name
from tenon.metamodel.types import BOOLEAN, DATE, DATETIME, EMPTY, REAL, Type

MAX_DEPTH, MAX_VALUES, MAX_LENGTH, MAX_DIGITS, MAX_SCALE = 6, 1000, 100_000, 15, 8
Json = Any
_WORDS = frozenset((*GRAMMAR_WORDS, *(word.lower() for word in keyword.kwlist)))
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})\Z", re.ASCII)


def read_given(raw: Mapping[str, Json], path: str, entity: Entity | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the canonical values and their types of names given with a call, as `read_values` does.

    Raises `Invalid` also for names that an expression cannot say, and for those that the record of ``entity`` has itself.
    """
    problems = [Problem(f"{path}/{_escape(name)}", *found) for name in raw if (found := _refuse_name(name, entity)) is not None]
    if problems:
        raise Invalid(problems[:MAX_VALUES])
    return read_values(raw, path)


def _refuse_name(name: str, entity: Entity | None) -> tuple[str, Text, Text] | None:
    if entity is not None and (name in entity.fields or name in entity.relations):
        message = say("The record has {name} itself.", "该记录自身已有 {name}。", name=name)
        return "not_unique", message, say("Choose another name, or leave record out.", "请换一个名称，或去掉 record。")
    if not name.isidentifier() or name.lower() in _WORDS:
        message = say("An expression cannot use the name {name}.", "表达式中不能使用名称 {name}。", name=name[:60])
        return "bad_format", message, say("Try {name}.", "可以改用 {name}。", name=propose_name(name))
    return None


def read_values(raw: Mapping[str, Json], path: str, depth: int = 1) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the canonical values and their types; an object is a record, with one key "date" or "datetime" a time.

    Raises `Invalid` with the path of what cannot be read.
    """
    if depth > MAX_DEPTH or len(raw) > MAX_VALUES:
        raise _refuse(path, "over_limit", "There are too many values here.", "此处的值过多。")
    values: dict[str, Any] = {}
    types: dict[str, Any] = {}
    for name, given in raw.items():
        values[name], types[name] = _read(given, f"{path}/{_escape(name)}", depth)
    return values, types


def _read(given: Json, path: str, depth: int) -> tuple[Any, Any]:
    if given is None or given == "" or given == []:
        return None, EMPTY
    if isinstance(given, bool):
        return given, BOOLEAN
    if isinstance(given, int | float | Decimal):
        return _read_number(given, path)
    if isinstance(given, str):
        return _read_text(given, path), Type("text", length=len(given))
    if isinstance(given, list):
        if len(given) > MAX_VALUES or not all(isinstance(item, str) for item in given):
            raise _refuse(path, "wrong_type", "A list holds texts, at most 1,000.", "列表只能包含文本，最多 1,000 项。")
        return tuple(_read_text(item, path) for item in given), Type("choices")
    if isinstance(given, Mapping):
        if set(given) == {"date"}:
            return read_date(given["date"], f"{path}/date"), DATE
        if set(given) == {"datetime"}:
            return read_moment(given["datetime"], f"{path}/datetime"), DATETIME
        return read_values(given, path, depth + 1)
    raise _refuse(path, "wrong_type", "This is not a JSON value.", "这不是 JSON 值。")


def _read_number(given: int | float | Decimal, path: str) -> tuple[Any, Type]:
    """Return an exact number as it is written; with more than 8 decimals it is real."""
    number = Decimal(repr(given)) if isinstance(given, float) else Decimal(given)
    if not number.is_finite() or number.adjusted() >= MAX_DIGITS:
        raise _refuse(path, "over_limit", "A number has at most 15 digits.", "数字最多 15 位。")
    scale = max(-int(number.as_tuple().exponent), 0)
    if isinstance(given, float) and number == number.to_integral_value():
        scale = 0
    if scale > MAX_SCALE or number.adjusted() + 1 + scale > MAX_DIGITS:
        return float(number), REAL
    return (int(number) if scale == 0 else number), Type("number", scale=scale, low=number, high=number)


def _read_text(given: str, path: str) -> str:
    if len(given) > MAX_LENGTH:
        raise _refuse(path, "too_long", "This text is too long.", "文本过长。")
    if "\0" in given or any("\ud800" <= c <= "\udfff" for c in given):
        raise _refuse(path, "bad_format", "This text has a character that is not text.", "文本中含有无效字符。")
    return given


def read_date(given: Json, path: str) -> date:
    """Return a date from ``2026-01-31``; raises `Invalid`."""
    try:
        if isinstance(given, str) and _DAY.match(given):
            return date.fromisoformat(given)
    except ValueError:
        pass
    raise _refuse(path, "bad_format", "Write a date as 2026-01-31.", "日期请写成 2026-01-31。")


def read_moment(given: Json, path: str) -> datetime:
    """Return a moment from ISO text with a zone, in UTC; raises `Invalid`."""
    try:
        if isinstance(given, str) and _MOMENT.match(given):
            return datetime.fromisoformat(given).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _refuse(path, "bad_format", "Write a moment as 2026-01-31T08:00:00Z.", "时刻请写成 2026-01-31T08:00:00Z。")


def read_record(model: Model, entity: Entity, raw: Mapping[str, Json], path: str, depth: int = 1) -> tuple[dict[str, Any], dict[str, Json]]:
    """Return the canonical values of a record by its fields and relations, and what names none of them."""
    if depth > MAX_DEPTH or len(raw) > MAX_VALUES:
        raise _refuse(path, "over_limit", "There are too many values here.", "此处的值过多。")
    record: dict[str, Any] = {}
    rest: dict[str, Json] = {}
    for name, given in raw.items():
        place = f"{path}/{_escape(name)}"
        field, relation = entity.fields.get(name), entity.relations.get(name)
        if relation is not None:
            far = model.get_entity(relation.far_id)
            if not isinstance(given, list) or len(given) > MAX_VALUES or not all(isinstance(item, Mapping) for item in given):
                raise _refuse(place, "wrong_type", "This must be a list of records.", "此处应为记录列表。")
            record[name] = [read_record(model, far, item, f"{place}/{i}", depth + 1)[0] for i, item in enumerate(given)]
        elif field is None:
            rest[name] = given
        elif isinstance(given, Mapping) and field.type.kind == "reference":
            target = model.find_entity(field.type.entity) if field.type.entity else None
            record[name] = read_record(model, target, given, place, depth + 1)[0] if target else given.get("id")
        else:
            record[name] = _read_cell(field.type, given, place)
    return record, rest


def _read_cell(type_: Type, given: Json, path: str) -> Any:
    """Return the canonical value of one field; refuses another type."""
    if given is None or given == "" or given == []:
        return None
    if type_.kind in ("date", "datetime"):
        key = next(iter(given)) if isinstance(given, Mapping) and len(given) == 1 else None
        text = given[key] if isinstance(given, Mapping) and key == type_.kind else given
        return read_date(text, path) if type_.kind == "date" else read_moment(text, path)
    if type_.kind == "time":
        return _read_time(given, path)
    if type_.kind == "json":
        return given
    value, found = _read(given, path, MAX_DEPTH)
    kinds = {"choice": "text", "reference": "text", "duration": "number", "references": "choices", "file": "text"}
    if found.kind != kinds.get(type_.kind, type_.kind):
        raise _refuse(path, "wrong_type", "This value is of another type than its field.", "此值的类型与字段不符。")
    return value


def _read_time(given: Json, path: str) -> time:
    try:
        moment = time.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        raise _refuse(path, "bad_format", "Write a time as 08:30.", "时间请写成 08:30。")
    return (datetime.combine(date.min, moment) - timedelta(microseconds=moment.microsecond)).time()


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


_HINTS = {
    "over_limit": say("Send less.", "请减少内容。"),
    "too_long": say("Shorten it.", "请缩短。"),
    "bad_format": say("Correct it, or send null for empty.", "请更正，留空请用 null。"),
    "wrong_type": say("Send a value of the type it has, or null for empty.", "请提交类型相符的值，留空请用 null。"),
}


def _refuse(path: str, code: str, en: str, zh: str) -> Invalid:
    return Invalid(Problem(path, code, say(en, zh), _HINTS[code]))

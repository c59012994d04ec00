"""Reading documents: raw JSON to a `Document`, with every problem named; ids for new items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from tenon.metamodel.copying import copied
from tenon.metamodel.document import FORMAT, Document
from tenon.metamodel.errors import Invalid, Problem, pointer_of
from tenon.metamodel.fields.base import FieldSpec
from tenon.metamodel.identity import give_ids
from tenon.metamodel.intake import check_json
from tenon.metamodel.kinds import KINDS
from tenon.metamodel.labels import say
from tenon.metamodel.names import BUILT_IN_ROLES, PEOPLE, check_name, suggest
from tenon.metamodel.schemas import check_schema
from tenon.metamodel.walk import normalise, walk_items

MAX_SCORE_NAME = 31
"""The fields of a score are named after it, ``<score>_coverage`` being the longest of them."""


def read_document(raw: Any) -> Document:
    """Return the document in raw JSON, its shape, names and options checked; raises `Invalid` with every problem."""
    problems = check_json(raw)
    if problems:
        raise Invalid(problems)
    kind = _kind_of(raw)
    raw = {**KINDS[kind].FILLED, **lift(raw)}
    problems = check_schema(kind, raw)
    if problems:
        raise Invalid(problems)
    try:
        body = KINDS[kind].model_validate(raw)
    except ValidationError as error:
        raise Invalid([_refuse_value(_place_in(raw, each["loc"]), each["type"]) for each in error.errors()]) from None
    json = normalise(raw, body)
    problems = list({(p.path, p.code): p for p in _check_items(json, body)}.values())
    if problems:
        raise Invalid(problems)
    return Document(json, body)


def reread(json: dict[str, Any]) -> Document:
    """Return the document of JSON that was checked before (stored JSON, or JSON whose texts were rewritten)."""
    return Document(json, KINDS[json["kind"]].model_validate(json))


def lift(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the document in today's format; older ones are lifted step by step, newer ones refused."""
    number = raw.get("format", FORMAT)
    if isinstance(number, bool) or not isinstance(number, int) or number < 1 or number > FORMAT:
        message = say("Format {n} is not known to this version.", "此版本不认识格式 {n}。", n=str(number)[:40])
        raise Invalid(Problem("/format", "bad_format", message, say("Update Tenon first.", "请先升级 Tenon。")))
    return {**raw, "format": FORMAT}


def identify(document: Document, base: Document | None) -> Document:
    """Return the document with an id on every item: kept, taken over from ``base``, or new.

    An item with an id is that item. One without is matched by its name among the siblings of the base, one that has no name
    by equal content; what stands alone (a ``board``) or under a key (``keep``) by its place.
    """
    json = copied(document.json)
    give_ids(json, document.body, base.json if base else None)
    return reread(json)


def _kind_of(raw: Any) -> str:
    if not isinstance(raw, dict):
        raise Invalid(Problem("", "wrong_type", say("A document is a JSON object.", "文档应为 JSON 对象。"), say("Begin it with {, and name its kind.", "请以 { 开头，并写明 kind。")))
    kind = raw.get("kind")
    if isinstance(kind, str) and kind in KINDS:
        return kind
    if kind is None:
        raise Invalid(Problem("/kind", "required", say("The kind is missing.", "缺少 kind。"), say("One of {kinds}.", "可选：{kinds}。", kinds=", ".join(KINDS))))
    near = suggest(str(kind), list(KINDS))
    hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else say("One of {kinds}.", "可选：{kinds}。", kinds=", ".join(KINDS))
    raise Invalid(Problem("/kind", "bad_choice", say("{kind} is not a kind of document.", "{kind} 不是文档种类。", kind=str(kind)[:60]), hint))


def _place_in(raw: Any, steps: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Return the steps to a value without those that only say which of several shapes it was read as."""
    found: list[int | str] = []
    for step in steps:
        if isinstance(raw, dict) and step not in raw and step != "[key]" and step == raw.get("type"):
            continue
        found.append(step)
        raw = raw.get(step) if isinstance(raw, dict) else raw[step] if isinstance(raw, list) and isinstance(step, int) else None
    return tuple(found)


def _refuse_value(place: tuple[int | str, ...], why: str) -> Problem:
    """Return the problem of a value that the schema lets through and the kind does not: a number written as text."""
    message = say("This value does not fit here.", "此值不适用于此处。")
    hint = say("Use a smaller number, or fewer decimals.", "请使用较小的数字或更少的小数位。")
    if place[-1] == "[key]":
        message, why, place = say("A key cannot be written like this.", "键的写法不正确。"), "key_type", place[:-1]
        hint = say("Use letters, digits, _ and -.", "请使用字母、数字、_ 和 -。")
    return Problem(pointer_of(place), "wrong_type" if why.endswith(("_type", "_parsing")) else "out_of_range", message, hint)


def _check_items(json: dict[str, Any], body: Any) -> Iterator[Problem]:
    """Yield what the schema cannot say: reserved names, options of fields, doubled names and ids."""
    yield from _check_document_name(json["kind"], json["name"])
    ids: set[str] = set()
    names: set[tuple[str, str]] = set()
    for pointer, item_json, item in walk_items(json, body):
        if isinstance(item, FieldSpec):
            # What points to any record may be called that: `record` alone means nothing else in expressions.
            yield from check_name(item.name, f"{pointer}/name", is_field=(item.type, item.name) != ("any_reference", "record"))
            yield from (p.at(pointer) for p in item.check_spec())
            reverse = getattr(item, "reverse", None)
            if reverse is not None:
                yield from check_name(reverse.name, f"{pointer}/reverse/name", is_field=True)
        parent, _, key = pointer.rpartition("/")
        if "name" in item_json and key.isdigit():
            if (parent, item_json["name"]) in names:
                message = say("{name} is there twice.", "{name} 出现了两次。", name=item_json["name"])
                yield Problem(f"{pointer}/name", "not_unique", message, say("Give one of them another name.", "请为其中一个改名。"))
            names.add((parent, item_json["name"]))
        if item.id is not None:
            if item.id in ids:
                yield Problem(f"{pointer}/id", "not_unique", say("This id is used twice.", "该 id 被使用了两次。"), say("Leave the id of the new one out.", "请去掉新项的 id。"))
            ids.add(item.id)


def _check_document_name(kind: str, name: str) -> Iterator[Problem]:
    yield from check_name(name, "/name")
    if kind == "entity" and name in PEOPLE:
        message = say("{name} is there already: it is the people of the workspace.", "{name} 已存在：它是工作区的人员或部门。", name=name)
        yield Problem("/name", "bad_format", message, say("Try {name}_1.", "可以改用 {name}_1。", name=name))
    if kind == "role" and name in BUILT_IN_ROLES:
        message = say("{name} is there from the start.", "{name} 是内置角色。", name=name)
        yield Problem("/name", "bad_format", message, say("Try {name}_1.", "可以改用 {name}_1。", name=name))
    if kind == "score" and len(name) > MAX_SCORE_NAME:
        message = say("The name of a score has at most {n} characters.", "评分的名称最多 {n} 个字符。", n=MAX_SCORE_NAME)
        yield Problem("/name", "too_long", message, say("Its fields are named after it.", "它的字段会以此命名。"))

"""Reading documents: raw JSON to a `Document`, with every problem named; ids for new items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from tenon.metamodel.document import FORMAT, Document, new_item_id
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.fields.base import FieldSpec
from tenon.metamodel.kinds import KINDS
from tenon.metamodel.labels import say
from tenon.metamodel.names import check_name, suggest
from tenon.metamodel.schemas import check_schema, pointer_of
from tenon.metamodel.walk import normalise, walk_items

MAX_BYTES = 2_000_000


def read_document(raw: Any) -> Document:
    """Return the document in raw JSON, its shape, names and options checked; raises `Invalid` with every problem."""
    kind = _kind_of(raw)
    raw = lift(raw)
    problems = check_schema(kind, raw)
    if problems:
        raise Invalid(problems)
    try:
        body = KINDS[kind].model_validate(raw)
    except ValidationError as error:
        raise Invalid([Problem(pointer_of(e["loc"]), "wrong_type", say("{why}", "{why}", why=e["msg"])) for e in error.errors()]) from None
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
    if not isinstance(number, int) or number < 1 or number > FORMAT:
        message = say("Format {n} is not known to this version.", "此版本不认识格式 {n}。", n=str(number))
        raise Invalid(Problem("/format", "bad_format", message, say("Update Tenon first.", "请先升级 Tenon。")))
    return {**raw, "format": FORMAT}


def identify(document: Document, base: Document | None) -> Document:
    """Return the document with an id on every item: kept, taken over from ``base``, or new.

    An item with an id is that item. One without is matched by its name among the siblings of the base, else by equal content.
    """
    json = document.json
    json.setdefault("id", base.id if base else new_item_id())
    _identify(json, document.body, base.json if base else None)
    return reread(json)


def _kind_of(raw: Any) -> str:
    if not isinstance(raw, dict):
        raise Invalid(Problem("", "wrong_type", say("A document is a JSON object.", "文档应为 JSON 对象。")))
    kind = raw.get("kind")
    if kind in KINDS:
        return str(kind)
    if kind is None:
        raise Invalid(Problem("/kind", "required", say("The kind is missing.", "缺少 kind。"), say("One of {kinds}.", "可选：{kinds}。", kinds=", ".join(KINDS))))
    near = suggest(str(kind), list(KINDS))
    hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else say("One of {kinds}.", "可选：{kinds}。", kinds=", ".join(KINDS))
    raise Invalid(Problem("/kind", "bad_choice", say("{kind} is not a kind of document.", "{kind} 不是文档种类。", kind=str(kind)[:60]), hint))


def _check_items(json: dict[str, Any], body: Any) -> Iterator[Problem]:
    """Yield what the schema cannot say: reserved names, options of fields, doubled names and ids."""
    yield from check_name(json["name"], "/name")
    ids: dict[str, str] = {}
    names: dict[tuple[str, str], str] = {}
    for pointer, item_json, item in walk_items(json, body):
        if isinstance(item, FieldSpec):
            yield from check_name(item.name, f"{pointer}/name", is_field=True)
            yield from (p.at(pointer) for p in item.check_spec())
            reverse = getattr(item, "reverse", None)
            if reverse is not None:
                yield from check_name(reverse.name, f"{pointer}/reverse/name", is_field=True)
        if "name" in item_json and pointer[-1:].isdigit():
            key = (pointer.rsplit("/", 1)[0], item_json["name"])
            if key in names:
                message = say("{name} is there twice.", "{name} 出现了两次。", name=item_json["name"])
                yield Problem(f"{pointer}/name", "not_unique", message, say("Give one of them another name.", "请为其中一个改名。"))
            names[key] = pointer
        if item.id is not None:
            if item.id in ids:
                yield Problem(f"{pointer}/id", "not_unique", say("This id is used twice.", "该 id 被使用了两次。"), say("Leave the id of the new one out.", "请去掉新项的 id。"))
            ids[item.id] = pointer


def _identify(json: Any, body: Any, base: Any) -> None:
    """Give ids below one place, taking them over from the base at the same place."""
    children = {pointer: (inner, item) for pointer, inner, item in walk_items(json, body)}
    known = _by_id(base) if base else {}
    for pointer, (inner, _) in children.items():
        if pointer == "" or "id" in inner:
            continue
        parent, key = _parent(json, pointer)
        siblings = _siblings(known, base, parent, key)
        taken = {child.get("id") for child in _listed(parent, key)}
        free = [s for s in siblings if s.get("id") not in taken]
        inner["id"] = next((s["id"] for s in free if _is_same(s, inner)), None) or new_item_id()


def _is_same(base: dict[str, Any], new: dict[str, Any]) -> bool:
    if "name" in new or "name" in base:
        return bool(new.get("name") == base.get("name"))
    return bool(_bare(base) == _bare(new))


def _bare(value: Any) -> Any:
    """Return JSON without ids."""
    if isinstance(value, dict):
        return {k: _bare(v) for k, v in value.items() if k != "id"}
    return [_bare(v) for v in value] if isinstance(value, list) else value


def _by_id(json: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    stack = [json]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if isinstance(value.get("id"), str):
                found[value["id"]] = value
            stack += value.values()
        elif isinstance(value, list):
            stack += value
    return found


def _parent(json: Any, pointer: str) -> tuple[dict[str, Any], str]:
    """Return the nearest enclosing object with an id that holds this place, and the key below it."""
    parts = pointer.split("/")[1:]
    value, parent, key = json, json, parts[0]
    for index, part in enumerate(parts):
        if isinstance(value, dict):
            parent, key = value, part
        value = value[int(part)] if isinstance(value, list) else value[part]
        if index == len(parts) - 1:
            break
    return parent, key


def _siblings(known: dict[str, dict[str, Any]], base: Any, parent: dict[str, Any], key: str) -> list[dict[str, Any]]:
    twin = known.get(parent.get("id", ""))
    return _listed(twin, key) if twin else []


def _listed(parent: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = parent.get(key)
    values = value if isinstance(value, list) else [value]
    return [v for v in values if isinstance(v, dict)]

"""Operations on the JSON of a document: set, insert, move, remove; what every designer is made of.

A place is written like a JSON Pointer whose steps through lists are ids of items (or names, or positions):
``/sections/0b7e…/items``. Items are found by their ids wherever they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenon.metamodel.copying import copied
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say

Json = dict[str, Any]
KEYS = {"set": {"op", "at", "value"}, "insert": {"op", "at", "index", "value"}, "move": {"op", "item", "to", "index"}, "remove": {"op", "item"}}
MOST = 200


def apply_operations(document: Json, operations: Sequence[Mapping[str, Any]]) -> Json:
    """Return a copy of a document with operations applied in order; raises Invalid naming the operation that does not fit."""
    if len(operations) > MOST:
        raise Invalid(Problem("/operations", "too_long", say("At most {n} operations at once.", "一次最多 {n} 个操作。", n=MOST)))
    changed = copied(document)
    for index, operation in enumerate(operations):
        try:
            _apply(changed, operation)
        except Invalid as error:
            raise Invalid([p.at(f"/operations/{index}") for p in error.problems]) from None
    return changed


def find_item(document: Json, item_id: str) -> Json | None:
    """Return the item with an id, in a list or by itself, the document included; None when it is not there."""
    return _seek(document, item_id)


def _seek(value: Any, item_id: str) -> Json | None:
    if isinstance(value, dict):
        if value.get("id") == item_id:
            return value
        return next((found for inner in value.values() if (found := _seek(inner, item_id)) is not None), None)
    if isinstance(value, list):
        return next((found for inner in value if (found := _seek(inner, item_id)) is not None), None)
    return None


def place_of(document: Json, item_id: str) -> str | None:
    """Return the place of an item, its steps by id where there are ids; '' for the document itself."""
    if document.get("id") == item_id:
        return ""
    return _search(document, item_id, "")


def look(document: Json, place: str) -> Any:
    """Return what stands at a place, None when nothing does."""
    value: Any = document
    for step in _steps(place):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list):
            at = _index(value, step)
            value = value[at] if at is not None else None
        else:
            return None
    return value


def _apply(document: Json, operation: Mapping[str, Any]) -> None:
    name = operation.get("op")
    if not isinstance(name, str) or name not in KEYS:
        raise _wrong("/op", say("An operation is one of {names}.", "操作只能是 {names}。", names=", ".join(KEYS)))
    unknown = set(operation) - KEYS[name]
    if unknown:
        raise _wrong(f"/{min(unknown)}", say("{name} does not take this.", "{name} 不接受此项。", name=name))
    {"set": _set, "insert": _insert, "move": _move, "remove": _remove}[name](document, operation)


def _set(document: Json, operation: Mapping[str, Any]) -> None:
    """Set an attribute, or remove it with null; parts on the way that are not there yet are made."""
    steps = _steps(_text(operation, "at"))
    if not steps:
        raise _wrong("/at", say("Name an attribute.", "请指明属性。"))
    holder = _walk(document, steps[:-1])
    value, last = operation.get("value"), steps[-1]
    if isinstance(holder, list):
        at = _index(holder, last)
        if at is None:
            raise _missing("/at")
        holder[at : at + 1] = [] if value is None else [copied(value)]
    elif value is None:
        holder.pop(last, None)
        _drop_empty(document, steps[:-1])
    else:
        holder[last] = copied(value)


def _walk(document: Json, steps: Sequence[str]) -> Any:
    value: Any = document
    for step in steps:
        if isinstance(value, dict):
            value = value.setdefault(step, {})
        elif isinstance(value, list):
            at = _index(value, step)
            if at is None:
                raise _missing("/at")
            value = value[at]
        if not isinstance(value, dict | list):
            raise _wrong("/at", say("{step} holds no parts.", "{step} 不包含子项。", step=step[:60]))
    return value


def _drop_empty(document: Json, steps: Sequence[str]) -> None:
    """Remove a part that nothing is left in; items and lists stay."""
    if not steps:
        return
    holder = _walk(document, steps[:-1])
    if isinstance(holder, dict) and holder.get(steps[-1]) == {}:
        del holder[steps[-1]]


def _insert(document: Json, operation: Mapping[str, Any]) -> None:
    if "value" not in operation:
        raise _wrong("/value", say("Say what to insert.", "请说明要插入的内容。"))
    _put(_list(document, _text(operation, "at"), "/at"), operation, copied(operation["value"]))


def _move(document: Json, operation: Mapping[str, Any]) -> None:
    holder, at, item = _find(document, _text(operation, "item"))
    place = _text(operation, "to")
    if isinstance(item, dict) and _is_inside(item, look(document, place)):
        raise _wrong("/to", say("A part cannot be moved into itself.", "不能将部件移动到其自身内部。"))
    target = _list(document, place, "/to")
    del holder[at]
    _put(target, operation, item)


def _remove(document: Json, operation: Mapping[str, Any]) -> None:
    holder, at, _ = _find(document, _text(operation, "item"))
    del holder[at]


def _put(target: list[Any], operation: Mapping[str, Any], value: Any) -> None:
    index = operation.get("index", len(target))
    if isinstance(index, bool) or not isinstance(index, int) or index < 0:
        raise _wrong("/index", say("The position is a whole number from 0.", "位置应为从 0 开始的整数。"))
    target.insert(min(index, len(target)), value)


def _list(document: Json, place: str, key: str) -> list[Any]:
    """Return the list at a place, made when nothing stands there yet."""
    steps = _steps(place)
    if not steps:
        raise _wrong(key, say("Name a list.", "请指明列表。"))
    holder = _walk(document, steps[:-1])
    found = holder.setdefault(steps[-1], []) if isinstance(holder, dict) else look(document, place)
    if not isinstance(found, list):
        raise _wrong(key, say("There is no list here.", "此处不是列表。"))
    return found


def _find(document: Json, item_id: str) -> tuple[list[Any], int, Any]:
    for holder, at, found in _items(document):
        if found.get("id") == item_id:
            return holder, at, found
    raise _missing("/item")


def _items(value: Any) -> list[tuple[list[Any], int, Json]]:
    """Return every item that stands in a list: the list, its position, itself."""
    found: list[tuple[list[Any], int, Json]] = []
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, list):
            found += [(inner, at, each) for at, each in enumerate(inner) if isinstance(each, dict)]
        waiting += inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else ()
    return found


def _search(value: Any, item_id: str, place: str) -> str | None:
    pairs: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        pairs = [(str(key), inner) for key, inner in value.items()]
    elif isinstance(value, list):
        pairs = [(str(inner.get("id", at)) if isinstance(inner, dict) else str(at), inner) for at, inner in enumerate(value)]
    for step, inner in pairs:
        here = f"{place}/{step.replace('~', '~0').replace('/', '~1')}"
        if isinstance(inner, dict) and inner.get("id") == item_id:
            return here
        found = _search(inner, item_id, here)
        if found is not None:
            return found
    return None


def _index(listed: list[Any], step: str) -> int | None:
    for key in ("id", "name"):
        for at, each in enumerate(listed):
            if isinstance(each, dict) and each.get(key) == step:
                return at
    return int(step) if step.isascii() and step.isdigit() and int(step[:9]) < len(listed) else None


def _is_inside(item: Json, target: Any) -> bool:
    waiting: list[Any] = [item]
    while waiting:
        inner = waiting.pop()
        if inner is target:
            return True
        waiting += inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else ()
    return False


def _steps(place: str) -> list[str]:
    if place and not place.startswith("/"):
        raise _wrong("/at", say("A place begins with /.", "位置应以 / 开头。"))
    return [step.replace("~1", "/").replace("~0", "~") for step in place.split("/")[1:]]


def _text(operation: Mapping[str, Any], key: str) -> str:
    value = operation.get(key)
    if not isinstance(value, str):
        raise _wrong(f"/{key}", say("{key} is a text.", "{key} 应为文本。", key=key))
    return value


def _wrong(path: str, message: Text) -> Invalid:
    return Invalid(Problem(path, "bad_format", message, say("Reload the page and do it again.", "请刷新页面后重试。")))


def _missing(path: str) -> Invalid:
    message = say("What this belongs to is no longer there.", "所操作的内容已不存在。")
    return Invalid(Problem(path, "unknown_name", message, say("Somebody may have removed it: reload the page.", "可能已被他人删除：请刷新页面。")))

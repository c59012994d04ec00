"""Which item of a document is which: ids kept, taken over from the document before, or new."""

from __future__ import annotations

import json as text
from collections.abc import Iterator
from typing import Any

from tenon.metamodel.document import new_item_id
from tenon.metamodel.item import Item, Part
from tenon.metamodel.walk import aliases


def give_ids(json: dict[str, Any], body: Part, base: dict[str, Any] | None) -> None:
    """Give every item of a document an id in place; ``base`` is the JSON of the document before."""
    known = {item["id"]: item for item in _items(base)} if base else {}
    json.setdefault("id", base["id"] if base else new_item_id())
    _give_inside(json, body, known[json["id"]] if base and json["id"] in known else base, known)


def _items(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict):
            if isinstance(inner.get("id"), str):
                yield inner
            waiting += inner.values()
        elif isinstance(inner, list):
            waiting += inner


def _give_inside(json: dict[str, Any], body: Part, twin: Any, known: dict[str, dict[str, Any]]) -> None:
    """Give ids to what is inside a part; ``twin`` is the same part before."""
    for attribute, key in aliases(type(body)).items():
        if key in json:
            _give(json[key], getattr(body, attribute), twin.get(key) if isinstance(twin, dict) else None, known)


def _give(json: Any, body: Any, before: Any, known: dict[str, dict[str, Any]]) -> None:
    """Give ids to a value of an attribute: one part, a list of parts, parts under keys, or none at all."""
    if isinstance(body, Part) and isinstance(json, dict):
        _give_one(json, body, before if _may_be(json, before) else None, known)
    elif isinstance(body, list | tuple) and isinstance(json, list):
        twins = _match(json, before if isinstance(before, list) else [])
        for inner, value, twin in zip(json, body, twins, strict=True):
            _give(inner, value, twin, known)
    elif isinstance(body, dict) and isinstance(json, dict):
        for key, inner in json.items():
            _give(inner, body[key], before.get(key) if isinstance(before, dict) else None, known)


def _give_one(json: dict[str, Any], body: Part, twin: Any, known: dict[str, dict[str, Any]]) -> None:
    if isinstance(body, Item):
        if "id" not in json:
            json["id"] = twin["id"] if isinstance(twin, dict) and "id" in twin else new_item_id()
        twin = known.get(json["id"])
    _give_inside(json, body, twin, known)


def _may_be(json: dict[str, Any], before: Any) -> bool:
    """Return whether two parts at the same place may be the same: those with names need the same name."""
    return isinstance(before, dict) and json.get("name") == before.get("name")


def _match(json: list[Any], before: list[Any]) -> list[Any]:
    """Return for every entry of a list the one it was before, or None; nothing is taken twice."""
    taken = {inner.get("id") for inner in json if isinstance(inner, dict)}
    free: dict[str, list[Any]] = {}
    for twin in before:
        if not isinstance(twin, dict) or twin.get("id") not in taken:
            free.setdefault(_mark(twin), []).append(twin)
    for twins in free.values():
        twins.reverse()
    found: list[Any] = []
    for inner in json:
        is_known = isinstance(inner, dict) and "id" in inner
        twins = [] if is_known else free.get(_mark(inner), [])
        found.append(twins.pop() if twins else None)
    return found


def _mark(value: Any) -> str:
    """Return what makes an entry the same one: its name, else all it holds but for ids."""
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        return "name " + str(value["name"])
    return "all " + text.dumps(_bare(value), sort_keys=True)


def _bare(value: Any) -> Any:
    """Return JSON without ids."""
    if isinstance(value, dict):
        return {key: _bare(inner) for key, inner in value.items() if key != "id"}
    return [_bare(inner) for inner in value] if isinstance(value, list) else value

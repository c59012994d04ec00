"""Which item of a newer package is which of the older one: where its files give no ids, items are followed by name, content and place."""

from __future__ import annotations

import copy
import json as text
from collections.abc import Iterator, Mapping
from typing import Any

from tenon.engine.apps.package import Package, made_id, named_path
from tenon.metamodel.document import Document
from tenon.metamodel.identity import give_ids
from tenon.metamodel.parse import reread
from tenon.metamodel.walk import walk_items

Json = dict[str, Any]
_TELLING = ("label", "field", "widget", "view", "dashboard", "table", "form", "relation", "score", "text", "entity", "when", "type")
"""What makes two parts without names the same one although other things in them differ."""


def follow(package: Package, base: Mapping[str, Json], yours: Mapping[str, Json]) -> list[Document]:
    """Return the documents of a package with the ids that their items have in the base, or, where both sides added them, in yours.

    ``base`` and ``yours`` are documents by their ids, with names for references. What is new has the same id at every reading.
    """
    names = {(json["kind"], json["name"]): key for key, json in base.items()}
    found = []
    for document in (package.app, *package.documents):
        key = document.id if document.id in base else names.get((document.kind, document.name))
        if key is None:
            found.append(document)
            continue
        plain = package.plain.get(document.id, document)
        found.append(_follow(plain, base[key], yours.get(key, {}), package.app.body.version))
    return found


def _follow(plain: Document, base: Json, yours: Json, version: str) -> Document:
    json = copy.deepcopy(plain.json)
    json["id"] = base["id"]
    known = set(_ids(base))
    _pair(json, base)
    _adopt(json, yours, known)
    settled = known | set(_ids(json))
    give_ids(json, plain.body, base)
    taken = set(settled)
    for pointer, inner, _ in walk_items(json, plain.body):
        if pointer and inner["id"] not in settled:
            path = named_path(json, pointer)
            new = made_id(json["id"], *path)
            inner["id"] = made_id(json["id"], *path, version) if new in taken else new
            taken.add(inner["id"])
    return reread(json)


def _pair(new: Any, old: Any) -> None:
    """Give parts of the new document the ids of those that they were in the old one."""
    if isinstance(new, dict) and isinstance(old, dict):
        for key in new:
            _pair(new[key], old.get(key))
    elif isinstance(new, list) and isinstance(old, list):
        for one, other in _twins(new, old):
            if "id" in other:
                one.setdefault("id", other["id"])
            _pair(one, other)


def _twins(new: list[Any], old: list[Any]) -> Iterator[tuple[Json, Json]]:
    """Yield the parts of two lists that are the same: by id, name, all they hold, what tells them, or their place."""
    waiting = [(at, each) for at, each in enumerate(new) if isinstance(each, dict)]
    free = [(at, each) for at, each in enumerate(old) if isinstance(each, dict)]
    for is_same in (_by_id, _by_name, _by_content, _by_sign, _by_place):
        left = []
        for at, each in waiting:
            twin = next((other for other in free if is_same(at, each, *other)), None)
            if twin is None:
                left.append((at, each))
                continue
            free.remove(twin)
            yield each, twin[1]
        waiting = left


def _by_id(_at: int, one: Json, _where: int, other: Json) -> bool:
    return "id" in one and one["id"] == other.get("id")


def _by_name(_at: int, one: Json, _where: int, other: Json) -> bool:
    return "name" in one and "id" not in one and one["name"] == other.get("name")


def _by_content(_at: int, one: Json, _where: int, other: Json) -> bool:
    return _is_unnamed(one, other) and text.dumps(without_ids(one), sort_keys=True) == text.dumps(without_ids(other), sort_keys=True)


def _by_sign(_at: int, one: Json, _where: int, other: Json) -> bool:
    sign = next((key for key in _TELLING if key in one), None)
    return _is_unnamed(one, other) and sign is not None and one[sign] == other.get(sign)


def _by_place(at: int, one: Json, where: int, other: Json) -> bool:
    return _is_unnamed(one, other) and at == where and not any(key in one or key in other for key in _TELLING[1:])


def _is_unnamed(one: Json, other: Json) -> bool:
    return "id" not in one and "name" not in one and "name" not in other


def _adopt(new: Any, yours: Any, known: set[str]) -> None:
    """Give what is new on both sides, by its name or what tells it, the id it has in yours."""
    if isinstance(new, dict) and isinstance(yours, dict):
        for key in new:
            _adopt(new[key], yours.get(key), known)
    elif isinstance(new, list) and isinstance(yours, list):
        ids = {each["id"]: each for each in yours if isinstance(each, dict) and "id" in each}
        added = {sign: each for key, each in ids.items() if key not in known and (sign := _sign(each)) is not None}
        for each in (one for one in new if isinstance(one, dict)):
            twin = ids.get(str(each.get("id")))
            if twin is None and each.get("id") not in known and (sign := _sign(each)) in added:
                twin = added.pop(sign)
                each["id"] = twin["id"]
            if twin is not None:
                _adopt(each, twin, known)


def _sign(part: Json) -> tuple[str, str] | None:
    """Return what tells a part: its name, or the first of what tells parts without names."""
    key = next((key for key in ("name", *_TELLING) if key in part), None)
    return (key, text.dumps(part[key], sort_keys=True)) if key is not None else None


def _ids(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict):
            if isinstance(inner.get("id"), str):
                yield inner["id"]
            waiting += inner.values()
        elif isinstance(inner, list):
            waiting += inner


def without_ids(value: Any) -> Any:
    """Return JSON without the ids of documents and items."""
    if isinstance(value, dict):
        return {key: without_ids(inner) for key, inner in value.items() if key != "id"}
    return [without_ids(inner) for inner in value] if isinstance(value, list) else value

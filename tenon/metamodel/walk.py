"""One walk over the marks of a document: every reference, path and expression with where it stands and what it is read in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from tenon.metamodel.item import Item, Part
from tenon.metamodel.labels import Text
from tenon.metamodel.marks import Assign, Expr, Far, Keyed, Path, Ref, Template, find_mark

Mark = Ref | Path | Expr | Template


@dataclass(frozen=True)
class Place:
    """A marked text in a document's JSON.

    ``pointer`` is a JSON Pointer; ``container[key]`` is the text itself, so that it can be replaced. ``entity`` is the name
    or id of the entity it is read in, None when there is none; ``relations`` are the to-many paths between that entity and the
    far one, one after the other, for marks of a relation. ``target`` is the entity that encloses an expression read in the document's own one.
    """

    pointer: str
    mark: Mark
    container: Any
    key: str | int
    entity: str | None
    relations: tuple[str, ...] = ()
    target: str | None = None
    document: Any = None
    """The JSON of the whole document."""

    is_key: bool = False
    """True when the text is the key itself."""

    is_assigned: bool = False
    """True when the key names the field that the text is the value of (see `marks.Assign`), and for such a key."""

    @property
    def text(self) -> str:
        """The text that stands here."""
        return str(self.key if self.is_key else self.container[self.key])

    def write(self, text: str) -> None:
        """Replace the text; what stands under a key stays where it is."""
        if not self.is_key:
            self.container[self.key] = text
            return
        listed = [(text if key == self.key else key, value) for key, value in self.container.items()]
        self.container.clear()
        self.container.update(listed)


@dataclass(frozen=True)
class _Where:
    """What encloses the part that is walked."""

    document: str | None
    entity: str | None
    relation: str | None = None
    json: Any = None
    far: tuple[str, ...] = ()
    """The relations from the document's entity to the one that is read in instead of it."""

    @property
    def along(self) -> tuple[str, ...]:
        """The relations from ``entity`` to the far one of the relation that is named beside."""
        before = self.far if self.entity == self.document else ()
        return before if self.relation is None else (*before, self.relation)


def walk(json: dict[str, Any], body: Part) -> Iterator[Place]:
    """Yield every marked text of a document in the order it stands; ``json`` has the shape of ``body`` (see `normalise`)."""
    own = json.get("entity") or (json.get("id") or json.get("name") if json.get("kind") == "entity" else None)
    yield from _walk_part(json, body, "", _Where(own, own, json=json))


def walk_items(json: Any, body: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any], Item]]:
    """Yield every item of a document with its pointer and JSON, outer ones first."""
    if isinstance(body, Part) and isinstance(json, dict):
        if isinstance(body, Item):
            yield pointer, json, body
        for attribute, key in aliases(type(body)).items():
            if key in json:
                yield from walk_items(json[key], getattr(body, attribute), f"{pointer}/{key}")
    elif isinstance(body, list | tuple) and isinstance(json, list):
        for index, (inner, value) in enumerate(zip(json, body, strict=True)):
            yield from walk_items(inner, value, f"{pointer}/{index}")
    elif isinstance(body, dict) and isinstance(json, dict):
        for key in json:
            yield from walk_items(json[key], body[key], f"{pointer}/{key}")


def normalise(raw: Any, body: Any) -> Any:
    """Return the JSON of a document with the shape of its body, the values as they were written."""
    if isinstance(body, Text):
        return raw if isinstance(raw, dict) else body.to_json()
    if isinstance(body, Part):
        keys = aliases(type(body))
        if not isinstance(raw, dict):
            return body.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return {key: normalise(raw[key], getattr(body, attribute)) for attribute, key in keys.items() if raw.get(key) is not None}
    if isinstance(body, list | tuple) and isinstance(raw, list):
        return [normalise(inner, value) for inner, value in zip(raw, body, strict=True)]
    if isinstance(body, dict) and isinstance(raw, dict):
        # By position: keys may be names in the one and ids in the other.
        return {key: normalise(raw[key], value) for key, value in zip(raw, body.values(), strict=True)}
    return raw


@cache
def aliases(part: type[Part]) -> dict[str, str]:
    """Return the JSON keys of the attributes of a part."""
    return {name: info.alias or name for name, info in part.model_fields.items()}


@cache
def _marks(part: type[Part]) -> dict[str, Mark | Keyed | Assign | Far | None]:
    return {name: _mark_in(Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation) for name, info in part.model_fields.items()}


def _mark_in(annotation: Any) -> Mark | Keyed | Assign | Far | None:
    """Return the mark of the texts in an annotation such as ``list[Annotated[str, Path()]] | None``."""
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        mark = find_mark(metadata)
        return mark if mark is not None else _mark_in(inner)  # type: ignore[return-value]
    for argument in get_args(annotation):
        found = _mark_in(argument)
        if found is not None:
            return found
    return None


def _walk_part(json: dict[str, Any], body: Part, pointer: str, where: _Where) -> Iterator[Place]:
    own = json.get("entity") if isinstance(json.get("entity"), str) else None
    inner = where if own is None or _is_field(body) else replace(where, entity=own, relation=None)
    relation = json.get("table") or json.get("relation")
    inner = inner if relation is None else replace(inner, relation=relation)
    marks = _marks(type(body))
    for attribute, key in aliases(type(body)).items():
        if key not in json:
            continue
        value, mark = getattr(body, attribute), marks[attribute]
        here = f"{pointer}/{key}"
        if mark is None:
            yield from _walk_value(json[key], value, here, inner)
            continue
        if isinstance(mark, Far):
            yield from _walk_value(json[key], value, here, replace(where, far=(*where.far, json["relation"]), relation=None))
            continue
        if isinstance(mark, Keyed):
            yield from _walk_keys(json[key], mark, here, inner)
            continue
        if isinstance(mark, Assign):
            yield from _walk_assigned(json[key], mark, here, inner)
            continue
        entity, along = _read_in(mark, inner, own)
        place = Place(here, mark, json, key, entity, along, _target(mark, inner), inner.json)
        beside = {item.get("name") for item in json.get(getattr(mark, "beside", None) or "", ())}
        yield from (p for p in _walk_marked(json, key, value, here, place, inner) if not beside or p.text.removeprefix("-") not in beside)


def _walk_keys(json: dict[str, Any], mark: Keyed, pointer: str, where: _Where) -> Iterator[Place]:
    """Yield the keys of values of records: the entities, and the fields of each record."""
    if mark.own:
        yield from (Place(f"{pointer}/{key}", Path(), json, key, where.entity, document=where.json, is_key=True) for key in list(json))
        return
    for name, records in json.items():
        here = f"{pointer}/{name}"
        yield Place(here, Ref("entity"), json, name, None, document=where.json, is_key=True)
        listed = list(enumerate(records)) if isinstance(records, list) else list(records.items())
        for called, values in listed:
            step = str(called).replace("~", "~0").replace("/", "~1")
            for key in values if isinstance(values, dict) else ():
                if key not in mark.but:
                    yield Place(f"{here}/{step}/{key}", Path(), values, key, name, document=where.json, is_key=True)


def _walk_assigned(json: dict[str, Any], mark: Assign, pointer: str, where: _Where) -> Iterator[Place]:
    """Yield the values before their keys: writing a key makes the values stand under another one."""
    is_far = mark.of == "relation"
    is_own = mark.of == "document"
    fields, along = (where.entity, where.along) if is_far else (where.document, where.far) if is_own else (where.entity, ())
    read_in = fields if is_far else where.document
    expression = Expr(of="relation" if is_far else "document", use="rule")
    target = None if is_far or (is_own and where.far) else fields
    for key in json:
        yield Place(f"{pointer}/{key}", expression, json, key, read_in, where.along if is_far else where.far, target, where.json, is_assigned=True)
    for key in list(json):
        yield Place(f"{pointer}/{key}", Path(), json, key, fields, along, document=where.json, is_key=True, is_assigned=True)


def _is_field(body: Part) -> bool:
    """A field's own attribute ``entity`` is the target of a reference: it does not enclose anything."""
    return hasattr(body, "value_type")


def _target(mark: Mark, where: _Where) -> str | None:
    return where.entity if isinstance(mark, Expr) and mark.of == "document" else None


def _read_in(mark: Mark, where: _Where, own: str | None) -> tuple[str | None, tuple[str, ...]]:
    of, named = getattr(mark, "of", "none"), getattr(mark, "entity", None)
    if named is not None:
        return named, ()
    if of == "entity":
        return where.entity, ()
    if of == "document":
        return where.document, where.far
    if of == "field":
        return own, ()
    if of == "relation":
        return where.entity, where.along
    return None, ()


def _walk_marked(container: Any, key: str | int, value: Any, pointer: str, place: Place, where: _Where) -> Iterator[Place]:
    """Yield the texts below a marked attribute: itself, or those of a list of texts."""
    inner = container[key]
    if isinstance(inner, str):
        if inner != "*":
            yield replace(place, pointer=pointer, container=container, key=key)
    elif isinstance(inner, list) and isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _walk_marked(inner, index, item, f"{pointer}/{index}", place, where)
    elif isinstance(inner, dict) and isinstance(value, dict):
        for name in value:
            yield from _walk_marked(inner, name, value[name], f"{pointer}/{name}", place, where)
    elif isinstance(inner, dict):
        yield from _walk_value(inner, value, pointer, where)


def _walk_value(json: Any, value: Any, pointer: str, where: _Where) -> Iterator[Place]:
    if isinstance(value, Part) and isinstance(json, dict):
        yield from _walk_part(json, value, pointer, where)
    elif isinstance(value, list | tuple) and isinstance(json, list):
        for index, (inner, item) in enumerate(zip(json, value, strict=True)):
            yield from _walk_value(inner, item, f"{pointer}/{index}", where)
    elif isinstance(value, dict) and isinstance(json, dict):
        for key in json:
            yield from _walk_value(json[key], value[key], f"{pointer}/{key}", where)


def replace_texts(json: dict[str, Any], body: Part, change: Callable[[Place], str]) -> None:
    """Replace every marked text in place by what ``change`` returns."""
    for place in list(walk(json, body)):
        place.write(change(place))

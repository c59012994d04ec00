"""Names and ids in whole documents: stored ones hold references, paths and expressions by id, people read them by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tenon.metamodel.copying import copied
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid
from tenon.metamodel.expressions import naming as expressions
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.marks import Expr, Path, Ref, Template
from tenon.metamodel.model import Entity, Field, Model, Relation
from tenon.metamodel.names import token
from tenon.metamodel.parse import reread
from tenon.metamodel.templates import syntax as templates
from tenon.metamodel.walk import Place, walk


def to_stored(document: Document, model: Model, base: Model | None = None) -> Document:
    """Return the document with ids for names, resolved by ``model``, then by ``base``; unknown names stay as typed."""
    json = copied(document.json)
    places = list(walk(json, document.body))
    for place in sorted(places, key=lambda p: not isinstance(p.mark, Ref)):
        place.write(_store(place, model, base))
    return reread(json)


def shown_text(place: Place, model: Model) -> str:
    """Return what stands at a place of a stored document, with names for ids."""
    text, mark = place.text, place.mark
    if isinstance(mark, Ref):
        found = model.find(mark.kind, text)
        return found.name if found else text
    entity = entity_at(place, model)
    if entity is None:
        return text
    if isinstance(mark, Path):
        return _show_path(text, entity, model, many=mark.many)
    if isinstance(mark, Template):
        return templates.rewrite(text, lambda path, of: _show_path(path, near, model, many=False) if (near := _read_in(place, entity, of, model)) is not None else path)
    return expressions.to_shown(text, Scope(model, entity, use=mark.use))


def to_shown(document: Document, model: Model, show: Callable[[Place, Model], str] = shown_text) -> dict[str, Any]:
    """Return the JSON of a stored document with names for ids, or with what else ``show`` says of a place."""
    json = copied(document.json)
    shown = [(place, show(place, model)) for place in walk(json, document.body)]
    for place, text in shown:
        place.write(text)
    return json


def entity_at(place: Place, model: Model, base: Model | None = None) -> Entity | None:
    """Return the entity that a marked text is read in; the far one for marks of a relation."""
    if getattr(place.mark, "of", None) == "widgets":
        return next((e for e in _entities_of_widgets(place, model, base) if _find(e, place.text, many=False) or _formerly(e, place.text, base, many=False)), None)
    entity = model.find_entity(place.entity) if place.entity else None
    if entity is None and base is not None and place.entity:
        former = base.find_entity(place.entity)
        entity = model.find_entity(former.id) if former else None
    for path in place.relations:
        relation = find_to_many(model, entity, path) if entity is not None else None
        entity = model.find_entity(relation.far_id) if relation else None
    return entity


def _entities_of_widgets(place: Place, model: Model, base: Model | None) -> Iterator[Entity]:
    for tile in place.document["layout"]:
        widget = model.find("widget", tile["widget"]) or (base.find("widget", tile["widget"]) if base else None)
        query = widget.json.get("query") if widget else None
        entity = model.find_entity(query["entity"]) if query else None
        if entity is not None:
            yield entity


def find_to_many(model: Model, entity: Entity, path: str) -> Relation | None:
    """Return the relation at the end of a path such as ``customer.orders``."""
    *steps, last = path.split(".")
    near: Entity | None = entity
    for step in steps:
        field = near.find_field(step) if near else None
        near = model.find_entity(field.type.entity) if field and field.type.entity and not field.is_to_many else None
    return near.find_relation(last) if near else None


def find_path(model: Model, entity: Entity, path: str) -> list[Field] | None:
    """Return the fields along a path (``owner.name``), all but the last references; None when a step is unknown."""
    found: list[Field] = []
    near: Entity | None = entity
    for step in path.split("."):
        field = near.find_field(step) if near else None
        if field is None:
            return None
        found.append(field)
        near = model.find_entity(field.type.entity) if field.type.entity else None
    return found


def field_for(place: Place, entity: Entity, model: Model) -> Field | None:
    """Return the field that the value of an expression is for: a default, or what a button sets."""
    if place.is_assigned:
        target = entity if place.target is None else model.find_entity(place.target)
        return target.find_field(str(place.key)) if target is not None else None
    if place.key not in ("default", "value"):
        return None
    if "field" in place.container:
        target = entity if place.target is None else model.find_entity(place.target)
        path = find_path(model, target, place.container["field"]) if target is not None else None
        return path[-1] if path else None
    if place.key == "value":
        return None
    return entity.find_field(place.container.get("id") or place.container.get("name", ""))


def _store(place: Place, model: Model, base: Model | None) -> str:
    text, mark = place.text, place.mark
    if isinstance(mark, Ref):
        found = model.find(mark.kind, text) or (base.find(mark.kind, text) if base else None)
        return found.id if found else text
    entity = entity_at(place, model, base)
    if isinstance(mark, Path):
        return _rewrite_path(place, entity, model, base)
    if isinstance(mark, Template):
        return templates.rewrite(text, lambda path, of: _stored_path(path, _read_in(place, entity, of, model, base), model, base, many=False))
    if isinstance(mark, Expr) and entity is not None:
        try:
            return expressions.to_stored(text, Scope(model, entity, use=mark.use, base=base), field_for(place, entity, model))
        except Invalid as error:
            raise error.at(place.pointer) from None
    return text


def _read_in(place: Place, entity: Entity | None, name: str, model: Model, base: Model | None = None) -> Entity | None:
    """Return the entity that a path of a template is read in: that of the rows of a list, or the record's own."""
    return lists_at(place, entity, model, base).get(name) if name else entity


def lists_at(place: Place, entity: Entity | None, model: Model, base: Model | None = None) -> dict[str, Entity | None]:
    """Return the lists beside a template by their names, each with the entity of its rows."""
    listed = place.document.get("lists") if isinstance(place.document, dict) else None
    found: dict[str, Entity | None] = {}
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict) and entity is not None:
            relation = _find(entity, str(each.get("relation")), many=True) or _formerly(entity, str(each.get("relation")), base, many=True)
            found[str(each.get("name"))] = model.find_entity(relation.far_id) if isinstance(relation, Relation) else None
    return found


def _rewrite_path(place: Place, entity: Entity | None, model: Model, base: Model | None) -> str:
    """Return a path in tokens; a step that is unknown in the model is looked up by its former name."""
    assert isinstance(place.mark, Path)
    minus = "-" if place.mark.sort and place.text.startswith("-") else ""
    return minus + _stored_path(place.text.removeprefix(minus), entity, model, base, many=place.mark.many)


def _stored_path(path: str, entity: Entity | None, model: Model, base: Model | None, *, many: bool) -> str:
    near, tokens = entity, []
    for step in path.split("."):
        item = _find(near, step, many=many) or _formerly(near, step, base, many=many)
        if item is None:
            return path
        tokens.append(token(item.id))
        near = model.find_entity(item.type.entity) if isinstance(item, Field) and item.type.entity else None
    return ".".join(tokens)


def _find(entity: Entity | None, step: str, *, many: bool) -> Field | Relation | None:
    if entity is None:
        return None
    return (entity.find_relation(step) if many else None) or entity.find_field(step)


def _formerly(entity: Entity | None, step: str, base: Model | None, *, many: bool) -> Field | Relation | None:
    former = _find(base.find_entity(entity.id) if base and entity else None, step, many=many)
    return _find(entity, former.id, many=many) if former else None


def _show_path(text: str, entity: Entity, model: Model, *, many: bool) -> str:
    minus = "-" if text.startswith("-") else ""
    names: list[str] = []
    near: Entity | None = entity
    for step in text.removeprefix("-").split("."):
        item = _find(near, step, many=many)
        if item is None:
            return text
        names.append(item.name)
        near = model.find_entity(item.type.entity) if isinstance(item, Field) and item.type.entity else None
    return minus + ".".join(names)

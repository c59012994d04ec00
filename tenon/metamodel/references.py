"""Who uses what: every document, field, relation and option that other documents name, from one walk over all of them."""

from __future__ import annotations

from collections.abc import Iterator

from tenon.metamodel.document import Document, Use
from tenon.metamodel.fields.base import FieldSpec
from tenon.metamodel.item import NamedItem
from tenon.metamodel.model import Model
from tenon.metamodel.options import options_in
from tenon.metamodel.walk import walk_items


def uses(model: Model) -> Iterator[Use]:
    """Yield every use of a document or an item in the stored documents of a model."""
    for document in model.documents.values():
        yield from document.uses


def users_of(model: Model, item_id: str) -> list[Use]:
    """Return who uses a document or an item."""
    if "uses" not in model.cache:
        index: dict[str, list[Use]] = {}
        for use in uses(model):
            index.setdefault(use.target_id, []).append(use)
        model.cache["uses"] = index
    found: list[Use] = model.cache["uses"].get(item_id, [])
    return found


def items_of(model: Model, document: Document) -> dict[str, str]:
    """Return the items of a document that others can name, by id: fields, relations, options (``industry.saas``), bands, measures.

    An entity has those of its extensions and scores too, a score the fields it adds, an extension its own.
    """
    items: dict[str, str] = {}
    entity = model.entities_by_id.get(document.id)
    for field in (f for e in model.entities.values() for f in e.fields.values() if f.origin != "system"):
        if document.id in (field.entity_id, field.declared_in, field.score):
            items[field.id] = field.name
            items |= {option.id: f"{field.name}.{option.name}" for option in options_in(model, field) if option.id is not None}
    if entity is not None:
        items |= {relation.id: relation.name for relation in entity.relations.values() if relation.id not in items}
    for _, _, item in walk_items(document.json, document.body):
        if isinstance(item, NamedItem) and not isinstance(item, FieldSpec) and item.id is not None:
            items.setdefault(item.id, item.name)
    return items


def members_of(model: Model, app: Document) -> Iterator[tuple[Document, str]]:
    """Yield the documents that belong to an app or name it, each with the JSON Pointer of the place."""
    for document in model.documents.values():
        if document.app == app.name:
            yield document, "/app"
        for key in ("apps", "optional", "requires"):
            for index, entry in enumerate(document.json.get(key, ())):
                if app.name in (entry, entry.get("app") if isinstance(entry, dict) else None):
                    yield document, f"/{key}/{index}"

"""Who uses what: every document, field, relation and option that other documents name, from one walk over all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tenon.metamodel.marks import Ref
from tenon.metamodel.model import Model
from tenon.metamodel.names import TOKEN, untoken
from tenon.metamodel.walk import walk


@dataclass(frozen=True)
class Use:
    """A place that names an item: the document, the JSON Pointer in it, and the id of what is named."""

    document_id: str
    pointer: str
    target_id: str
    is_soft: bool = False


def uses(model: Model) -> Iterator[Use]:
    """Yield every use of a document or an item in the stored documents of a model."""
    for document in model.documents.values():
        for place in walk(document.json, document.body):
            if isinstance(place.mark, Ref):
                yield Use(document.id, place.pointer, place.text, place.mark.soft)
                continue
            for word in dict.fromkeys(TOKEN.findall(place.text)):
                yield Use(document.id, place.pointer, untoken(word) or "")


def users_of(model: Model, item_id: str) -> list[Use]:
    """Return who uses a document or an item."""
    if "uses" not in model.cache:
        index: dict[str, list[Use]] = {}
        for use in uses(model):
            index.setdefault(use.target_id, []).append(use)
        model.cache["uses"] = index
    found: list[Use] = model.cache["uses"].get(item_id, [])
    return found

"""A small model with every type of field, a to-many relation, links both ways and references over three steps."""

from __future__ import annotations

from typing import Any

from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.model import Model
from tenon.metamodel.parse import identify, read_document
from tenon.metamodel.snapshot import build


def options(*names: str) -> list[dict[str, Any]]:
    """Return options by name."""
    return [{"name": name} for name in names]


INDUSTRY: dict[str, Any] = {
    "kind": "entity",
    "name": "industry",
    "fields": [{"name": "title", "type": "text"}, {"name": "size", "type": "integer"}],
}
CUSTOMER: dict[str, Any] = {
    "kind": "entity",
    "name": "customer",
    "fields": [
        {"name": "name", "type": "text"},
        {"name": "notes", "type": "long_text"},
        {"name": "stage", "type": "stage", "options": options("new", "won", "lost")},
        {"name": "level", "type": "choice", "options": options("gold", "silver")},
        {"name": "regions", "type": "choices", "options": options("north", "south")},
        {"name": "labels", "type": "tags", "options": options("vip", "late")},
        {"name": "arr", "type": "money", "currency": "CNY"},
        {"name": "budget", "type": "money", "currency": "USD"},
        {"name": "seats", "type": "integer"},
        {"name": "ratio", "type": "decimal", "scale": 4},
        {"name": "share", "type": "percent"},
        {"name": "active", "type": "boolean"},
        {"name": "signed", "type": "date"},
        {"name": "ends", "type": "date"},
        {"name": "seen", "type": "datetime"},
        {"name": "opens", "type": "time"},
        {"name": "call_time", "type": "duration"},
        {"name": "more", "type": "json"},
        {"name": "industry", "type": "reference", "entity": "industry", "reverse": {"name": "customers"}},
        {"name": "parent", "type": "reference", "entity": "customer", "reverse": {"name": "children"}},
    ],
}
ORDER: dict[str, Any] = {
    "kind": "entity",
    "name": "order",
    "time_field": "ordered_at",
    "fields": [
        {"name": "number", "type": "text"},
        {"name": "customer", "type": "reference", "entity": "customer", "reverse": {"name": "orders"}},
        {"name": "amount", "type": "money", "currency": "CNY"},
        {"name": "status", "type": "choice", "options": options("open", "paid")},
        {"name": "ordered_at", "type": "date"},
        {"name": "products", "type": "references", "entity": "product", "reverse": {"name": "sold_in"}},
    ],
}
PRODUCT: dict[str, Any] = {
    "kind": "entity",
    "name": "product",
    "fields": [{"name": "title", "type": "text"}, {"name": "price", "type": "decimal"}],
}


def make_model(*extra: dict[str, Any]) -> Model:
    """Return the model of the documents above and others."""
    documents = [identify(read_document(raw), None) for raw in (INDUSTRY, CUSTOMER, ORDER, PRODUCT, *extra)]
    model = build(documents, 1)
    assert model.problems == []
    return model


MODEL = make_model()


def scope(use: str = "value", entity: str = "customer", **more: Any) -> Scope:
    """Return the scope of an entity of the model."""
    model: Model = more.pop("model", MODEL)
    return Scope(model, model.get_entity(entity), use=use, **more)

"""A model with every type of field, and some forty awkward records of it in both databases and as mappings."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from tenon.engine.tables import Tables, entity_column
from tenon.metamodel.model import Entity, Field, Model
from tenon.metamodel.parse import identify, read_document
from tenon.metamodel.snapshot import build

COUNT = 40
TEXTS = ("客户", "上海云帆科技", "A%b", "under_score", "it's", '"quoted"', "  pad ", "12.5", " -7 ", "abc", "ABC", "Zürich", "\U0001f600ok", "\\", "a\nb", "1e5")
DATES = (
    date(2024, 2, 29), date(2026, 1, 31), date(2026, 3, 2), date(2026, 2, 28), date(1, 1, 1), date(9999, 12, 31), date(2025, 12, 31),
    date(2026, 3, 1), date(2026, 3, 29), date(2018, 11, 4), date(1900, 2, 28), date(9999, 11, 30), date(1, 3, 31),
)
MOMENTS = (
    datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC), datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2025, 11, 2, 5, 30, tzinfo=UTC),
    datetime(2025, 11, 2, 6, 30, tzinfo=UTC), datetime(2018, 11, 4, 3, tzinfo=UTC), datetime(2018, 2, 18, 2, 30, tzinfo=UTC),
    datetime(2026, 3, 1, 16, tzinfo=UTC), datetime(2026, 3, 2, 15, 59, 59, 999999, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2024, 2, 29, 12, tzinfo=UTC), datetime(1950, 6, 1, 4, 5, 6, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
)


def options(*names: str) -> list[dict[str, Any]]:
    return [{"name": name} for name in names]


DOCUMENTS: tuple[dict[str, Any], ...] = (
    {"kind": "entity", "name": "industry", "fields": [
        {"name": "title", "type": "text"}, {"name": "size", "type": "integer"}, {"name": "founded", "type": "date"},
    ]},
    {"kind": "entity", "name": "customer", "fields": [
        {"name": "name", "type": "text"}, {"name": "notes", "type": "long_text", "max_length": 2000},
        {"name": "mail", "type": "email"},
        {"name": "stage", "type": "stage", "options": options("new", "won", "lost")},
        {"name": "level", "type": "choice", "options": options("gold", "silver")},
        {"name": "regions", "type": "choices", "options": options("north", "south")},
        {"name": "labels", "type": "tags", "options": options("vip", "late")},
        {"name": "arr", "type": "money", "currency": "CNY"}, {"name": "seats", "type": "integer"},
        {"name": "ratio", "type": "decimal", "scale": 4}, {"name": "share", "type": "percent"}, {"name": "stars", "type": "rating"},
        {"name": "active", "type": "boolean"}, {"name": "vip", "type": "boolean"},
        {"name": "signed", "type": "date"}, {"name": "ends", "type": "date"}, {"name": "seen", "type": "datetime"},
        {"name": "opens", "type": "time"}, {"name": "call_time", "type": "duration"}, {"name": "more", "type": "json"},
        {"name": "industry", "type": "reference", "entity": "industry", "reverse": {"name": "customers"}},
        {"name": "parent", "type": "reference", "entity": "customer", "reverse": {"name": "children"}},
        {"name": "products", "type": "references", "entity": "product", "reverse": {"name": "buyers"}},
        {"name": "boss", "type": "user"}, {"name": "team", "type": "unit"},
    ]},
    {"kind": "entity", "name": "order", "time_field": "ordered_at", "fields": [
        {"name": "number", "type": "text"}, {"name": "customer", "type": "reference", "entity": "customer", "reverse": {"name": "orders"}},
        {"name": "amount", "type": "money", "currency": "CNY"}, {"name": "pieces", "type": "integer"},
        {"name": "status", "type": "choice", "options": options("open", "paid")}, {"name": "ordered_at", "type": "date"},
        {"name": "paid_at", "type": "datetime"}, {"name": "rush", "type": "boolean"},
    ]},
    {"kind": "entity", "name": "product", "fields": [{"name": "title", "type": "text"}, {"name": "price", "type": "decimal"}]},
    {"kind": "entity", "name": "note", "fields": [
        {"name": "body", "type": "text"}, {"name": "size", "type": "integer"},
        {"name": "about", "type": "any_reference", "entities": ["customer", "product"], "reverse": {"name": "remarks"}},
    ]},
)  # fmt: skip


def make_model() -> Model:
    """Return the model of the documents."""
    model = build([identify(read_document(raw), None) for raw in DOCUMENTS], 1)
    assert model.problems == []
    return model


def new_id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


@dataclass(repr=False)
class World:
    """Records by entity name: ``rows`` as columns hold them, ``mappings`` linked as `MappingFacts` reads them.

    It has no repr: the mappings hold each other, and writing them out would not end.
    """

    model: Model
    rows: dict[str, list[dict[str, Any]]]
    links: list[dict[str, Any]]
    mappings: dict[str, list[dict[str, Any]]]


def _value(chance: random.Random, field: Field, ids: dict[str, list[str]]) -> Any:
    """Return an awkward value of a field, often empty."""
    if chance.random() < 0.25:
        return None
    type_, kind = field.type, field.type.kind
    makers: dict[str, Callable[[], Any]] = {
        "text": lambda: chance.choice(TEXTS), "date": lambda: chance.choice(DATES), "datetime": lambda: chance.choice(MOMENTS),
        "boolean": lambda: chance.random() < 0.5, "time": lambda: time(chance.randrange(24), chance.randrange(60), chance.randrange(60)),
        "duration": lambda: chance.choice((0, 60, 3600, 90061)), "json": lambda: {"a": [1, "x"]},
        "choice": lambda: chance.choice(type_.options),
        "choices": lambda: tuple(o for o in type_.options if chance.random() < 0.6) or None,
    }
    if kind == "number":
        return _number(chance, type_.scale or 0, field.spec.type)
    if kind == "reference":
        return chance.choice(ids[str(type_.entity)])
    return makers[kind]()


def _number(chance: random.Random, scale: int, spec: str) -> Any:
    if spec == "rating":
        return chance.randint(1, 5)
    most = 10**15 - 1
    units = chance.choice((0, 1, -1, 5, 100, -250, chance.randint(-10**4, 10**4), chance.randint(-10**9, 10**9), most, -most, 12345, 15 * 10**scale))
    return Decimal(units).scaleb(-scale) if scale else units


def make_world(seed: int = 7) -> World:
    """Return the same world for the same seed."""
    chance, model = random.Random(seed), make_model()
    names = ("industry", "customer", "order", "product", "note")
    counts = {"industry": 4, "customer": COUNT, "order": 90, "product": 5, "note": 30}
    ids = {model.entities[n].id: [new_id(chance) for _ in range(counts[n])] for n in names}
    ids |= {"user": [new_id(chance) for _ in range(3)], "unit": [new_id(chance) for _ in range(3)]}
    rows: dict[str, list[dict[str, Any]]] = {
        "user": [{"id": i, "name": f"P{n}", "email": f"p{n}@x.cn", "unit": ids["unit"][n], "manager": ids["user"][0]} for n, i in enumerate(ids["user"])],
        "unit": [{"id": i, "name": f"U{n}", "parent": None} for n, i in enumerate(ids["unit"])],
    }
    for name in names:
        entity = model.entities[name]
        rows[name] = [_row(chance, entity, i, ids, model) for i in ids[entity.id]]
    products = ids[model.entities["product"].id]
    links = [
        {"record": row["id"], "target": target, "position": n}
        for row in rows["customer"] for n, target in enumerate(chance.sample(products, chance.randrange(4)))
    ]
    return World(model, rows, links, _link(model, rows, links))


def _row(chance: random.Random, entity: Entity, record_id: str, ids: dict[str, list[str]], model: Model) -> dict[str, Any]:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(2000))
    row: dict[str, Any] = {
        "id": record_id, "created_at": moment, "updated_at": moment, "version": chance.randint(1, 9), "source": None,
        "deleted_at": moment if chance.random() < 0.12 else None, "owner": chance.choice([*ids["user"], None]),
        "unit": chance.choice([*ids["unit"], None]), "created_by": chance.choice(ids["user"]), "updated_by": None,
    }
    for field in entity.fields.values():
        if field.storage.kind == "pair":
            far = chance.choice(("customer", "product"))
            row[field.name] = (model.entities[far].id, chance.choice(ids[model.entities[far].id])) if chance.random() < 0.8 else None
        elif field.origin == "own" and not field.is_to_many:
            row[field.name] = _value(chance, field, ids)
    return row


def _link(model: Model, rows: dict[str, list[dict[str, Any]]], links: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows as mappings that hold each other."""
    linked = {name: [dict(row) for row in listed] for name, listed in rows.items()}
    by_id = {row["id"]: row for listed in linked.values() for row in listed}
    for name, listed in linked.items():
        for field in model.entities_by_id[model.entities[name].id if name in model.entities else name].fields.values():
            if field.type.kind == "reference" and field.type.entity and field.name != "id":
                for row in listed:
                    row[field.name] = by_id.get(row.get(field.name) or "")
    for row in linked["customer"]:
        row["orders"] = [o for o in linked["order"] if o["customer"] is row]
        row["children"] = [c for c in linked["customer"] if c["parent"] is row]
        row["products"] = [by_id[x["target"]] for x in links if x["record"] == row["id"]]
        row["remarks"] = [n for n in linked["note"] if n["about"] and n["about"][1] == row["id"]]
    for row in linked["industry"]:
        row["customers"] = [c for c in linked["customer"] if c["industry"] is row]
    for row in linked["product"]:
        row["buyers"] = [by_id[x["record"]] for x in links if x["target"] == row["id"]]
    return linked


def store(world: World, tables: Tables, connection: Connection) -> None:
    """Make the tables of the model and write the rows."""
    model = world.model
    entities = {**model.entities, "user": model.entities_by_id["user"], "unit": model.entities_by_id["unit"]}
    for entity in entities.values():
        tables.of(entity)
    products = model.entities["customer"].fields["products"]
    links = tables.links(products)
    tables.metadata.create_all(connection)
    for name, entity in entities.items():
        connection.execute(tables.of(entity).insert(), [_columns(entity, row) for row in world.rows[name]])
    connection.execute(links.insert(), world.links)


def _columns(entity: Entity, row: dict[str, Any]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for field in entity.fields.values():
        if field.name not in row:
            continue
        value = row[field.name]
        if field.storage.kind == "pair":
            columns[entity_column(field)], columns[field.column] = value or (None, None)
        else:
            columns[field.column] = list(value) if isinstance(value, tuple) else value
    return columns

"""Our side: a workspace with the same rows, a role with a record filter, history on, and a server over it.

    TENON_HOME=… python -m tenon.platform.bench.ours PORT
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

import uvicorn
from sqlalchemy import insert

from tenon.engine.context import system_context
from tenon.engine.records.stored import search_text, to_columns
from tenon.engine.releases import publish_documents
from tenon.metamodel.model import Entity
from tenon.platform import accounts, tokens
from tenon.platform.api.app import create_api
from tenon.platform.bench.rows import INDUSTRIES, REGIONS, STAGES, customers, orders
from tenon.platform.boot import open_platform
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform

SYSTEM = system_context("command", "bench")
PART = 5_000


def _choice(name: str, options: tuple[str, ...]) -> dict[str, Any]:
    return {"name": name, "type": "choice", "options": [{"name": option} for option in options]}


CUSTOMER: dict[str, Any] = {
    "kind": "entity", "name": "customer", "title": "name", "search": ["name"],
    "fields": [
        {"name": "name", "type": "text", "required": True}, {"name": "email", "type": "email"}, {"name": "phone", "type": "phone"},
        _choice("industry", INDUSTRIES), _choice("region", REGIONS), _choice("stage", STAGES), {"name": "arr", "type": "money"},
        {"name": "seats", "type": "integer"}, {"name": "health", "type": "integer"}, {"name": "signed_on", "type": "date"},
        {"name": "last_login", "type": "datetime"}, {"name": "active", "type": "boolean"}, {"name": "notes", "type": "text"},
    ],
}  # fmt: skip
ORDER: dict[str, Any] = {
    "kind": "entity", "name": "purchase", "fields": [
        {"name": "customer", "type": "reference", "entity": "customer"}, {"name": "amount", "type": "money"},
        {"name": "ordered_at", "type": "datetime"},
    ],
}  # fmt: skip
ROLE: dict[str, Any] = {
    "kind": "role", "name": "sales",
    "grants": [{"entity": "customer", "actions": ["read", "create", "update"], "where": "seats >= 0"}],
}  # fmt: skip
FORMULAS = [
    {"name": f"f{number}", "type": "formula", "expr": expr}
    for number, expr in enumerate((
        "arr / 12", "arr * 2", "seats * 3", "health + 1", "arr - 100", "seats + health", "arr if active else 0", "health / 100", "arr * 0.1", "seats * health",
    ))
]  # fmt: skip
SCORE: dict[str, Any] = {
    "kind": "score", "name": "fitness", "entity": "customer",
    "variants": [{"name": "all", "measures": [
        {"name": "size", "points": 50, "value": "clamp(seats / 500, 0, 1)"}, {"name": "mood", "points": 30, "value": "clamp(health / 100, 0, 1)"},
        {"name": "big", "points": 10, "when": "arr > 100000"}, {"name": "live", "points": 10, "when": "active"},
    ]}],
    "bands": [{"name": "bad", "from": 0}, {"name": "fair", "from": 40}, {"name": "good", "from": 70}],
}  # fmt: skip


def fill(platform: Platform, count: int) -> str:
    """Publish the documents, store the rows, and return the token of somebody with the role."""
    publish_documents(platform.publisher, SYSTEM, [CUSTOMER, ORDER, ROLE])
    with platform.read() as uow:
        entities = uow.model.get_entity("customer"), uow.model.get_entity("purchase")
    for entity, rows in zip(entities, (customers(count), orders(count)), strict=True):
        _store(platform, entity, rows)
    if platform.database.dialect == "postgresql":
        with platform.database.write() as connection:
            connection.exec_driver_sql("ANALYZE")
    with platform.database.write() as connection:
        user = accounts.create(connection, SYSTEM, "sales@example.com", "Sales", ["sales"], password="three blue boats", is_role=lambda _: True)
        return tokens.create(connection, SYSTEM, user, "bench")[1]


def _store(platform: Platform, entity: Entity, rows: Iterator[dict[str, Any]]) -> None:
    """Store rows as the writer would leave them, without its work: loading is not what is measured."""
    while part := list(islice(rows, PART)):
        with platform.write() as uow:
            table, listed = uow.tables.of(entity), []
            for row in part:
                moment = row["created_at"]
                values = to_columns(entity, {k: v for k, v in row.items() if k in entity.fields and entity.fields[k].origin != "system"})
                system = {"id": row["id"], "created_at": moment, "updated_at": moment, "version": 1, "search": search_text(entity, row)}
                listed.append({**values, **system})
            uow.connection.execute(insert(table), listed)


def add_computed(platform: Platform) -> None:
    """Publish ten formulas and a score on the customers; filling them may go on as a job."""
    more = {**CUSTOMER, "fields": [*CUSTOMER["fields"], *FORMULAS]}
    publish_documents(platform.publisher, SYSTEM, [more, SCORE])


if __name__ == "__main__":
    uvicorn.run(create_api(open_platform(Settings.load())), host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)

"""A workspace with a bit of everything for the tests of backup, restore, export and doctor."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tenon.engine.context import Context, system_context
from tenon.engine.outside import FixedClock, KeptCalls, KeptMail, Outside
from tenon.engine.people import load_user
from tenon.engine.query.pages import Ask, page
from tenon.engine.records.writing import write_many
from tenon.engine.releases import publish_documents
from tenon.platform import accounts, files
from tenon.platform.boot import start
from tenon.platform.database import Database
from tenon.platform.files import DiskFiles
from tenon.platform.migrate import migrate
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform

SYSTEM = system_context("command")
MOMENT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
CUSTOMER = {
    "kind": "entity", "name": "customer", "label": {"en": "Customer", "zh": "客户"}, "title": "name", "keys": [["code"]],
    "fields": [
        {"name": "code", "type": "text"}, {"name": "name", "type": "text"}, {"name": "note", "type": "text"},
        {"name": "arr", "type": "money"}, {"name": "seats", "type": "integer"}, {"name": "active", "type": "boolean"},
        {"name": "signed_on", "type": "date"}, {"name": "last_login", "type": "datetime"}, {"name": "opens", "type": "time"},
        {"name": "tags", "type": "tags"}, {"name": "contract", "type": "file"},
        {"name": "industry", "type": "choice", "options": [{"name": "saas"}, {"name": "retail"}]},
        {"name": "doubled", "type": "formula", "expr": "seats * 2"},
        {"name": "partner", "type": "reference", "entity": "customer"},
    ],
}  # fmt: skip
HEALTH = {
    "kind": "score", "name": "health", "entity": "customer", "schedule": "30 2 * * *",
    "variants": [{"name": "all", "measures": [{"name": "size", "points": 100, "value": "clamp(seats / 100, 0, 1)"}]}],
    "bands": [{"name": "bad", "from": 0}, {"name": "good", "from": 50}],
}  # fmt: skip


def open_workspace(home: Path, database: Database) -> Platform:
    """Open a workspace with a fixed clock over a migrated database."""
    settings = Settings(home, str(database.url), "s" * 40)
    outside = Outside(FixedClock(MOMENT), KeptMail(), DiskFiles(home / "files"), KeptCalls())
    migrate(database)
    return start(settings, database, outside)


def fill(platform: Platform, rows: int = 30) -> str:
    """Publish an entity and a score, store records, a person and a file; return the file's id."""
    publish_documents(platform.publisher, SYSTEM, [CUSTOMER, HEALTH])
    with platform.database.write() as connection:
        boss = accounts.create(connection, SYSTEM, "ada@example.com", "Ada", ["admin", "builder"], password="three blue boats")
        accounts.create(connection, SYSTEM, "bo@example.com", "Bo", ["builder"], manager=boss)
        stored = files.store(platform.outside.files, io.BytesIO(b"%PDF-1.4 hello"), "contract.pdf", most_bytes=1_000)
        file_id = str(files.add(connection, SYSTEM, stored, "contract.pdf")["id"])
        files.keep(connection, [file_id])
    with platform.write() as uow:
        write_many(uow, SYSTEM, uow.model.get_entity("customer"), [record(i) | ({"contract": file_id} if i == 0 else {}) for i in range(rows)])
    return file_id


def record(number: int) -> dict[str, Any]:
    """A customer with every kind of value, some of them hard to carry."""
    return {
        "code": f"C{number:05d}", "name": ["Ütüş", "北京海底捞", "=1+1", "-5", "a,\"b\" c", "'quoted", "@x", "'=x"][number % 8] + f" {number}",
        "arr": f"{number * 1001}.37", "seats": number * 3 % 120, "active": number % 3 == 0, "signed_on": f"2025-0{number % 9 + 1}-15",
        "last_login": f"2026-02-{number % 28 + 1:02d}T10:20:30.123456Z", "opens": "09:30", "tags": ["a", "b"] if number % 2 else None,
        "industry": "saas" if number % 2 else "retail", "note": None if number % 4 else "=cmd|' /C calc'!A0",
    }  # fmt: skip


def everything(platform: Platform) -> list[dict[str, Any]]:
    """Every customer with all fields, by code."""
    with platform.read() as uow:
        entity = uow.model.get_entity("customer")
        names = [f.name for f in entity.fields.values()]
        return page(uow, SYSTEM, entity, Ask(sort=("code",), fields=names, limit=500)).records


def person(platform: Platform, email: str) -> Context:
    """The context of somebody."""
    with platform.read() as uow:
        found = accounts.find_by_email(uow.connection, email)
        assert found is not None
        return Context(load_user(uow.connection, found["id"]))

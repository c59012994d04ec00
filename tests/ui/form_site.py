"""A workspace with forms over a fresh database of each dialect, and clients of its pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from sqlalchemy import select
from starlette.testclient import TestClient

from tenon.engine.context import Context, User, system_context
from tenon.engine.outside import fake_outside
from tenon.engine.records.stored import load
from tenon.engine.releases import publish_documents
from tenon.platform import sessions
from tenon.platform.boot import start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tenon.server import build
from tests import form_world, world

BASE = "http://127.0.0.1:8000"


@dataclass
class FormSite:
    """A running workspace with forms: Ann administers, Clive is a clerk."""

    platform: Platform
    ann: User
    clive: User
    ids: dict[str, str]
    clients: list[TestClient]

    def client(self, user: User | None) -> TestClient:
        """Return a client, signed in as somebody."""
        client = TestClient(build(self.platform), base_url=BASE, follow_redirects=False, raise_server_exceptions=False)
        self.clients.append(client)
        if user is not None:
            with self.platform.write() as uow:
                client.cookies.set("tenon_session", sessions.begin(uow.connection, Context(None), user.id).token)
            client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf"]
        return client

    def stored(self, entity: str) -> list[dict[str, Any]]:
        """Return every living record of an entity, oldest first."""
        with self.platform.read() as uow:
            found = uow.model.get_entity(entity)
            table = uow.tables.of(found)
            ids = list(uow.connection.execute(select(table.c.id)).scalars())
            return [{**row, "id": i} for i, row in sorted(load(uow, found, ids).items())]

    def one(self, entity: str, id: str) -> dict[str, Any]:
        """Return one living record."""
        return next(row for row in self.stored(entity) if row["id"] == id)


@contextmanager
def open_site(database: Database, home: Path, moment: Any) -> Iterator[FormSite]:
    """Open a workspace with forms over a database."""
    settings = Settings(home, database.url.render_as_string(hide_password=False), "s" * 40, base_url=BASE)
    platform = start(settings, database, fake_outside(moment))
    publish_documents(platform.publisher, system_context(), form_world.DOCUMENTS, note="forms")
    ann = world.add_person(platform, "ann@example.com", "Ann Lee", ["admin", "builder"])
    clive = world.add_person(platform, "clive@example.com", "Clive", ["clerk"])
    site = FormSite(platform, ann, clive, form_world.fill(platform, ann), [])
    yield site
    for client in site.clients:
        client.close()


def inputs(text: str) -> dict[str, str]:
    """Return the hidden and text inputs of a page by name, as a browser would send them."""
    found = {}
    for tag in re.findall(r"<input\b[^>]*>", text):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind = attributes.get("type", "text")
        if "name" in attributes and (kind not in ("checkbox", "radio", "file") or re.search(r"\bchecked\b", tag)):
            found[attributes["name"]] = unescape(attributes.get("value", ""))
    return found

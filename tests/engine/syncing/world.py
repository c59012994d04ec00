"""A workspace and another system beside it, and short ways to use both over HTTP."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from tenon.engine.outside import KnownSecrets, Outside, fake_outside
from tenon.engine.releases import publish_documents
from tenon.platform.api.app import create_api
from tenon.platform.boot import make_worker, start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tenon.platform.web_client import SafeWebClient
from tenon.platform.workspace import Platform
from tests.engine.syncing.far_side import SECRET, TOKEN, FarSide
from tests.platform.api.conftest import BASE, token_of
from tests.platform.people import SYSTEM, add

CUSTOMER: dict[str, Any] = {
    "kind": "entity", "name": "customer", "label": {"en": "Customer"}, "plural": {"en": "Customers"}, "title": "name", "keys": [["code"]],
    "fields": [
        {"name": "name", "type": "text", "required": True, "max_length": 40}, {"name": "code", "type": "text"},
        {"name": "revenue", "type": "money", "currency": "CNY", "min": "0"}, {"name": "stage", "type": "choice", "options": [{"name": "hot"}, {"name": "cold"}]},
        {"name": "note", "type": "text"}, {"name": "parent", "type": "reference", "entity": "customer", "reverse": {"name": "children"}},
    ],
}  # fmt: skip
SOURCE: dict[str, Any] = {
    "path": "/accounts", "records": "data.items", "id": "Id", "page": {"by": "cursor", "param": "place", "at": "next"},
    "since": {"param": "since", "field": "Changed", "overlap_seconds": 0},
}  # fmt: skip
MAPPING = {"name": "Name", "code": "Code", "revenue": "Revenue", "stage": "lower(Rating)", "parent": "Parent"}


def document(far: FarSide, **more: Any) -> dict[str, Any]:
    """Return a connector that pulls the accounts of the other system."""
    connection = {"base_url": far.url, "auth": {"type": "bearer", "secret": "far_token"}}
    return {
        "kind": "connector", "name": "crm", "type": "rest", "connection": connection, "entity": "customer", "source": SOURCE, "mapping": MAPPING,
        "match_on": ["code"], "system": "CRM", **more,
    }  # fmt: skip


def both(far: FarSide, **more: Any) -> dict[str, Any]:
    """Return a connector that keeps both sides the same."""
    return document(far, direction="both", **{"push": {"path": "/accounts"}, **more})


@dataclass
class World:
    """The workspace: every look and every change goes through its API."""

    platform: Platform
    client: TestClient
    far: FarSide

    def publish(self, *documents: dict[str, Any]) -> None:
        """Publish documents."""
        publish_documents(self.platform.publisher, SYSTEM, list(documents))

    def work(self) -> None:
        """Run every job that is due."""
        make_worker(self.platform).run_until_idle()

    def sync(self, *, dry: bool = False) -> dict[str, Any]:
        """Run the connector and return its newest run."""
        started = self.client.post("/api/v1/connectors/crm/run", json={"dry_run": dry})
        assert started.status_code == 202, started.text
        self.work()
        return self.runs()[0]

    def runs(self) -> list[dict[str, Any]]:
        """Return the runs, newest first."""
        found: list[dict[str, Any]] = self.client.get("/api/v1/connectors/crm/runs").json()["runs"]
        return found

    def counts(self, **how: Any) -> dict[str, int]:
        """Run the connector and return what it counted, as far as it is not nothing."""
        run = self.sync(**how)
        assert run["state"] == "done", run
        return {name: n for name, n in run["counts"].items() if n}

    def customers(self) -> dict[str, dict[str, Any]]:
        """Return the customers by code."""
        found = self.client.get("/api/v1/records/customer?limit=500").json()["records"]
        return {record["code"]: record for record in found}

    def add(self, **values: Any) -> str:
        """Create a customer and return its id."""
        made = self.client.post("/api/v1/records/customer", json=values)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def change(self, code: str, **values: Any) -> None:
        """Change a customer."""
        changed = self.client.patch(f"/api/v1/records/customer/{self.customers()[code]['id']}", json=values)
        assert changed.status_code == 200, changed.text


def make_platform(database: Database, home: Path, moment: datetime) -> Platform:
    """Return a workspace whose calls may go to this machine, with the secrets of the other system."""
    settings = replace(Settings(home, database.url.render_as_string(hide_password=False), "s" * 40, base_url=BASE), allow_private_addresses=True)
    fakes = fake_outside(moment)
    outside = Outside(fakes.clock, fakes.mail, fakes.files, SafeWebClient(allow_private=True), BASE, KnownSecrets({"far_token": TOKEN, "far_secret": SECRET}))
    return start(settings, database, outside)


def make_client(platform: Platform, email: str, *roles: str) -> TestClient:
    """Return a client with a token of a new person."""
    user = add(platform.database, email, list(roles))
    return TestClient(create_api(platform), base_url=BASE, headers={"Authorization": f"Bearer {token_of(platform, user)}"})

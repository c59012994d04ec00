"""An app made of documents of a workspace, and what happens elsewhere when names are taken."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from tests.platform.api.conftest import Caller, codes, english

VISIT: dict[str, Any] = {"kind": "entity", "name": "visit", "label": english("Visit", "拜访"), "title": "name", "fields": [{"name": "name", "type": "text"}]}
NOTE: dict[str, Any] = {"kind": "entity", "name": "note", "title": "text", "fields": [{"name": "text", "type": "text"}, {"name": "visit", "type": "reference", "entity": "visit"}]}
VIEW: dict[str, Any] = {"kind": "view", "name": "all_visits", "entity": "visit", "columns": ["name"], "filter": "name != ''"}


def publish(client: TestClient, *documents: dict[str, Any]) -> None:
    for each in documents:
        assert client.put(f"/api/v1/metadata/{each['kind']}/{each['name']}", json=each).status_code in (200, 201)
    assert client.post("/api/v1/metadata/publish", json={}).status_code == 200


def package(client: TestClient, *documents: str, **more: Any) -> Any:
    return client.post("/api/v1/apps/package", json={"name": "visits", "documents": list(documents), **more})


def send(client: TestClient, content: bytes) -> Any:
    return client.post("/api/v1/apps/import", content=content, headers={"Content-Type": "application/zip"})


def test_documents_become_an_app(admin: TestClient) -> None:
    publish(admin, VISIT, NOTE, VIEW)
    refused = package(admin, "entity/note")
    assert (refused.status_code, codes(refused)) == (422, [("/documents/entity/visit", "would_break")])
    assert codes(package(admin, "entity/nothing")) == [("/documents/0", "unknown_name")]
    assert codes(package(admin)) == [("/documents", "required")]
    assert package(admin, "entity/visit", name="No name").status_code == 422
    made = package(admin, "entity/note", "entity/visit", "view/all_visits", label=english("Visits", "拜访"), version="2.1.0")
    assert (made.status_code, made.headers["content-type"]) == (200, "application/zip"), made.text
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        assert set(archive.namelist()) == {"README.md", "app.json", "entity/note.json", "entity/visit.json", "view/all_visits.json"}
        app = orjson.loads(archive.read("app.json"))
        assert orjson.loads(archive.read("view/all_visits.json"))["filter"] == "name != ''"
    assert (app["version"], app["menu"][0]["items"]) == ("2.1.0", [{"view": "all_visits"}, {"entity": "note"}])


@pytest.mark.usefixtures("release")
def test_only_builders_make_apps(caller: Caller) -> None:
    assert package(caller("sam@tenon.example", "sales"), "entity/customer").status_code == 403

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


def form(client: TestClient, content: bytes, **fields: Any) -> Any:
    data = {key: orjson.dumps(value).decode() for key, value in fields.items()}
    return client.post("/api/v1/apps/import", files={"file": ("visits.zip", content)}, data=data)


@pytest.fixture
def brought(admin: TestClient) -> bytes:
    """The zip of an app, in a workspace that has made other documents of those names since."""
    publish(admin, VISIT, NOTE, VIEW)
    made = package(admin, "entity/note", "entity/visit", "view/all_visits").content
    for place in ("view/all_visits", "entity/note", "entity/visit"):
        assert admin.delete(f"/api/v1/metadata/{place}").status_code in (200, 204)
    accept = [step["id"] for step in admin.post("/api/v1/metadata/check", json={}).json()["plan"] if step["safety"] == "lossy"]
    assert admin.post("/api/v1/metadata/publish", json={"accept": accept}).status_code == 200
    publish(admin, {**VISIT, "fields": [*VISIT["fields"], {"name": "place", "type": "text"}]}, {**VIEW, "columns": ["name", "place"]})
    assert admin.post("/api/v1/records/visit", json={"name": "Acme", "place": "Oslo"}).status_code == 201
    return bytes(made)


def documents(client: TestClient) -> dict[str, Any]:
    listed = client.get("/api/v1/metadata").json()
    return {f"{d['kind']}/{d['name']}": d["app"] for d in next(v for v in listed.values() if isinstance(v, list))}


def test_names_that_are_taken_are_listed(admin: TestClient, brought: bytes) -> None:
    dry = form(admin, brought, dry_run=True)
    assert dry.status_code == 200, dry.text
    assert [(c["key"], c["choices"]) for c in dry.json()["clashes"]] == [
        ("entity/visit", ["rename", "replace", "leave"]), ("view/all_visits", ["rename", "replace", "leave"]),
    ]  # fmt: skip
    assert codes(form(admin, brought)) == [("/entity/visit", "not_unique"), ("/view/all_visits", "not_unique")]
    assert codes(form(admin, brought, clashes={"entity/visit": "burn"})) == [("/clashes/entity~1visit", "bad_choice")]


def test_both_are_kept_under_another_name(admin: TestClient, brought: bytes) -> None:
    done = form(admin, brought, clashes={"entity/visit": "rename", "view/all_visits": "rename"})
    assert done.status_code == 200, done.text
    assert {"entity/visit": None, "entity/visit_2": "visits", "view/all_visits": None, "view/all_visits_2": "visits"}.items() <= documents(admin).items()
    assert admin.get("/api/v1/metadata/entity/note").json()["fields"][1]["entity"] == "visit_2"
    assert admin.get("/api/v1/metadata/view/all_visits_2").json()["entity"] == "visit_2"
    assert [r["place"] for r in admin.get("/api/v1/records/visit").json()["records"]] == ["Oslo"]


def test_what_is_here_is_used_or_replaced(admin: TestClient, brought: bytes) -> None:
    done = form(admin, brought, clashes={"entity/visit": "leave", "view/all_visits": "replace"})
    assert done.status_code == 200, done.text
    assert {"entity/visit": None, "view/all_visits": "visits", "entity/note": "visits"}.items() <= documents(admin).items()
    assert admin.get("/api/v1/metadata/entity/note").json()["fields"][1]["entity"] == "visit"
    assert [c["field"] for c in admin.get("/api/v1/metadata/view/all_visits").json()["columns"]] == ["name"]


def test_replacing_keeps_the_records(admin: TestClient, brought: bytes) -> None:
    refused = form(admin, brought, clashes={"entity/visit": "replace", "view/all_visits": "replace"})
    assert (refused.status_code, {code for _, code in codes(refused)}) == (409, {"needs_acceptance"})
    accept = [path.removeprefix("/plan/") for path, _ in codes(refused)]
    done = form(admin, brought, clashes={"entity/visit": "replace", "view/all_visits": "replace"}, accept=accept)
    assert done.status_code == 200, done.text
    assert [r["name"] for r in admin.get("/api/v1/records/visit").json()["records"]] == ["Acme"]

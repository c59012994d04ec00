from __future__ import annotations

import io
import zipfile
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import Caller, codes, english

APP: dict[str, Any] = {
    "kind": "app", "name": "zoo", "version": "1.0.0", "label": english("Zoo", "动物园"), "sample": [{"entity": "zoo_animal", "file": "sample/zoo_animal.csv"}],
}
ANIMAL: dict[str, Any] = {
    "kind": "entity", "name": "zoo_animal", "label": english("Animal", "动物"), "title": "name", "fields": [{"name": "name", "type": "text"}, {"name": "legs", "type": "integer"}],
}


def package(app: dict[str, Any] = APP, animal: dict[str, Any] = ANIMAL) -> bytes:
    """Return the zip of a small app."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("app.json", orjson.dumps(app))
        archive.writestr("entity/zoo_animal.json", orjson.dumps(animal))
        archive.writestr("sample/zoo_animal.csv", "name,legs\nLion,4\nEmu,2\n")
    return content.getvalue()


def send(client: TestClient, content: bytes, **headers: str) -> Any:
    """Import a zip as the body."""
    return client.post("/api/v1/apps/import", content=content, headers={"Content-Type": "application/zip", **headers})


def test_an_app_is_imported_exported_and_removed(admin: TestClient) -> None:
    done = send(admin, package())
    assert done.status_code == 200, done.text
    assert (done.json()["app"], done.json()["number"]) == ("zoo", 1)
    listed = {a["name"]: a for a in admin.get("/api/v1/apps").json()["apps"]}
    assert (listed["zoo"]["installed"], listed["zoo"]["label"]) == ("1.0.0", {"en": "Zoo", "zh": "动物园"})
    assert admin.post("/api/v1/records/zoo_animal", json={"name": "Lion", "legs": 4}).status_code == 201
    exported = admin.get("/api/v1/apps/zoo/export")
    assert exported.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
        assert {"app.json", "entity/zoo_animal.json"} <= set(archive.namelist())
    again = send(admin, package())
    assert (again.status_code, codes(again)) == (409, [("/name", "conflict")])
    assert codes(admin.post("/api/v1/apps/zoo/uninstall", json={"data": "burn"})) == [("/data", "bad_choice")]
    assert admin.post("/api/v1/apps/zoo/uninstall", json={"data": "keep"}).status_code == 200
    assert admin.get("/api/v1/records/zoo_animal").status_code == 404
    form = admin.post("/api/v1/apps/import", files={"file": ("zoo.zip", exported.content)})
    assert form.status_code == 200, form.text
    assert [r["name"] for r in admin.get("/api/v1/records/zoo_animal").json()["records"]] == ["Lion"]


def test_what_is_no_package_is_refused(admin: TestClient) -> None:
    assert send(admin, b"PK nothing").status_code == 422
    assert admin.post("/api/v1/apps/import", json={}).status_code == 415
    assert codes(send(admin, package({**APP, "requires": [{"app": "core", "version": ">=9.0"}]}))) == [("/requires/0", "conflict")]
    for method, path in (("POST", "/nothing/install"), ("POST", "/nothing/uninstall"), ("GET", "/nothing/export"), ("POST", "/nothing/upgrade")):
        assert admin.request(method, f"/api/v1/apps{path}", json={} if method == "POST" else None).status_code == 404


def upgrade(client: TestClient, content: bytes, **fields: Any) -> Any:
    """Upgrade from the bytes of a zip."""
    data = {key: orjson.dumps(value).decode() for key, value in fields.items()}
    return client.post("/api/v1/apps/zoo/upgrade", files={"file": ("zoo.zip", content)}, data=data)


def test_an_app_is_upgraded_with_decisions(admin: TestClient) -> None:
    send(admin, package())
    admin.post("/api/v1/records/zoo_animal", json={"name": "Lion", "legs": 4})
    mine = admin.get("/api/v1/metadata/entity/zoo_animal").json()
    mine["label"] = english("Beast", "动物")
    mine["fields"].append({"name": "keeper", "type": "text"})
    assert admin.put("/api/v1/metadata/entity/zoo_animal", json=mine).status_code == 200
    assert admin.post("/api/v1/metadata/publish", json={}).status_code == 200
    newer = package({**APP, "version": "1.1.0"}, {**ANIMAL, "label": english("Creature", "动物"), "fields": [*ANIMAL["fields"], {"name": "born", "type": "date"}]})
    dry = upgrade(admin, newer, dry_run=True)
    assert dry.status_code == 200, dry.text
    body = dry.json()
    assert (body["from"], body["to"], body["ok"], body["dry_run"]) == ("1.0.0", "1.1.0", True, True)
    assert [(c["title"], c["base"], c["yours"], c["theirs"], c["decision"]) for c in body["conflicts"]] == [
        ("label (English)", "Animal", "Beast", "Creature", "yours")
    ]
    assert [(c["kind"], c["items"]) for c in body["changes"]] == [("entity", ["Field born added"])]
    assert [(c["name"], c["items"]) for c in body["kept"]] == [("zoo_animal", ["Field keeper added"])]
    assert admin.get("/api/v1/apps").json()["apps"][-1]["installed"] == "1.0.0"
    conflict = body["conflicts"][0]["id"]
    assert codes(upgrade(admin, newer, decisions={conflict: "mine"})) == [(f"/decisions/{conflict.replace('/', '~1')}", "bad_choice")]
    assert codes(upgrade(admin, newer, decisions={"nothing": "yours"})) == [("/decisions/nothing", "bad_choice")]
    done = upgrade(admin, newer, decisions={conflict: "theirs"})
    assert (done.status_code, done.json()["note"]) == (200, "upgrade zoo 1.1.0"), done.text
    entity = admin.get("/api/v1/metadata/entity/zoo_animal").json()
    assert (entity["label"]["en"], [f["name"] for f in entity["fields"]]) == ("Creature", ["name", "legs", "keeper", "born"])
    assert [r["name"] for r in admin.get("/api/v1/records/zoo_animal").json()["records"]] == ["Lion"]
    assert codes(upgrade(admin, newer)) == [("/version", "conflict")]


def test_what_comes_along_is_newer_or_refused(admin: TestClient) -> None:
    assert admin.post("/api/v1/apps/tutorial/install", json={}).status_code == 200
    assert codes(admin.post("/api/v1/apps/tutorial/upgrade", json={"dry_run": True})) == [("/version", "conflict")]
    assert codes(admin.post("/api/v1/apps/tutorial/upgrade", json={"decisions": []})) == [("/decisions", "wrong_type")]
    assert codes(admin.post("/api/v1/apps/tutorial/upgrade", files={"file": ("zoo.zip", package())})) == [("/file", "refused")]


def test_an_app_that_comes_along_is_installed_with_its_sample(admin: TestClient, platform: Platform) -> None:
    available = [a for a in admin.get("/api/v1/apps").json()["apps"] if not a["requires"]]
    assert "tutorial" in [a["name"] for a in available]
    headers = {"Idempotency-Key": "install-1"}
    done = admin.post("/api/v1/apps/tutorial/install", json={"demo_data": True}, headers=headers)
    assert (done.status_code, done.json()["state"], done.json()["app"]) == (202, "queued", "tutorial"), done.text
    assert admin.post("/api/v1/apps/tutorial/install", json={"demo_data": True}, headers=headers).json()["id"] == done.json()["id"]
    make_worker(platform).run_until_idle()
    job = admin.get(done.headers["location"]).json()
    assert (job["state"], job["progress"]["done"]) == ("done", job["progress"]["total"])
    entities = [c["name"] for c in done.json()["changes"] if c["kind"] == "entity"]
    assert all(admin.get(f"/api/v1/records/{entity}").json()["records"] for entity in entities)
    assert codes(admin.post("/api/v1/apps/tutorial/install", json={"demo_data": "yes"})) == [("/demo_data", "wrong_type")]


def test_required_apps_are_installed_first(admin: TestClient) -> None:
    needing = next(a for a in admin.get("/api/v1/apps").json()["apps"] if a["requires"])
    done = admin.post(f"/api/v1/apps/{needing['name']}/install", json={"demo_data": False})
    assert done.status_code == 200, done.text
    installed = {a["name"] for a in admin.get("/api/v1/apps").json()["apps"] if a["installed"]}
    assert installed == {needing["name"], *needing["requires"]}


@pytest.mark.usefixtures("release")
def test_only_builders_install(caller: Caller) -> None:
    sam = caller("sam@tenon.example", "sales")
    assert sam.get("/api/v1/apps").status_code == 403
    assert send(sam, package()).status_code == 403
    assert sam.post("/api/v1/apps/zoo/install", json={}).status_code == 403

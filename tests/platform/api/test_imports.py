"""Imports over HTTP: a file in, how it goes, what was refused, and back."""

from __future__ import annotations

import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import CUSTOMER, ORDER, Caller, codes, publish_all

KEYED: dict[str, Any] = {**CUSTOMER, "fields": [{**f, "unique": True} if f["name"] == "code" else f for f in CUSTOMER["fields"]], "keys": []}
IMPORTER = {
    "kind": "role", "name": "importer", "label": {"en": "Importer", "zh": "导入员"}, "grants": [
        {"entity": "customer", "actions": ["read", "create", "update", "import"], "where": "owner == user.id and (arr == None or arr < 1000)", "hide": ["margin"],
         "write": ["name", "code", "arr"]},
    ],
}  # fmt: skip
LOOKER = {"kind": "role", "name": "looker", "label": {"en": "Looker"}, "grants": [{"entity": "customer", "actions": ["read", "create", "update", "delete"]}]}
GOOD = "客户名称,Code,ARR\n云帆,C1,12.5\nBo,C2,\nCy,C1,1\n,C4,2\n"


@pytest.fixture(autouse=True)
def published(platform: Platform) -> None:
    publish_all(platform, {**KEYED, "fields": [{**f, "label": {"en": "Company", "zh": "客户名称"}} if f["name"] == "name" else f for f in KEYED["fields"]]}, ORDER, IMPORTER, LOOKER)


def send(client: TestClient | httpx.Client, content: bytes | str = GOOD, name: str = "客户.csv", headers: dict[str, str] | None = None, **form: Any) -> Any:
    data = {"entity": "customer", **{k: v if isinstance(v, str) else json.dumps(v) for k, v in form.items()}}
    return client.post("/api/v1/imports", files={"file": (name, content)}, data=data, headers=headers)


def run(platform: Platform, client: TestClient, *args: Any, **form: Any) -> dict[str, Any]:
    started = send(client, *args, **form)
    assert started.status_code == 202, started.text
    make_worker(platform).run_until_idle()
    body: dict[str, Any] = client.get(started.headers["location"]).json()
    return body


def test_a_file_goes_in_and_what_was_refused_comes_out(platform: Platform, admin: TestClient) -> None:
    started = send(admin)
    assert started.status_code == 202
    body = started.json()
    assert (body["state"], body["encoding"], body["format"], body["file"]) == ("queued", "utf-8", "csv", "客户.csv")
    assert body["mapping"] == {"name": "客户名称", "code": "Code", "arr": "ARR"}
    assert [(c["name"], c["field"]) for c in body["columns"]] == [("客户名称", "name"), ("Code", "code"), ("ARR", "arr")]
    assert admin.get(f"/api/v1/jobs/{body['id']}").json()["kind"] == "import"
    make_worker(platform).run_until_idle()
    done = admin.get(f"/api/v1/imports/{body['id']}", headers={"Accept-Language": "zh-CN"}).json()
    assert (done["state"], done["progress"]["done"]) == ("done", 4)
    assert {k: done["result"][k] for k in ("rows", "created", "updated", "unchanged", "skipped", "refused")} == {
        "rows": 4, "created": 2, "updated": 0, "unchanged": 0, "skipped": 0, "refused": 2,
    }  # fmt: skip
    assert [(p["row"], p["errors"][0]["path"], p["errors"][0]["code"]) for p in done["problems"]] == [(4, "/code", "not_unique"), (5, "/name", "required")]
    assert "缺少" in done["problems"][1]["errors"][0]["message"]
    errors = admin.get(f"/api/v1/imports/{body['id']}/errors.csv")
    assert errors.headers["content-type"].startswith("text/csv")
    assert errors.text.startswith("\ufeff客户名称,Code,ARR,row,errors\r\n")
    mended = errors.text.replace("Cy,C1", "Cy,C3").replace("\n,C4", "\nDi,C4")
    assert run(platform, admin, mended, "errors.csv")["result"]["created"] == 2
    assert {r["name"] for r in admin.get("/api/v1/records/customer").json()["records"]} == {"云帆", "Bo", "Cy", "Di"}


def test_a_dry_run_writes_nothing_and_an_undo_takes_all_back_once(platform: Platform, admin: TestClient) -> None:
    tried = run(platform, admin, dry_run=True)
    assert (tried["dry_run"], tried["result"]["created"], tried["result"]["refused"]) == (True, 2, 2)
    assert admin.get("/api/v1/records/customer").json()["records"] == []
    assert codes(admin.post(f"/api/v1/imports/{tried['id']}/undo")) == [("", "conflict")]
    done = run(platform, admin, mode="upsert", match_on="code", mapping={"name": "客户名称", "code": "Code", "arr": "number(arr) * 2"})
    assert (done["result"]["created"], done["result"]["updated"]) == (2, 1)
    assert {r["name"]: r["arr"] for r in admin.get("/api/v1/records/customer").json()["records"]} == {"Cy": 2, "Bo": None}
    undone = admin.post(f"/api/v1/imports/{done['id']}/undo")
    assert (undone.status_code, undone.json()) == (200, {"deleted": 2, "restored": 0})
    assert admin.get("/api/v1/records/customer").json()["records"] == []
    again = admin.post(f"/api/v1/imports/{done['id']}/undo", headers={"Accept-Language": "zh"})
    assert (again.status_code, codes(again)) == (409, [("", "conflict")])
    assert "已被撤销" in again.json()["errors"][0]["message"]
    assert admin.get(f"/api/v1/imports/{done['id']}").json()["undone_at"]


def test_stopping_writes_nothing_and_says_why(platform: Platform, admin: TestClient) -> None:
    failed = run(platform, admin, on_error="stop")
    assert (failed["state"], failed["errors"][0]["code"]) == ("failed", "refused")
    assert len(failed["problems"]) == 2
    assert admin.get(f"/api/v1/imports/{failed['id']}/errors.csv").text.startswith("\ufeff客户名称,Code,ARR,row,errors")
    assert admin.get("/api/v1/records/customer").json()["records"] == []


def test_the_same_key_starts_one_import(platform: Platform, admin: TestClient) -> None:
    key = {"Idempotency-Key": "one"}
    first, second = send(admin, headers=key), send(admin, headers=key)
    assert first.json()["id"] == second.json()["id"]
    assert send(admin, "name\nx\n", headers=key).status_code == 422
    make_worker(platform).run_until_idle()
    assert len(admin.get("/api/v1/records/customer").json()["records"]) == 2


def test_rights_hold(platform: Platform, caller: Caller) -> None:
    looker, importer, other = caller("l@x.cn", "looker"), caller("i@x.cn", "importer"), caller("o@x.cn", "importer")
    assert codes(send(looker)) == [("", "forbidden")]
    assert send(caller("n@x.cn")).status_code == 404
    assert codes(send(importer, "name,margin,phone\nx,1,2\n", mapping={"name": "name", "margin": "margin", "phone": "phone", "doubled": "margin"})) == [
        ("/mapping/margin", "unknown_field"), ("/mapping/phone", "read_only"),
    ]  # fmt: skip
    assert codes(send(importer, mapping={"name": "客户名称", "doubled": "ARR"})) == [("/mapping/doubled", "read_only")]
    assert codes(send(importer, mapping={"name": "nothing_like_it"})) == [("/mapping/name", "unknown_name")]
    done = run(platform, importer, "name,arr\nsmall,1\nlarge,2000\n")
    assert (done["result"]["created"], done["result"]["refused"]) == (1, 1)
    assert done["problems"][0]["errors"][0]["code"] == "forbidden"
    for path in ("", "/errors.csv"):
        assert other.get(f"/api/v1/imports/{done['id']}{path}").status_code == 404
    assert other.post(f"/api/v1/imports/{done['id']}/undo").status_code == 404
    assert codes(importer.post(f"/api/v1/imports/{done['id']}/undo")) == [("", "forbidden")]
    assert [r["name"] for r in importer.get("/api/v1/records/customer").json()["records"]] == ["small"]


def bomb() -> bytes:
    """A workbook whose sheet unpacks to two gigabytes of blanks."""
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(1_100):
                sheet.write(b" " * 1_000_000)
    return to.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"%PDF-1.7 and so on"), ("a.csv", b""), ("a.csv", bytes(range(256)) * 40), ("a.csv", b"<html><table></table></html>"),
        ("a.xlsx", b"PK\x03\x04 no workbook"), ("a.csv", b"column\n1\n"), ("a.json", b'[{"name": "x"}]'),
    ],
)
def test_what_is_no_table_is_refused_at_once_in_both_languages(platform: Platform, admin: TestClient, name: str, content: bytes) -> None:
    answers = [send(admin, content, name, headers={"Accept-Language": language}) for language in ("en", "zh")]
    assert [a.status_code for a in answers] == [422, 422]
    english, chinese = (a.json()["errors"][0] for a in answers)
    assert english["path"] in ("/file", "/mapping")
    assert english["message"] != chinese["message"]
    assert english["hint"] != chinese["hint"]
    assert admin.get("/api/v1/jobs?kind=import").json()["jobs"] == []


def test_what_cannot_be_ordered_is_refused(admin: TestClient) -> None:
    assert codes(send(admin, mode="replace")) == [("/mode", "bad_choice")]
    assert codes(send(admin, mode="upsert")) == [("/match_on", "required")]
    assert codes(send(admin, match_on="name")) == [("/match_on", "bad_choice")]
    assert codes(send(admin, mapping="{")) == [("/mapping", "bad_format")]
    assert codes(send(admin, dry_run="maybe")) == [("/dry_run", "bad_choice")]
    assert codes(send(admin, sheet="1")) == [("/sheet", "unknown_field")]
    assert send(admin, entity="nothing").status_code == 404
    assert codes(admin.post("/api/v1/imports", data={"entity": "customer"}, files={"other": ("a.csv", b"x")})) == [("/file", "required")]
    for path in ("/api/v1/imports/x", f"/api/v1/imports/{'0' * 36}"):
        assert admin.get(path).status_code == 404


@pytest.fixture
def live(api: FastAPI, admin: TestClient) -> Iterator[httpx.Client]:
    """A client of a server with sockets and threads."""
    server = uvicorn.Server(uvicorn.Config(api, host="127.0.0.1", port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=dict(admin.headers), timeout=60) as client:
        yield client
    server.should_exit = True
    thread.join(10)


def test_others_are_answered_while_a_bomb_is_looked_at(live: httpx.Client) -> None:
    answers: list[Any] = []
    content = bomb()
    thread = threading.Thread(target=lambda: answers.append(send(live, content, "bomb.xlsx")))
    thread.start()
    asked = 0
    while thread.is_alive() or not asked:
        assert live.get("/api/v1/records/customer").status_code == 200
        asked += 1
    thread.join()
    assert answers[0].status_code in (413, 422), answers[0].text
    assert answers[0].json()["errors"][0]["path"] == "/file"
    assert live.get("/api/v1/jobs?kind=import").json()["jobs"] == []

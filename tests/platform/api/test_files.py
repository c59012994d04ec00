from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tenon.platform.workspace import Platform
from tests.platform.api.conftest import Caller, codes

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.mark.usefixtures("release")
def test_a_file_is_seen_by_who_sees_a_record_that_holds_it(caller: Caller, admin: TestClient) -> None:
    sam, tom = caller("sam@tenon.example", "sales"), caller("tom@tenon.example", "sales")
    sent = sam.post("/api/v1/files", files={"file": ("../合同\r\n.txt", b"signed", "text/html")})
    assert sent.status_code == 201
    kept = sent.json()
    assert (kept["size"], kept["type"], kept["url"]) == (6, "text/plain", sent.headers["location"])
    assert sam.get(kept["url"]).content == b"signed"
    assert tom.get(kept["url"]).status_code == 404
    made = sam.post("/api/v1/records/customer", json={"name": "Ada", "contract": kept["id"]})
    assert made.status_code == 201
    assert made.json()["contract"]["id"] == kept["id"]
    assert tom.get(kept["url"]).status_code == 404
    got = admin.get(kept["url"])
    assert got.content == b"signed"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
    # The other salesperson sees active customers too, but not the field that holds the file.
    admin.patch(f"/api/v1/records/customer/{made.json()['id']}", json={"stage": "active"})
    assert tom.get(f"/api/v1/records/customer/{made.json()['id']}").status_code == 200
    assert tom.get(kept["url"]).status_code == 404
    moved = admin.patch(f"/api/v1/records/customer/{made.json()['id']}", json={"owner": vars(tom)["user_id"]})
    assert moved.status_code == 200
    assert tom.get(kept["url"]).content == b"signed"


def test_pictures_open_in_the_browser(admin: TestClient) -> None:
    kept = admin.post("/api/v1/files", files={"file": ("a.png", PNG, "image/png")}).json()
    got = admin.get(kept["url"])
    assert (got.headers["content-type"], got.headers["content-disposition"].split(";")[0]) == ("image/png", "inline")


def test_what_is_no_upload_is_refused(admin: TestClient, client: TestClient) -> None:
    assert client.post("/api/v1/files", files={"file": ("a", b"x")}).status_code == 401
    json = admin.post("/api/v1/files", json={"file": {"path": "/etc/hostname"}})
    assert (json.status_code, codes(json)) == (415, [("", "bad_format")])
    missing = admin.post("/api/v1/files", files={"other": ("a", b"x")})
    assert (missing.status_code, codes(missing)) == (422, [("/file", "required")])
    more = admin.post("/api/v1/files", files={"file": ("a", b"x")}, data={"entity": "customer"})
    assert codes(more) == [("/entity", "unknown_field")]
    broken = admin.post("/api/v1/files", content=b"--x", headers={"Content-Type": "multipart/form-data"})
    assert (broken.status_code, codes(broken)) == (400, [("", "bad_format")])
    assert admin.get("/api/v1/files/01890000-0000-7000-8000-000000000000").status_code == 404


def test_large_files_end_where_the_limit_is(admin: TestClient, platform: Platform) -> None:
    object.__setattr__(platform.settings, "max_file_mb", 1)
    large = admin.post("/api/v1/files", files={"file": ("a", b"x" * (1 << 20) + b"x")}, headers={"Accept-Language": "zh"})
    assert large.status_code == 413
    assert large.json()["title"] == "内容过大"


def test_an_upload_under_a_key_happens_once(admin: TestClient) -> None:
    headers = {"Idempotency-Key": "f1"}
    first = admin.post("/api/v1/files", files={"file": ("a", b"x")}, headers=headers)
    again = admin.post("/api/v1/files", files={"file": ("a", b"x")}, headers=headers)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert admin.post("/api/v1/files", files={"file": ("a", b"y")}, headers=headers).status_code == 422

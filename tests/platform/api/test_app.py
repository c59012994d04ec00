from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from tenon.engine.outside import fake_outside
from tenon.platform.api.app import create_api, routes_of
from tenon.platform.boot import start
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import BASE, Caller, codes, settings_of

PUBLIC = {
    ("POST", "/api/v1/session"), ("POST", "/api/v1/session/reset"), ("POST", "/api/v1/session/invitation"),
    ("POST", "/api/v1/session/setup"), ("GET", "/enter/{token}"), ("POST", "/hooks/{token}"), ("GET", "/healthz"), ("GET", "/readyz"),
}


def test_every_call_but_the_public_ones_needs_credentials(client: TestClient, api: FastAPI) -> None:
    asked = 0
    for method, path, _ in routes_of(api):
        if (method, path) in PUBLIC:
            continue
        for shape in ("", "?/hooks/trigger", ";.css"):
            url = path.replace("{id}", "01890000-0000-7000-8000-000000000000").replace("{", "").replace("}", "") + shape
            answer = client.request(method, url, headers={"X-Forwarded-For": "203.0.113.9"} if path == "/metrics" else {})
            assert answer.status_code in (400, 401, 404, 405), (method, url, answer.text)
            if not shape:
                assert (answer.status_code, codes(answer)) == (401, [("", "forbidden")]), (method, url, answer.text)
        asked += 1
    assert asked > 40


def test_addresses_and_methods_that_are_not_there(client: TestClient, admin: TestClient) -> None:
    for path in ("/api/v1/nothing", "/nothing", "/docs", "/redoc", "/openapi.json", "/api/v1/users/", "/api/v1/users/%00"):
        answer = client.get(path)
        assert (answer.status_code, codes(answer)) == (404, [("", "no_such_record")])
    wrong = client.put("/api/v1/users", headers={"Accept-Language": "zh-CN,en;q=0.5"})
    assert (wrong.status_code, codes(wrong)) == (405, [("", "refused")])
    assert wrong.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert wrong.json()["title"] == "此处不支持该方法"
    options = client.options("/api/v1/users")
    assert (options.status_code, options.headers["allow"], options.content) == (204, "GET, HEAD, OPTIONS, POST", b"")
    assert "access-control-allow-origin" not in client.options("/api/v1/users", headers={"Origin": "https://evil.test"}).headers
    head = admin.head("/api/v1/users")
    assert (head.status_code, head.content) == (200, b"")
    assert codes(client.get("/api/v1/users?search=%00")) == [("", "bad_format")]


def test_every_answer_carries_the_headers(client: TestClient, admin: TestClient) -> None:
    for answer in (client.get("/healthz"), client.get("/api/v1/nothing"), admin.get("/api/v1/users"), client.put("/api/v1/users")):
        for name, value in {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"}.items():
            assert answer.headers[name] == value
        assert len(answer.headers["x-request-id"]) == 36
        assert "strict-transport-security" not in answer.headers
    assert admin.get("/api/v1/users").headers["cache-control"] == "no-store"
    assert admin.get("/api/v1/users").headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    page = client.get("/nothing").headers["content-security-policy"]
    assert page.startswith("default-src 'self'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in page


def test_only_known_hosts_are_answered(api: FastAPI) -> None:
    for host, status in (("tenon.test", 200), ("localhost:8000", 200), ("127.0.0.1", 200), ("[::1]:8000", 200), ("192.168.1.5", 200),
                         ("evil.test", 400), ("tenon.test.evil.test", 400), ("", 400), ("tenon.test@evil.test", 400)):
        with TestClient(api, base_url=BASE) as client:
            answer = client.get("/api/v1/nothing", headers={"Host": host})
            assert answer.status_code == (404 if status == 200 else 400), host
            assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_the_unexpected_is_answered_without_details(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    app = create_api(platform)
    broken = APIRouter()

    @broken.get("/api/v1/broken")
    def fail() -> None:
        raise RuntimeError("secret-detail")

    app.include_router(broken)
    with TestClient(app, base_url=BASE) as client:
        answer = client.get("/api/v1/broken", headers={"Accept-Language": "zh"})
    assert (answer.status_code, codes(answer)) == (500, [("", "failed")])
    assert "secret-detail" not in answer.text
    assert answer.json()["title"] == "服务器内部错误"
    number = answer.headers["x-request-id"]
    assert number in answer.json()["detail"]
    assert number in caplog.text
    assert "secret-detail" in caplog.text


def test_bodies_end_where_the_limit_is(platform: Platform, tmp_path: Path, moment: Any) -> None:
    small = start(settings_of(tmp_path, platform.database, max_body_mb=1, max_file_mb=1), platform.database, fake_outside(moment))
    with TestClient(create_api(small), base_url=BASE) as client:
        large = client.post("/api/v1/session", content=b'{"email": "' + b"x" * (1 << 20) + b'"}', headers={"Content-Type": "application/json"})
        assert (large.status_code, codes(large)) == (413, [("", "too_long")])
        chunks = (b"x" * 100_000 for _ in range(20))
        streamed = client.post("/api/v1/session", content=chunks, headers={"Content-Type": "application/json"})
        assert (streamed.status_code, codes(streamed)) == (413, [("", "too_long")])
        deep = client.post("/api/v1/session", content=b"[" * 200_000, headers={"Content-Type": "application/json"})
        assert deep.status_code == 400


def test_form_files_end_where_the_limit_is(platform: Platform, admin: TestClient, tmp_path: Path, moment: Any) -> None:
    small = start(settings_of(tmp_path, platform.database, max_file_mb=1), platform.database, fake_outside(moment))
    with TestClient(create_api(small), base_url=BASE, headers=admin.headers) as client:
        large = client.post("/api/v1/files", files={"file": ("a", b"x" * (3 << 20))})
        assert (large.status_code, codes(large)) == (413, [("", "too_long")])
        many = client.post("/api/v1/files", data={f"f{i}": "x" for i in range(2_000)}, files={"file": ("a", b"x")})
        assert many.status_code == 400


def test_a_post_under_a_key_acts_once(admin: TestClient, caller: Caller) -> None:
    headers = {"Idempotency-Key": "u1"}
    body = {"name": "North"}
    first = admin.post("/api/v1/units", json=body, headers=headers)
    again = admin.post("/api/v1/units", json=body, headers=headers)
    assert (again.status_code, again.json(), again.headers["location"]) == (201, first.json(), first.headers["location"])
    assert len(admin.get("/api/v1/units").json()["units"]) == 1
    other = admin.post("/api/v1/units", json={"name": "South"}, headers={**headers, "Accept-Language": "zh"})
    assert (other.status_code, codes(other)) == (422, [("", "conflict")])
    assert "已用于另一个请求" in other.json()["detail"]
    wrong = admin.post("/api/v1/units", json={"name": ""}, headers={"Idempotency-Key": "u2"})
    assert wrong.status_code == 422
    assert admin.post("/api/v1/units", json={"name": "East"}, headers={"Idempotency-Key": "u2"}).status_code == 201
    root = caller("second@tenon.example", "admin")
    assert root.post("/api/v1/units", json=body, headers=headers).json()["id"] != first.json()["id"]
    assert codes(admin.post("/api/v1/units", json=body, headers={"Idempotency-Key": "x" * 256})) == [("", "bad_format")]


@pytest.mark.usefixtures("release")
def test_a_record_under_a_key_is_made_once(admin: TestClient) -> None:
    headers = {"Idempotency-Key": "r1"}
    first = admin.post("/api/v1/records/customer", json={"name": "Ada", "arr": 12.5}, headers=headers)
    again = admin.post("/api/v1/records/customer", json={"name": "Ada", "arr": 12.5}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert len(admin.get("/api/v1/records/customer").json()["records"]) == 1


def test_refusals_of_json_and_of_values_speak_chinese_throughout(admin: TestClient) -> None:
    zh = {"Accept-Language": "zh", "Content-Type": "application/json"}
    for body, told in ((b'{"entity": 1,}', "末尾有多余的逗号（第 1 行第 13 列）"), (b"{", "内容不完整"), (b'{"a": "\xff"}', "不是有效的 UTF-8 文本"), (b"[" * 2_000, "嵌套过深")):
        answer = admin.post("/api/v1/query", content=body, headers=zh)
        assert answer.status_code == 400
        assert told in answer.json()["errors"][0]["message"]
    asked = {"entity": "user", "limit": 0, "measures": [{"name": "n"}], "sort": "x", "group_by": [{"field": "a", "by": "hour"}], "more": 1}
    errors = {e["path"]: e["message"] for e in admin.post("/api/v1/query", json=asked, headers=zh).json()["errors"]}
    told = {"/limit": "不得小于 1", "/measures/0/expr": "缺少此项", "/sort": "应为列表", "/group_by/0/by": "须为 'day'", "/more": "此处不认识此项"}
    assert {path: told[path] in message for path, message in errors.items()} == dict.fromkeys(told, True)
    document = {"kind": "entity", "name": "thing", "fields": [{"name": "A b", "type": "text", "max_length": 0, "colour": 1}, {"type": "number"}], "icon": 5}
    refused = admin.put("/api/v1/metadata/entity/thing", json=document, headers=zh).json()["errors"]
    assert len(refused) >= 5
    assert all(any("\u4e00" <= c <= "\u9fff" for c in e["message"]) for e in refused)

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from tests.platform.api.conftest import Caller, codes
from tests.platform.test_profile import PNG


def upload(client: TestClient, content: bytes, name: str) -> str:
    found: str = client.post("/api/v1/files", files={"file": (name, content)}).json()["id"]
    return found


def test_everybody_reads_it_and_administrators_change_it(admin: TestClient, caller: Caller, client: TestClient) -> None:
    seller, builder = caller("sam@x.test", "sales"), caller("bo@x.test", "builder")
    before: dict[str, Any] = {"name": "Tenon", "language": "en", "timezone": "Asia/Shanghai", "logo": None}
    assert [each.get("/api/v1/workspace").json() for each in (admin, seller, builder)] == [before] * 3
    assert client.get("/api/v1/workspace").status_code == 401
    for each in (seller, builder):
        answer = each.patch("/api/v1/workspace", json={"name": "Mine"})
        assert (answer.status_code, codes(answer)) == (403, [("", "forbidden")])
    answer = admin.patch("/api/v1/workspace", json={"name": "Acme", "language": "zh"})
    assert (answer.status_code, answer.json()) == (200, {**before, "name": "Acme", "language": "zh"})
    assert seller.get("/api/v1/workspace").json() == answer.json()
    made = admin.post("/api/v1/users", json={"email": "new@x.test", "name": "New"})
    assert made.json()["language"] == "zh"
    assert admin.post("/api/v1/users", json={"email": "en@x.test", "name": "En", "language": "en"}).json()["language"] == "en"


def test_what_is_wrong_is_said_in_both_languages(admin: TestClient) -> None:
    wrong = {"name": "", "language": "fr"}
    answer = admin.patch("/api/v1/workspace", json=wrong)
    assert (answer.status_code, codes(answer)) == (422, [("/name", "required"), ("/language", "bad_choice")])
    chinese = admin.patch("/api/v1/workspace", json=wrong, headers={"Accept-Language": "zh"}).json()["errors"]
    assert [each["message"] for each in chinese] == ["工作区需要名称。", "没有该语言。"]
    zone = admin.patch("/api/v1/workspace", json={"timezone": "UTC"})
    assert codes(zone) == [("/timezone", "read_only")]
    assert "TENON_TIMEZONE" in zone.json()["errors"][0]["hint"]


def test_a_logo_is_a_picture_of_ones_own_up_to_512_kb(admin: TestClient, caller: Caller) -> None:
    logo = upload(admin, PNG, "logo.png")
    answer = admin.patch("/api/v1/workspace", json={"logo": logo})
    assert answer.json()["logo"] == {"id": logo, "name": "logo.png", "size": len(PNG), "type": "image/png", "url": f"/logo/{logo}"}
    foreign = upload(caller("sam@x.test", "sales"), PNG, "mine.png")
    for file, code in (
        (upload(admin, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.png"), "bad_format"), (upload(admin, b"GIF89a...", "logo.gif"), "bad_format"),
        (upload(admin, PNG + bytes(512 * 1024), "large.png"), "over_limit"), (foreign, "no_such_record"),
    ):  # fmt: skip
        assert codes(admin.patch("/api/v1/workspace", json={"logo": file})) == [("/logo", code)]
    assert admin.get("/api/v1/workspace").json()["logo"]["id"] == logo
    assert admin.patch("/api/v1/workspace", json={"logo": None}).json()["logo"] is None


def test_it_is_described(admin: TestClient) -> None:
    paths = admin.get("/api/v1/openapi.json").json()["paths"]["/api/v1/workspace"]
    body = paths["patch"]["requestBody"]["content"]["application/json"]["schema"]
    assert (set(paths), set(body["properties"])) == ({"get", "patch"}, {"name", "language", "logo"})

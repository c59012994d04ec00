"""One session for pages and API, whatever the workspace is reached by."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tenon.platform.boot import open_platform
from tenon.platform.settings import Settings
from tenon.server import build
from tests import world


@pytest.mark.parametrize(
    ("base_url", "cookie"), [("http://127.0.0.1:8000", "tenon_session"), ("https://127.0.0.1:8000", "__Host-tenon_session")]
)
def test_a_session_of_the_pages_is_one_of_the_api(tmp_path: Path, base_url: str, cookie: str) -> None:
    platform = open_platform(Settings.load({"TENON_HOME": str(tmp_path), "TENON_BASE_URL": base_url}))
    world.add_person(platform, "ann@example.com", "Ann Lee", ["admin"])
    with TestClient(build(platform), base_url=base_url, follow_redirects=False) as client:
        answer = client.post("/sign-in", data={"email": "ann@example.com", "password": world.PASSWORD})
        assert answer.status_code == 303
        sent = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(f"{cookie}="))
        assert ("Secure" in sent) == base_url.startswith("https")
        assert "HttpOnly" in sent
        known = client.get("/api/v1/session").json()
        assert known["user"]["name"] == "Ann Lee"
        assert client.post("/sign-out", headers={"X-CSRF-Token": known["csrf"]}).status_code == 303
        assert client.get("/api/v1/session").status_code == 401
        assert client.get("/").headers["location"] == "/sign-in"
    platform.close()


def test_what_is_no_page_is_answered_by_its_kind(tmp_path: Path) -> None:
    platform = open_platform(Settings.load({"TENON_HOME": str(tmp_path)}))
    with TestClient(build(platform)) as client:
        wrong = client.get("/api/v1/nothing", headers={"Host": "127.0.0.1"})
        assert (wrong.status_code, wrong.headers["content-type"]) == (404, "application/problem+json")
        page = client.get("/nothing", headers={"Host": "127.0.0.1"})
        assert (page.status_code, page.headers["content-type"].split(";")[0]) == (404, "text/html")
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    platform.close()

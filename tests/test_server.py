from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from tenon.engine.outside import fake_outside
from tenon.platform.boot import start
from tenon.platform.database import Database
from tenon.server import build
from tests.platform.api.conftest import BASE, settings_of

SERVE = """
import sys
from pathlib import Path
from tenon.platform.boot import open_platform
from tenon.platform.settings import Settings
from tenon.server import serve
platform = open_platform(Settings.load({"TENON_HOME": sys.argv[1]}, env_file=None))
serve(platform, "127.0.0.1", int(sys.argv[2]), on_ready=lambda: print("ready", flush=True))
"""


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_pages_stand_behind_the_api(database: Database, tmp_path: Path, moment: datetime) -> None:
    platform = start(settings_of(tmp_path, database), database, fake_outside(moment))
    with TestClient(build(platform), base_url=BASE, follow_redirects=False) as client:
        page = client.get("/sign-in")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert page.headers["content-security-policy"].startswith("default-src 'self'; script-src 'self'; style-src 'self';")
        assert len(page.headers["x-request-id"]) == 36
        assert client.get("/nothing").headers["content-type"].startswith("text/html")
        for method, path, status in (("GET", "/api/v1/nothing", 404), ("PUT", "/api/v1/users", 405), ("GET", "/api/v1/users", 401)):
            refused = client.request(method, path)
            assert (refused.status_code, refused.headers["content-type"]) == (status, "application/problem+json")
        assert client.get("/healthz").json() == {"ok": True}
        assert client.get("/sign-in", headers={"Host": "evil.test"}).status_code == 400
        assert 'route="/sign-in"' in "\n".join(client.app.state.traffic.lines())  # type: ignore[attr-defined]


def test_a_server_starts_works_and_ends_when_asked(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(tmp_path), str(port)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        base = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{base}/readyz").json()["ok"] is True
        assert "tenon_requests_total" in httpx.get(f"{base}/metrics").text
        assert "server" not in httpx.get(f"{base}/healthz").headers
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(timeout=30) in (0, -signal.SIGTERM)
    finally:
        process.kill()
        process.wait()

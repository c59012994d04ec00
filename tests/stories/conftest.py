"""A server with sockets, a worker and people, over a fresh database of each dialect."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from tenon.platform.boot import make_worker
from tenon.platform.database import Database
from tenon.platform.workspace import Platform
from tenon.server import build
from tests.platform.api.conftest import token_of
from tests.platform.people import add
from tests.shop import open_platform

Enter = Callable[..., httpx.Client]


@pytest.fixture
def platform(database: Database, tmp_path: Path, moment: datetime) -> Platform:
    """A platform whose clock stands still."""
    return open_platform(database, tmp_path, moment)


@pytest.fixture
def enter(platform: Platform) -> Iterator[Enter]:
    """Let people in: ``enter("a@b.example", "sales", language="zh")`` is a client of the live server with a token of a new person."""
    server = uvicorn.Server(uvicorn.Config(build(platform), host="127.0.0.1", port=0, log_level="error", access_log=False))
    threading.Thread(target=server.run, daemon=True).start()
    worker = make_worker(platform, pause=0.05)
    worker.start()
    while not server.started:
        time.sleep(0.01)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/api/v1"
    clients: list[httpx.Client] = []

    def come(email: str, *roles: str, language: str = "en") -> httpx.Client:
        token = token_of(platform, add(platform.database, email, list(roles)))
        clients.append(httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}", "Accept-Language": language}, timeout=60))
        return clients[-1]

    yield come
    for client in clients:
        client.close()
    worker.stop()
    server.should_exit = True


def wait_for(client: httpx.Client, job_id: str) -> dict[str, Any]:
    """Return a job that has ended."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        job: dict[str, Any] = client.get(f"/jobs/{job_id}").json()
        if job["state"] not in ("queued", "running"):
            return job
        time.sleep(0.05)
    raise AssertionError(f"the job {job_id} did not end")


def problems(answer: httpx.Response) -> list[tuple[str, str]]:
    """Return path and code of what an answer refuses."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return [(each["path"], each["code"]) for each in answer.json()["errors"]]

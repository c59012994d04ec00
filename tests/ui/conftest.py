"""A client of the pages over the backend in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.ui.fake_backend import FakeBackend
from tests.ui.look import build


@pytest.fixture
def backend() -> FakeBackend:
    """Two hundred customers."""
    return FakeBackend(200)


@pytest.fixture
def visitor(backend: FakeBackend) -> Iterator[TestClient]:
    """Somebody who is not signed in."""
    with TestClient(build(backend), base_url="http://tenon.test", follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def member(visitor: TestClient) -> TestClient:
    """Somebody signed in as an administrator."""
    visitor.get("/look-in")
    visitor.headers["X-CSRF-Token"] = "csrf-admin-1"
    return visitor

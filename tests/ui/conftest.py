"""A whole workspace of its own for every test, copied from one that is made once; and clients of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tenon.engine.apps import find_app
from tenon.engine.apps.install_job import put_install
from tenon.engine.context import Context, User
from tenon.engine.records import writing
from tenon.engine.records.stored import load
from tenon.platform import sessions
from tenon.platform.boot import make_worker, open_platform
from tenon.platform.workspace import Platform
from tenon.server import build
from tests import world

BASE = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Prepared:
    """A workspace on disk: its folder, an administrator, a seller, a waiting and a dead job, and the ids of its customers."""

    home: Path
    ann: User
    sam: User
    jobs: tuple[str, str]
    ids: list[str]


@dataclass(frozen=True)
class Site:
    """A running workspace: who and what is in it, and its application."""

    platform: Platform
    app: FastAPI
    ann: User
    sam: User
    jobs: tuple[str, str]
    ids: list[str]
    templates: Path

    def change(self, id: str, **values: object) -> None:
        """Change a customer as somebody else who may everything."""
        with self.platform.write() as uow:
            writing.change(uow, Context(self.sam, is_system=True), uow.model.get_entity("customer"), id, values)

    def stored(self, id: str) -> dict[str, Any] | None:
        """Return a customer as it is stored, None when it is not there or in the trash."""
        with self.platform.read() as uow:
            return load(uow, uow.model.get_entity("customer"), [id]).get(id)

    def sign_in(self, client: TestClient, user: User) -> None:
        """Give a client a session of a person."""
        with self.platform.write() as uow:
            token = sessions.begin(uow.connection, Context(None), user.id).token
        client.cookies.set("tenon_session", token)
        client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf"]


def install_fleet(site: Site) -> None:
    """Install the app that can be."""
    with site.platform.write() as uow:
        put_install(uow, Context(site.ann), [find_app("fleet", site.templates)])
    make_worker(site.platform).run_until_idle()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The workspace that every test gets a copy of."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    platform = world.open_world(home, BASE)
    ann = world.add_person(platform, "ann@example.com", "Ann Lee", ["admin", "builder"])
    sam = world.add_person(platform, "sam@example.com", "Sam Wu", ["seller"])
    ids = world.fill(platform, ann)
    made = Prepared(home, ann, sam, world.add_jobs(platform, ann), ids)
    platform.close()
    return made


@pytest.fixture
def site(prepared: Prepared, tmp_path: Path) -> Iterator[Site]:
    """A workspace with documents, people, records and an app that can be installed."""
    home = tmp_path / "home"
    shutil.copytree(prepared.home, home)
    platform = open_platform(world.settings_of(home, BASE))
    templates = world.write_app(tmp_path / "templates")
    app = build(platform, templates=templates)
    yield Site(platform, app, prepared.ann, prepared.sam, prepared.jobs, prepared.ids, templates)
    platform.close()


@pytest.fixture
def new_client(site: Site) -> Iterator[Callable[[User | None], TestClient]]:
    """Open a client of the workspace, signed in as somebody."""
    opened: list[TestClient] = []

    def make(user: User | None) -> TestClient:
        client = TestClient(site.app, base_url=BASE, follow_redirects=False, raise_server_exceptions=False)
        opened.append(client)
        if user is not None:
            site.sign_in(client, user)
        return client

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def visitor(new_client: Callable[[User | None], TestClient]) -> TestClient:
    """Somebody who is not signed in."""
    return new_client(None)


@pytest.fixture
def member(new_client: Callable[[User | None], TestClient], site: Site) -> TestClient:
    """Ann, an administrator."""
    return new_client(site.ann)


@pytest.fixture
def seller(new_client: Callable[[User | None], TestClient], site: Site) -> TestClient:
    """Sam, who sees only what is his."""
    return new_client(site.sam)

"""A workspace of each dialect with the documents of the browser tests, and the pages' backend over it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tenon.engine.context import Context, system_context
from tenon.engine.outside import fake_outside
from tenon.engine.releases import publish_documents
from tenon.platform.boot import start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tenon.ui.backend import make_backend
from tenon.ui.port import Backend
from tests.browser import world


@pytest.fixture
def platform(database: Database, tmp_path: Path, moment: datetime) -> Platform:
    """A workspace of each dialect with the documents of the browser tests."""
    settings = Settings.load({"TENON_HOME": str(tmp_path)})
    made = start(settings, database, fake_outside(moment))
    publish_documents(made.publisher, system_context(), world.DOCUMENTS, note="first")
    return made


@pytest.fixture
def backend(platform: Platform) -> Backend:
    return make_backend(platform)


@pytest.fixture
def ann(platform: Platform) -> Context:
    """An administrator."""
    return Context(world.add_person(platform, "ann@example.com", "Ann Lee", ["admin"]))

"""A workspace of each dialect with the documents of the browser tests, and an administrator."""

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
from tests import world
from tests.ui.backend.person import Person


@pytest.fixture
def platform(database: Database, tmp_path: Path, moment: datetime) -> Platform:
    """A workspace of each dialect with the documents of the browser tests."""
    settings = Settings.load({"TENON_HOME": str(tmp_path)})
    made = start(settings, database, fake_outside(moment))
    publish_documents(made.publisher, system_context(), world.DOCUMENTS, note="first")
    return made


@pytest.fixture
def ann(platform: Platform) -> Person:
    """An administrator."""
    return Person(platform, Context(world.add_person(platform, "ann@example.com", "Ann Lee", ["admin"])))

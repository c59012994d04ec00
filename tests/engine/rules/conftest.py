"""The app core on a fresh database of each dialect."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tenon.engine.apps import find_app, install
from tenon.engine.outside import fake_outside
from tenon.platform.boot import start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tests.engine.rules.world import SYSTEM, Rules
from tests.filling import MOMENT, Filling


def _open(database: Database, home: Path, moment: datetime) -> Rules:
    return Rules(start(Settings.load({"TENON_HOME": str(home), "TENON_TIMEZONE": "Asia/Shanghai"}), database, fake_outside(moment)))


def _install(database: Database, home: Path) -> None:
    install(_open(database, home, MOMENT).platform.publisher, SYSTEM, find_app("core"))


@pytest.fixture
def filling() -> Filling:
    """The app core."""
    return Filling("core", _install)


@pytest.fixture
def w(database: Database, tmp_path: Path, moment: datetime) -> Rules:
    """The workspace; its clock moves only when told."""
    return _open(database, tmp_path, moment)

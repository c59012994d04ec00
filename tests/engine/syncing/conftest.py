"""A workspace with customers, and another system beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tenon.platform.database import Database
from tests.engine.syncing.far_side import FarSide, serving
from tests.engine.syncing.world import CUSTOMER, World, make_client, make_platform
from tests.filling import MOMENT, Filling
from tests.shop import Shop


def _publish(database: Database, home: Path) -> None:
    Shop(make_platform(database, home, MOMENT), [CUSTOMER])


@pytest.fixture
def filling() -> Filling:
    """The customers, published once."""
    return Filling("synced", _publish)


@pytest.fixture
def far() -> Iterator[FarSide]:
    """The other system."""
    with serving() as found:
        yield found


@pytest.fixture
def world(database: Database, tmp_path: Path, moment: datetime, far: FarSide) -> Iterator[World]:
    """The workspace, called by an administrator."""
    platform = make_platform(database, tmp_path, moment)
    with make_client(platform, "root@tenon.example", "admin") as client:
        yield World(platform, client, far)

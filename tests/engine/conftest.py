"""The shop on a platform over a fresh database of each dialect."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tenon.platform.database import Database
from tenon.platform.workspace import Platform
from tests.filling import Filling
from tests.shop import SHOP_FILLING, Shop, open_platform


@pytest.fixture
def filling(request: pytest.FixtureRequest) -> Filling | None:
    """The documents of the shop for the tests in it."""
    return SHOP_FILLING if "shop" in request.fixturenames else None


@pytest.fixture
def platform(database: Database, tmp_path: Path, moment: datetime) -> Platform:
    """A platform whose clock stands still and whose mail and files stay in memory."""
    return open_platform(database, tmp_path, moment)


@pytest.fixture
def shop(platform: Platform) -> Shop:
    """The shop, without records."""
    return Shop(platform)

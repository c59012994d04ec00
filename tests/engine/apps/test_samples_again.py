"""An app that was removed and installed again: its sample records came back with it and are not there twice, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from tenon.engine.apps import install_all, read_package, uninstall
from tenon.platform.boot import make_worker
from tenon.platform.database import Database
from tests.engine.apps.packages import zipped
from tests.engine.apps.test_sample_records import SHOP, Shop


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Iterator[Shop]:
    made = Shop(database, tmp_path)
    yield made
    made.client.close()


def again(shop: Shop) -> None:
    """Install the app once more, samples wanted."""
    install_all(shop.platform.publisher, shop.ann, read_package(zipped(SHOP)), demo_data=True)
    make_worker(shop.platform).run_until_idle()


@pytest.mark.parametrize("data", ["keep", "archive", "remove"])
def test_what_came_back_is_not_loaded_again(shop: Shop, data: Literal["keep", "archive", "remove"]) -> None:
    shop.load(SHOP)
    shop.edit("client", "Birch", name="Birch and Sons")
    before = shop.everything()
    uninstall(shop.platform.publisher, shop.ann, "shop", data)
    again(shop)
    if data == "remove":
        assert shop.names("client") == ["Alder", "Birch", "Cedar"]
        assert shop.everything()[1:] == before[1:]
    else:
        assert shop.everything() == before

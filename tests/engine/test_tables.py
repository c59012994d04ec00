"""The tables of a release under many hands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tenon.engine.tables import Tables
from tests.shop import Shop

HANDS = 8


@pytest.fixture
def hasty() -> Iterator[None]:
    """Let threads change places as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty")
def test_a_table_is_made_once_however_many_ask_for_it_first(shop: Shop) -> None:
    with shop.platform.read() as uow:
        model = uow.model
    entity = model.get_entity("customer")
    for _ in range(60):
        tables, start = Tables(model, "sqlite"), Barrier(HANDS)

        def ask(tables: Tables = tables, start: Barrier = start) -> object:
            start.wait()
            return tables.of(entity)

        with ThreadPoolExecutor(HANDS) as threads:
            made = {id(table.result()) for table in [threads.submit(ask) for _ in range(HANDS)]}
        assert len(made) == 1

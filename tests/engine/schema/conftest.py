"""A history of an entity's shapes over one transaction that may change tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.engine.schema.models import History


@pytest.fixture
def connection(database: Any) -> Iterator[Connection]:
    with database.ddl() as found:
        yield found


@pytest.fixture
def history(connection: Connection) -> History:
    return History(connection)

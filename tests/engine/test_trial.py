"""A trial: what is written goes into tables of its own, the stored ones cannot be written, and nothing is left."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from tenon.engine.people import units
from tenon.engine.store import metadata
from tenon.engine.trial import shadow
from tenon.platform.database import Database


@pytest.fixture
def stored(database: Database, moment: object) -> Database:
    """A database with one unit."""
    with database.write() as connection:
        connection.execute(insert(units), {"id": "a", "name": "Stored", "created_at": moment})
    return database


def test_what_is_written_goes_before_what_is_stored_and_is_gone_afterwards(stored: Database, moment: object) -> None:
    for _ in range(2):
        with stored.trial() as connection:
            shadow(connection, metadata.sorted_tables)
            assert connection.execute(select(units.c.name)).all() == []
            connection.execute(insert(units), {"id": "b", "name": "Tried", "created_at": moment})
            assert connection.execute(select(units.c.name)).scalars().all() == ["Tried"]
            with stored.write() as other:  # nobody waits for a trial
                other.execute(update(units).values(name="Changed"))
            assert connection.execute(select(units.c.name)).scalars().all() == ["Tried"]
    with stored.read() as connection:
        assert connection.execute(select(units.c.name)).scalars().all() == ["Changed"]


@pytest.mark.parametrize("verb", ["insert", "update", "delete"])
def test_a_stored_table_cannot_be_written(stored: Database, moment: object, verb: str) -> None:
    statements = {
        "insert": insert(units).values(id="b", name="B", created_at=moment), "update": update(units).values(name="B"), "delete": delete(units),
    }  # fmt: skip
    others = [t for t in metadata.sorted_tables if t.name == "tenon_release"]
    with pytest.raises(DBAPIError), stored.trial() as connection:
        shadow(connection, others)
        assert connection.execute(select(units.c.name)).scalars().all() == ["Stored"]
        connection.execute(statements[verb])
    with stored.read() as connection:
        assert connection.execute(select(units.c.name)).scalars().all() == ["Stored"]

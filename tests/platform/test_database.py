from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from tenon.platform.database import Database


def test_a_write_is_seen_and_a_failed_one_is_not(database: Database) -> None:
    with database.ddl() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a INTEGER)")
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (2)")
        raise ZeroDivisionError
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT a FROM t").scalars().all() == [1]


def test_reading_refuses_to_write(database: Database) -> None:
    with database.ddl() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a INTEGER)")
    with pytest.raises(DBAPIError), database.read() as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")

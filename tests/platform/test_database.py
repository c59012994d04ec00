from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from tenon.metamodel.errors import Invalid, Unavailable
from tenon.platform import database as module
from tenon.platform.database import Database
from tests.postgres import Server

Maker = Callable[..., Database]


@pytest.fixture
def numbers(database: Database) -> Database:
    """A database with a parent table, a child table and one row in each."""
    with database.ddl() as connection:
        connection.exec_driver_sql("CREATE TABLE parent (a INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE child (a INTEGER REFERENCES parent (a) ON DELETE CASCADE)")
        connection.exec_driver_sql("INSERT INTO parent VALUES (1)")
        connection.exec_driver_sql("INSERT INTO child VALUES (1)")
    return database


def rows(database: Database, table: str = "parent") -> list[int]:
    with database.read() as connection:
        return list(connection.exec_driver_sql(f"SELECT a FROM {table} ORDER BY a").scalars())


def test_a_write_is_seen_and_a_failed_one_is_not(numbers: Database) -> None:
    with numbers.write() as connection:
        connection.exec_driver_sql("INSERT INTO parent VALUES (2)")
    with pytest.raises(ZeroDivisionError), numbers.write() as connection:
        connection.exec_driver_sql("INSERT INTO parent VALUES (3)")
        raise ZeroDivisionError
    assert rows(numbers) == [1, 2]


def test_reading_refuses_to_write(numbers: Database) -> None:
    with pytest.raises(DBAPIError), numbers.read() as connection:
        connection.exec_driver_sql("INSERT INTO parent VALUES (2)")
    assert rows(numbers) == [1]


def test_a_read_keeps_its_snapshot(numbers: Database) -> None:
    with numbers.read() as reader:
        before = reader.exec_driver_sql("SELECT count(*) FROM parent").scalar()
        with numbers.write() as writer:
            writer.exec_driver_sql("INSERT INTO parent VALUES (2)")
        assert reader.exec_driver_sql("SELECT count(*) FROM parent").scalar() == before
    assert rows(numbers) == [1, 2]


def test_a_failed_change_of_tables_leaves_nothing(numbers: Database) -> None:
    with pytest.raises(ZeroDivisionError), numbers.ddl() as connection:
        connection.exec_driver_sql("ALTER TABLE parent ADD COLUMN b INTEGER")
        connection.exec_driver_sql("CREATE TABLE other (a INTEGER)")
        raise ZeroDivisionError
    with numbers.ddl() as connection:
        connection.exec_driver_sql("ALTER TABLE parent ADD COLUMN b INTEGER")
        connection.exec_driver_sql("CREATE TABLE other (a INTEGER)")


def test_writes_keep_references_whole(numbers: Database) -> None:
    with pytest.raises(DBAPIError), numbers.write() as connection:
        connection.exec_driver_sql("INSERT INTO child VALUES (9)")


def test_writers_take_turns(numbers: Database) -> None:
    def work() -> None:
        for _ in range(10):
            with numbers.write() as connection:
                value = connection.exec_driver_sql("SELECT max(a) FROM parent").scalar()
                connection.exec_driver_sql(f"UPDATE parent SET a = {value} WHERE a = {value}")
                connection.exec_driver_sql("INSERT INTO child VALUES (1)")

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows(numbers, "child")) == 61


def test_others_write_while_a_snapshot_is_staged(numbers: Database) -> None:
    with numbers.staging() as snapshot:
        with snapshot() as staging:
            if numbers.dialect == "sqlite":
                staging.exec_driver_sql("CREATE TEMPORARY TABLE staged AS SELECT a FROM parent")
            assert staging.exec_driver_sql("SELECT count(*) FROM parent").scalar() == 1
            other = threading.Thread(target=_add, args=(numbers, 2))
            other.start()
            other.join(10)
            assert staging.exec_driver_sql("SELECT count(*) FROM parent").scalar() == 1
        with numbers.write() as connection:
            if numbers.dialect == "sqlite":
                connection.exec_driver_sql("INSERT INTO parent SELECT a + 10 FROM staged")
        assert rows(numbers) == ([1, 2, 11] if numbers.dialect == "sqlite" else [1, 2])
    with pytest.raises(DBAPIError), numbers.write() as connection:
        connection.exec_driver_sql("SELECT * FROM staged")


def _add(database: Database, number: int) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(f"INSERT INTO parent VALUES ({number})")


def test_an_address_that_is_none_is_refused_without_its_password() -> None:
    for url in ("nothing", "mysql://root:hunter2@host/x", "sqlite://", "sqlite:///:memory:"):
        with pytest.raises(Invalid) as caught:
            Database(url)
        assert "hunter2" not in str(caught.value.to_json("zh"))
    assert "hunter2" not in repr(Database("postgresql://root:hunter2@host/x"))


def test_a_server_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"postgresql://tenon:hunter2@/x?host={tmp_path}")
    with pytest.raises(Unavailable) as caught, database.read():
        pass
    assert "hunter2" not in str(caught.value.to_json("en"))


def test_a_new_file_is_private(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'new' / 'tenon.db'}")
    assert (tmp_path / "new" / "tenon.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
class TestSqlite:
    def test_a_rebuilt_parent_keeps_its_children(self, numbers: Database) -> None:
        with numbers.ddl() as connection:
            connection.exec_driver_sql("CREATE TABLE fresh (a INTEGER PRIMARY KEY, b TEXT)")
            connection.exec_driver_sql("INSERT INTO fresh (a) SELECT a FROM parent")
            connection.exec_driver_sql("DROP TABLE parent")
            connection.exec_driver_sql("ALTER TABLE fresh RENAME TO parent")
        assert rows(numbers, "child") == [1]
        with pytest.raises(DBAPIError), numbers.write() as connection:
            connection.exec_driver_sql("INSERT INTO child VALUES (9)")

    def test_a_change_that_breaks_references_is_undone(self, numbers: Database) -> None:
        with pytest.raises(RuntimeError, match="child -> parent"), numbers.ddl() as connection:
            connection.exec_driver_sql("DELETE FROM parent")
        assert rows(numbers) == [1]

    def test_a_lock_held_elsewhere_is_unavailable(self, numbers: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
        hasty = Database(str(numbers.url))
        other = sqlite3.connect(str(numbers.path), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable) as caught, hasty.write():
            pass
        assert caught.value.headers["Retry-After"]
        assert rows(hasty) == [1]
        other.close()

    def test_writing_inside_a_write_is_a_programming_error(self, numbers: Database) -> None:
        with numbers.write(), pytest.raises(RuntimeError, match="pass its connection down"), numbers.write():
            pass
        with numbers.write() as connection:
            connection.exec_driver_sql("INSERT INTO parent VALUES (2)")

    def test_functions_are_there_on_every_connection(self, numbers: Database) -> None:
        def hook(raw: Any) -> None:
            raw.create_function("twice", 1, lambda value: value * 2, deterministic=True)

        assert rows(numbers) == [1]
        numbers.register_sqlite(hook)
        for opened in (numbers.read, numbers.write, numbers.ddl):
            with opened() as connection:
                assert connection.exec_driver_sql("SELECT twice(21)").scalar() == 42

    def test_a_copy_is_whole_while_others_write(self, numbers: Database, tmp_path: Path) -> None:
        with numbers.write() as connection:
            connection.exec_driver_sql("INSERT INTO parent VALUES (2)")
            numbers.snapshot_copy(tmp_path / "copy.db")
        copy = Database(f"sqlite:///{tmp_path / 'copy.db'}")
        assert rows(copy) == [1]
        assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
        assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
class TestPostgresql:
    def test_a_change_of_tables_waits_for_readers_and_tries_again(self, numbers: Database) -> None:
        read, done = threading.Event(), threading.Event()

        def hold() -> None:
            with numbers.read() as connection:
                connection.exec_driver_sql("SELECT a FROM parent").all()
                read.set()
                done.wait(30)

        tries = []

        def work(connection: Any) -> str:
            tries.append(1)
            if len(tries) == 2:
                done.set()
            connection.exec_driver_sql("ALTER TABLE parent ADD COLUMN b INTEGER")
            return "changed"

        thread = threading.Thread(target=hold)
        thread.start()
        read.wait(30)
        try:
            with pytest.raises(Unavailable):
                numbers.retry_ddl(lambda connection: connection.exec_driver_sql("ALTER TABLE parent ADD COLUMN b INTEGER"), attempts=1)
            assert numbers.retry_ddl(work) == "changed"
        finally:
            done.set()
            thread.join()
        assert len(tries) >= 2

    def test_times_are_utc(self, numbers: Database) -> None:
        with numbers.read() as connection:
            assert connection.exec_driver_sql("SHOW TIME ZONE").scalar() == "UTC"

    def test_a_changed_type_does_not_break_open_connections(self, numbers: Database) -> None:
        for _ in range(12):
            assert rows(numbers) == [1]
        with numbers.ddl() as connection:
            connection.exec_driver_sql("ALTER TABLE child DROP CONSTRAINT child_a_fkey")
            connection.exec_driver_sql("ALTER TABLE parent ALTER COLUMN a TYPE NUMERIC")
        assert rows(numbers) == [1]


def test_every_transaction_begins_with_the_question(numbers: Database) -> None:
    numbers.ask_first("SELECT max(a) FROM parent")
    with numbers.write() as connection:
        assert connection.info["first"] == (1,)
        connection.exec_driver_sql("INSERT INTO parent VALUES (7)")
    with numbers.read() as connection:
        assert connection.info["first"] == (7,)
    with numbers.ddl() as connection:
        connection.exec_driver_sql("ALTER TABLE parent ADD COLUMN b INTEGER")
    assert rows(numbers) == [1, 7]


def test_connections_that_the_server_closed_are_replaced(postgres_server: Server) -> None:
    url = postgres_server.url(postgres_server.new_database())
    ours, other = Database(url), Database(url)
    with ours.write() as connection:
        connection.exec_driver_sql("CREATE TABLE parent (a INTEGER)")
    with other.read() as connection:
        closed = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        assert connection.exec_driver_sql(closed).scalars().all() == [True]
    with ours.write() as connection:
        connection.exec_driver_sql("INSERT INTO parent VALUES (1)")
    assert rows(ours) == [1]
    ours.dispose()
    other.dispose()


def test_statements_prepared_for_older_tables_are_not_used_again(postgres_server: Server) -> None:
    database = Database(postgres_server.url(postgres_server.new_database()))
    with database.ddl() as connection:
        connection.exec_driver_sql("CREATE TABLE parent (a INTEGER)")
        connection.exec_driver_sql("INSERT INTO parent VALUES (1)")
    database.ask_first("SELECT max(a) FROM parent")
    for _ in range(8):
        with database.read() as connection:
            connection.exec_driver_sql("SELECT * FROM parent WHERE a < %(most)s", {"most": 9})
    with database.ddl() as connection:
        connection.exec_driver_sql("ALTER TABLE parent ALTER COLUMN a TYPE TEXT")
        connection.exec_driver_sql("ALTER TABLE parent ALTER COLUMN a TYPE BIGINT USING a::bigint + 1")
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT * FROM parent WHERE a < %(most)s", {"most": 9}).scalars().all() == [2]
    database.dispose()

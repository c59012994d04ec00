from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, update

from tenon.engine.context import Cause, Context, User, system_context
from tenon.platform import audit
from tenon.platform.audit import Entry
from tenon.platform.database import Database

ANNA = Context(User("u1", "anna@x.test", "Anna"), address="10.0.0.7")


def fill(database: Database, count: int) -> None:
    with database.write() as connection:
        audit.write_all(connection, ANNA, [Entry("record.create", "customer", f"c{n}", {"n": n, "名": "王\n换行"}) for n in range(count)])


def test_rows_say_who_did_what(database: Database) -> None:
    with database.write() as connection:
        audit.write(
            connection, ANNA, "user.create", "user", "u2",
            {"email": "b@x.test", "price": Decimal("1.10"), "share": 0.1, "nul": "\0"}
        )
        audit.write(connection, system_context("import", "Customers"), "import.run")
        audit.write(connection, Context(None, address="10.0.0.9"), "sign_in", "user", "u3", user_id="u3")
    with database.read() as connection:
        rows = audit.page(connection)
        assert audit.verify(connection) is None
    assert [row["seq"] for row in rows] == [3, 2, 1]
    assert [row["user_id"] for row in rows] == ["u3", None, "u1"]
    assert rows[2]["address"] == "10.0.0.7"
    assert rows[2]["detail"] == {"email": "b@x.test", "price": "1.10", "share": 0.1, "nul": "\0"}
    assert rows[1]["detail"]["cause"] == {"kind": "import", "label": "Customers", "depth": 0}


def test_a_rolled_back_change_leaves_no_row(database: Database) -> None:
    fill(database, 1)
    with pytest.raises(RuntimeError), database.write() as connection:
        audit.write(connection, ANNA, "lost")
        raise RuntimeError
    fill(database, 1)
    with database.read() as connection:
        assert [row["seq"] for row in audit.page(connection)] == [2, 1]
        assert audit.verify(connection) is None


def test_pages_are_filtered(database: Database) -> None:
    fill(database, 5)
    with database.write() as connection:
        audit.write(connection, ANNA.with_cause(Cause("rule")), "record.delete", "customer", "c1")
    now = datetime.now(UTC)
    with database.read() as connection:
        assert [row["target"] for row in audit.page(connection, limit=2, before=5)] == ["c3", "c2"]
        assert [row["action"] for row in audit.page(connection, kind="customer", target="c1")] == ["record.delete", "record.create"]
        assert len(audit.page(connection, action="record.create", user_id="u1", since=now - timedelta(hours=1), until=now)) == 5
        assert audit.page(connection, since=now + timedelta(hours=1)) == []


@pytest.mark.parametrize("column", ["detail", "action", "user_id", "at", "hash", "previous"])
def test_a_changed_row_is_found(database: Database, column: str) -> None:
    fill(database, 4)
    changed = datetime(2020, 1, 1, tzinfo=UTC) if column == "at" else "other"
    with database.write() as connection:
        connection.execute(update(audit.audit).where(audit.audit.c.seq == 3).values({column: changed}))
        assert audit.verify(connection) == 3


def test_a_removed_row_is_found_over_many_rows(database: Database) -> None:
    fill(database, 2500)
    with database.write() as connection:
        assert audit.verify(connection) is None
        connection.execute(delete(audit.audit).where(audit.audit.c.seq == 2100))
        assert audit.verify(connection) == 2100


def test_writers_at_the_same_time_make_one_chain(database: Database) -> None:
    threads = [threading.Thread(target=lambda: [fill(database, 2) for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert audit.verify(connection) is None
        assert audit.page(connection, limit=1)[0]["seq"] == 80

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tenon.metamodel.errors import Invalid
from tenon.platform import idempotency
from tenon.platform.clock import real_now
from tenon.platform.database import Database
from tenon.platform.idempotency import Answer

CALL = {"path": "/api/v1/records/customer", "body": b'{"name": "a"}'}


def test_the_same_call_gets_the_first_answer_for_a_day(database: Database) -> None:
    now = real_now()
    with database.write() as connection:
        assert idempotency.find(connection, "u1", "k", **CALL) is None  # type: ignore[arg-type]
        answer = Answer(201, '{"id": "王"}', "/api/v1/records/customer/1")
        idempotency.keep(connection, "u1", "k", answer, **CALL)  # type: ignore[arg-type]
        assert idempotency.find(connection, "u1", "k", **CALL) == answer  # type: ignore[arg-type]
        assert idempotency.find(connection, "u2", "k", **CALL) is None  # type: ignore[arg-type]
        assert idempotency.find(connection, "u1", "k", **CALL, now=now + timedelta(hours=25)) is None  # type: ignore[arg-type]
        idempotency.keep(connection, "u1", "k", answer, **CALL)  # type: ignore[arg-type]
        idempotency.forget_old(connection, now=now + timedelta(hours=25))
        assert idempotency.find(connection, "u1", "k", **CALL) is None  # type: ignore[arg-type]


def test_another_call_with_the_key_and_bad_keys_are_refused(database: Database) -> None:
    with database.write() as connection:
        idempotency.keep(connection, "u1", "k", Answer(200, ""), path="/a", body=b"1")
        for path, body in (("/a", b"2"), ("/b", b"1")):
            with pytest.raises(Invalid):
                idempotency.find(connection, "u1", "k", path=path, body=body)
        for key in ("", "x" * 256, "a\0b"):
            with pytest.raises(Invalid):
                idempotency.find(connection, "u1", key, path="/a", body=b"1")


def test_calls_at_the_same_time_act_once(database: Database) -> None:
    acted: list[int] = []

    def call(number: int) -> None:
        with database.write() as connection:
            if idempotency.find(connection, "u1", "k", path="/a", body=b"1") is None:
                acted.append(number)
                idempotency.keep(connection, "u1", "k", Answer(201, str(number)), path="/a", body=b"1")

    threads = [threading.Thread(target=call, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(acted) == 1

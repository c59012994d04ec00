from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tenon.metamodel.errors import TenonError, TooMany, Unauthenticated
from tenon.platform import accounts, audit, lockout, sessions
from tenon.platform.clock import real_now
from tenon.platform.database import Database
from tenon.platform.principals import Principals
from tests.platform.people import OUTSIDE, PASSWORD, SYSTEM, add

STRANGER = replace(OUTSIDE, address="198.51.100.66")


def refuse(database: Database, email: str, password: str = "wrong words", ctx: object = OUTSIDE) -> TenonError:
    with pytest.raises(TenonError) as caught:
        sessions.sign_in(database, ctx, email, password)  # type: ignore[arg-type]
    return caught.value


def test_a_session_begins_is_found_and_ends(database: Database) -> None:
    user = add(database, "a@x.test", ["sales"])
    signed = sessions.sign_in(database, OUTSIDE, " A@X.test", PASSWORD, agent="Firefox")
    assert signed.user_id == user
    assert len(signed.token) >= 43
    assert signed.csrf != signed.token
    with database.write() as connection:
        found = sessions.find(connection, signed.token)
        assert found is not None
        assert found.user["id"] == user
        assert accounts.get(connection, user)["last_sign_in"] is not None
        assert sessions.list_of(connection, user)[0]["agent"] == "Firefox"
        sessions.end(connection, SYSTEM, signed.token)
        sessions.end(connection, SYSTEM, "unknown")
        assert sessions.find(connection, signed.token) is None


def test_the_token_itself_is_not_kept(database: Database) -> None:
    add(database, "a@x.test")
    signed = sessions.sign_in(database, OUTSIDE, "a@x.test", PASSWORD)
    with database.read() as connection:
        assert signed.token not in str(connection.execute(select(sessions.sessions)).all())
        assert signed.csrf not in str(connection.execute(select(sessions.sessions)).all())


def test_signing_in_again_replaces_the_session_of_the_browser(database: Database) -> None:
    add(database, "a@x.test")
    first = sessions.sign_in(database, OUTSIDE, "a@x.test", PASSWORD)
    second = sessions.sign_in(database, OUTSIDE, "a@x.test", PASSWORD, old_token=first.token)
    with database.read() as connection:
        assert sessions.find(connection, first.token) is None
        assert sessions.find(connection, second.token) is not None


def test_sessions_end_when_idle_and_after_two_weeks(database: Database) -> None:
    user, now = add(database, "a@x.test"), real_now()
    signed = sessions.sign_in(database, OUTSIDE, "a@x.test", PASSWORD)
    with database.write() as connection:
        assert sessions.find(connection, signed.token, now=now + timedelta(hours=23)) is not None
        assert sessions.find(connection, signed.token, now=now + timedelta(hours=25)) is None
        for day in range(1, 14):
            found = sessions.find(connection, signed.token, now=now + timedelta(hours=23 * day))
            assert found is not None
            assert found.is_touch_due
            sessions.touch(connection, found.id, now=now + timedelta(hours=23 * day))
        late = now + timedelta(days=14, minutes=1)
        sessions.touch(connection, found.id, now=late)
        assert sessions.find(connection, signed.token, now=late) is None
        sessions.forget_old(connection, now=late)
        assert sessions.list_of(connection, user, now=now) == []


def test_no_answer_tells_what_was_wrong(database: Database) -> None:
    add(database, "a@x.test")
    add(database, "invited@x.test", password=None)
    disabled = add(database, "disabled@x.test")
    with database.write() as connection:
        accounts.disable(connection, SYSTEM, disabled)
    answers = [
        refuse(database, "a@x.test").to_json("en"), refuse(database, "nobody@x.test").to_json("en"),
        refuse(database, "invited@x.test", PASSWORD).to_json("en"), refuse(database, "disabled@x.test", PASSWORD).to_json("en"),
        refuse(database, "\ud800 \0", "\ud800").to_json("en"),
    ]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["status"] == 401


def test_ten_failures_lock_the_pair_and_not_the_owner_elsewhere(database: Database) -> None:
    add(database, "a@x.test")
    for email in ("a@x.test", "nobody@x.test"):
        for _ in range(10):
            assert isinstance(refuse(database, email, ctx=STRANGER), Unauthenticated)
        locked = refuse(database, email, PASSWORD, ctx=STRANGER)
        assert isinstance(locked, TooMany)
        assert 800 < int(locked.headers["Retry-After"]) <= 900
    sessions.sign_in(database, OUTSIDE, "a@x.test", PASSWORD)
    with database.write() as connection:
        connection.execute(update(lockout.attempts).values(last_at=real_now() - timedelta(minutes=15)))
    sessions.sign_in(database, STRANGER, "a@x.test", PASSWORD)


def test_a_success_takes_the_failures_back(database: Database) -> None:
    add(database, "a@x.test")
    for _ in range(3):
        for _ in range(9):
            refuse(database, "a@x.test")
        sessions.sign_in(database, OUTSIDE, "a@x.test", PASSWORD)


def test_guesses_at_the_same_time_are_all_counted(database: Database) -> None:
    add(database, "a@x.test")
    outcomes: list[type[TenonError]] = []
    threads = [threading.Thread(target=lambda: outcomes.append(type(refuse(database, "a@x.test")))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count(Unauthenticated), outcomes.count(TooMany)) == (10, 6)


def test_every_attempt_is_audited(database: Database) -> None:
    user = add(database, "a@x.test")
    refuse(database, "a@x.test")
    refuse(database, "hunter2@secret")
    sessions.sign_in(database, OUTSIDE, "a@x.test", PASSWORD)
    with database.read() as connection:
        rows = audit.page(connection, limit=3)
    assert [(row["action"], row["target"], row["address"]) for row in rows] == [
        ("session.begin", user, "203.0.113.5"), ("session.refuse", None, "203.0.113.5"), ("session.refuse", user, "203.0.113.5"),
    ]
    assert rows[0]["user_id"] == user
    assert "hunter2" not in str(rows)


def test_who_calls_is_remembered_shortly_and_forgotten_at_once_when_told(database: Database) -> None:
    user = add(database, "a@x.test", ["sales"])
    principals = Principals(database)
    signed = sessions.sign_in(database, OUTSIDE, "a@x.test", PASSWORD)
    principal = principals.by_session(signed.token)
    assert principal is not None
    assert (principal.user.id, principal.user.roles, principal.csrf, principal.kind) == (user, ("sales",), signed.csrf, "session")
    assert principals.by_session("other") is None
    with database.write() as connection:
        accounts.disable(connection, SYSTEM, user)
    principals.forget()
    assert principals.by_session(signed.token) is None

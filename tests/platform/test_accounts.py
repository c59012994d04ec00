from __future__ import annotations

import threading
from typing import Any

import argon2
import pytest

from tenon.engine import people
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, NotFound, TenonError
from tenon.platform import accounts, audit, passwords, sessions, tokens, units
from tenon.platform.database import Database
from tests.platform.people import OUTSIDE, PASSWORD, SYSTEM, add, as_user, change


def test_an_account_is_made_shown_and_found_however_the_address_is_spelt(database: Database) -> None:
    user = add(database, " Anna@Example.COM", ["admin", "sales"], language="zh")
    with database.read() as connection:
        shown = accounts.get(connection, user)
        assert accounts.find_by_email(connection, "ＡＮＮＡ@example.com") == shown
        assert accounts.find_by_email(connection, "nobody@x.test") is None
        with pytest.raises(NotFound):
            accounts.get(connection, "nobody")
    assert (shown["email"], shown["roles"], shown["language"], shown["state"]) == ("anna@example.com", ["admin", "sales"], "zh", "active")
    assert "password" not in str(shown)


def test_without_a_password_an_account_is_invited(database: Database) -> None:
    user = add(database, "a@x.test", password=None)
    with database.read() as connection:
        assert accounts.get(connection, user)["state"] == "invited"
        assert people.load_user(connection, user) is None


@pytest.mark.parametrize(
    ("values", "path", "code"),
    [
        ({"email": "nobody"}, "/email", "bad_format"),
        ({"email": "a@x.test\nBcc: b@x.test"}, "/email", "bad_format"),
        ({"email": "a@x.test, b@x.test"}, "/email", "bad_format"),
        ({"name": "  "}, "/name", "required"),
        ({"name": "a\0b"}, "/name", "required"),
        ({"roles": ["god"]}, "/roles", "bad_choice"),
        ({"roles": "admin"}, "/roles", "wrong_type"),
        ({"language": "fr"}, "/language", "bad_choice"),
        ({"state": "dead"}, "/state", "bad_choice"),
        ({"unit": "none"}, "/unit", "no_such_record"),
        ({"manager": "none"}, "/manager", "no_such_record"),
        ({"password_hash": "x"}, "/password_hash", "unknown_field"),
        ({"id": "x"}, "/id", "unknown_field"),
    ],
)
def test_wrong_values_are_named_in_both_languages(database: Database, values: dict[str, Any], path: str, code: str) -> None:
    user = add(database, "a@x.test")
    with pytest.raises(Invalid) as caught:
        change(database, SYSTEM, user, **values)
    problem = caught.value.problems[0]
    assert (problem.path, problem.code) == (path, code)
    assert problem.message.en != problem.message.zh
    assert problem.hint is not None


@pytest.mark.parametrize("password", ["short", "12345678", "anna@x.test", "x" * 300])
def test_weak_passwords_are_refused(database: Database, password: str) -> None:
    with pytest.raises(Invalid):
        add(database, "anna@x.test", password=password)


def test_what_nobody_has_is_worked_on_as_what_somebody_has() -> None:
    somebody = argon2.extract_parameters(passwords.hash_password(PASSWORD))
    assert argon2.extract_parameters(passwords.NOBODY) == somebody
    with pytest.raises(argon2.exceptions.VerifyMismatchError):  # not InvalidHash, which is told before the work
        argon2.low_level.verify_secret(passwords.NOBODY.encode(), b"nobody", argon2.Type.ID)
    assert not passwords.is_right("nobody", None)


def test_an_address_is_given_once(database: Database) -> None:
    add(database, "a@x.test")
    other = add(database, "b@x.test")
    for attempt in (lambda: add(database, "A@X.test"), lambda: change(database, SYSTEM, other, email="a@x.test")):
        with pytest.raises(Conflict) as caught:
            attempt()
        assert caught.value.problems[0].code == "not_unique"
    assert change(database, SYSTEM, other, email="B@x.test")["email"] == "b@x.test"


def test_twenty_at_once_make_one_account(database: Database) -> None:
    made: list[str] = []
    refused: list[TenonError] = []

    def attempt() -> None:
        try:
            made.append(add(database, "a@x.test", password=None))
        except Conflict as error:
            refused.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(refused)) == (1, 19)


def test_only_administrators_change_others_and_everybody_their_own_name(database: Database) -> None:
    admin, builder = add(database, "admin@x.test", ["admin"]), add(database, "b@x.test", ["builder"])
    ctx = as_user(database, builder)
    assert change(database, ctx, builder, name="Bob  Li", language="zh")["name"] == "Bob Li"
    for values in ({"roles": ["admin"]}, {"name": "Bob", "roles": ["admin"]}, {"state": "disabled"}, {"unit": None}):
        with pytest.raises(Forbidden):
            change(database, ctx, builder, **values)
    with pytest.raises(Forbidden):
        change(database, ctx, admin, name="Bob")
    with pytest.raises(Forbidden), database.write() as connection:
        accounts.create(connection, ctx, "c@x.test", "C", ["admin"])
    assert change(database, as_user(database, admin), builder, roles=["sales"])["roles"] == ["sales"]


def test_there_is_always_an_administrator(database: Database) -> None:
    first = add(database, "a@x.test", ["admin", "builder"])
    add(database, "invited@x.test", ["admin"], password=None)
    for values in ({"roles": ["builder"]}, {"state": "disabled"}):
        with pytest.raises(Conflict):
            change(database, as_user(database, first), first, **values)
    second = add(database, "b@x.test", ["admin"])
    change(database, SYSTEM, first, roles=[])
    with pytest.raises(Conflict):
        change(database, SYSTEM, second, state="disabled")


def test_two_administrators_who_disable_each_other_do_not_both_succeed(database: Database) -> None:
    pair = [add(database, "a@x.test", ["admin"]), add(database, "b@x.test", ["admin"])]
    contexts = [as_user(database, each) for each in pair]
    outcomes: list[str] = []

    def disable(me: int) -> None:
        try:
            change(database, contexts[me], pair[1 - me], state="disabled")
            outcomes.append("done")
        except Conflict:
            outcomes.append("refused")

    threads = [threading.Thread(target=disable, args=(me,)) for me in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]
    with database.read() as connection:
        assert accounts.has_admin(connection)


def test_whoever_is_disabled_loses_sessions_and_tokens_at_once(database: Database) -> None:
    add(database, "admin@x.test", ["admin"])
    user = add(database, "a@x.test")
    signed = sessions.sign_in(database, OUTSIDE, "a@x.test", PASSWORD)
    with database.write() as connection:
        _, token = tokens.create(connection, SYSTEM, user, "sync")
        accounts.disable(connection, SYSTEM, user)
        assert sessions.find(connection, signed.token) is None
        assert tokens.find(connection, token, None) is None
        accounts.change(connection, SYSTEM, user, {"state": "active"})
        assert sessions.find(connection, signed.token) is None
        assert tokens.find(connection, token, None) is None


def test_a_new_password_ends_the_other_sessions(database: Database) -> None:
    user = add(database, "a@x.test")
    mine, other = (sessions.sign_in(database, OUTSIDE, "a@x.test", PASSWORD) for _ in range(2))
    ctx = as_user(database, user)
    with database.write() as connection:
        accounts.check_own_password(connection, ctx, PASSWORD)
        with pytest.raises(Forbidden):
            accounts.check_own_password(connection, ctx, "wrong words here")
        accounts.set_password(connection, ctx, user, passwords.hash_password("four green geese"), keep_token=mine.token)
        assert sessions.find(connection, mine.token) is not None
        assert sessions.find(connection, other.token) is None
    sessions.sign_in(database, OUTSIDE, "a@x.test", "four green geese")


def test_nobody_is_their_own_manager_over_any_distance(database: Database) -> None:
    a = add(database, "a@x.test")
    b = add(database, "b@x.test", manager=a)
    c = add(database, "c@x.test", manager=b)
    for manager in (a, b, c):
        with pytest.raises(Invalid):
            change(database, SYSTEM, a, manager=manager)
    assert change(database, SYSTEM, c, manager=a)["manager"] == a


def test_pages_are_newest_first_and_searched(database: Database) -> None:
    ids = [add(database, f"person{n}@x.test", password=None) for n in range(4)] + [add(database, "wang_50%@x.test")]
    with database.read() as connection:
        first = accounts.list_page(connection, limit=2)
        assert [row["id"] for row in first] == [ids[4], ids[3]]
        assert [row["id"] for row in accounts.list_page(connection, before=ids[3])] == [ids[2], ids[1], ids[0]]
        assert [row["id"] for row in accounts.list_page(connection, search="PERSON2")] == [ids[2]]
        assert [row["id"] for row in accounts.list_page(connection, search="50%")] == [ids[4]]
        assert [row["id"] for row in accounts.list_page(connection, state="active")] == [ids[4]]


def test_every_change_is_audited_without_a_secret(database: Database) -> None:
    user = add(database, "a@x.test")
    change(database, SYSTEM, user, name="Anna B")
    change(database, SYSTEM, user, name="Anna B")
    with database.read() as connection:
        rows = audit.page(connection, kind="user", target=user)
        assert [row["action"] for row in rows] == ["user.change", "user.create"]
        assert rows[0]["detail"]["name"] == ["A", "Anna B"]
        assert "argon2" not in str(rows)
        assert PASSWORD not in str(rows)


def test_units_are_a_tree_without_circles(database: Database) -> None:
    with database.write() as connection:
        top = units.create(connection, SYSTEM, "Sales")
        north = units.create(connection, SYSTEM, " 北区 ", top)
        team = units.create(connection, SYSTEM, "Team 1", north)
        other = units.create(connection, SYSTEM, "Support")
    with database.write() as connection:
        for parent in (top, north, team):
            with pytest.raises(Invalid):
                units.change(connection, SYSTEM, top, {"parent": parent})
        with pytest.raises(Invalid):
            units.create(connection, SYSTEM, "X", "none")
        with pytest.raises(Invalid):
            units.create(connection, SYSTEM, " ")
        assert units.get(connection, north) == {"id": north, "name": "北区", "parent": top}
        assert people.units_below(connection, top) == (top, *sorted((north, team)))
        assert set(people.units_above(connection, team)) == {top, north, team}
        units.change(connection, SYSTEM, north, {"parent": other, "name": "North"})
        assert people.units_below(connection, top) == (top,)
        assert [row["id"] for row in units.list_page(connection, limit=2)] == [other, team]
    user = add(database, "a@x.test", unit=north)
    assert as_user(database, user).user.units == (north, team)  # type: ignore[union-attr]
    with pytest.raises(Forbidden), database.write() as connection:
        units.create(connection, as_user(database, user), "Mine")


def test_lookups_of_people(database: Database) -> None:
    with database.write() as connection:
        top = units.create(connection, SYSTEM, "Sales")
        below = units.create(connection, SYSTEM, "North", top)
    a = add(database, "a@x.test", ["sales"], unit=below)
    b = add(database, "b@x.test", ["sales_lead", "builder"], unit=top)
    add(database, "c@x.test", ["sales"], password=None, unit=top)
    with database.read() as connection:
        assert people.users_with_roles(connection, ["sales"]) == [a]
        assert people.users_with_roles(connection, ["sales", "builder"]) == [a, b]
        assert people.users_with_roles(connection, []) == []
        assert people.users_in_unit(connection, top) == [a, b]
        assert people.names_of(connection, [a, b, "none"]) == {a: "A", b: "B"}
        assert people.unit_names_of(connection, [below]) == {below: "North"}

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tenon.metamodel.errors import Forbidden, Invalid, NotFound
from tenon.platform import audit, tokens
from tenon.platform.clock import real_now
from tenon.platform.database import Database
from tenon.platform.principals import Principals
from tests.platform.people import SYSTEM, add, as_user, change


def test_a_token_is_shown_once_and_kept_as_a_hash(database: Database) -> None:
    user = add(database, "a@x.test", ["sales"])
    with database.write() as connection:
        token_id, token = tokens.create(connection, as_user(database, user), user, " Sync ")
        found = tokens.find(connection, token, "10.1.2.3")
        assert found is not None
        assert (found.id, found.user.id, found.roles) == (token_id, user, ("sales",))
        shown = tokens.list_page(connection, user_id=user)[0]
        assert (shown["name"], shown["prefix"], shown["user"]) == ("Sync", token[:10], user)
        everything = str(connection.execute(select(tokens.tokens)).all()) + str(audit.page(connection)) + str(shown)
        assert token not in everything
        for other in (token + "x", token[:-1], "tnn_", "", token.replace("tnn_", "xxx_"), "tnn_\ud800"):
            assert tokens.find(connection, other, None) is None


def test_a_token_has_some_of_the_roles_its_person_still_has(database: Database) -> None:
    add(database, "admin@x.test", ["admin"])
    user = add(database, "a@x.test", ["sales", "builder"])
    with database.write() as connection:
        _, narrow = tokens.create(connection, SYSTEM, user, "narrow", roles=["sales"])
        _, wide = tokens.create(connection, SYSTEM, user, "wide")
        for roles in (["admin"], []):
            with pytest.raises(Invalid):
                tokens.create(connection, SYSTEM, user, "bad", roles=roles)

    def roles_of(token: str) -> tuple[str, ...]:
        with database.read() as connection:
            found = tokens.find(connection, token, None)
        assert found is not None
        return found.roles

    assert (roles_of(narrow), roles_of(wide)) == (("sales",), ("sales", "builder"))
    change(database, SYSTEM, user, roles=["builder"])
    assert (roles_of(narrow), roles_of(wide)) == ((), ("builder",))


def test_an_administrator_may_give_a_token_any_single_role(database: Database) -> None:
    admin = add(database, "admin@x.test", ["admin"])
    with database.write() as connection:
        _, token = tokens.create(connection, as_user(database, admin), admin, "n", roles=["sales"])
        found = tokens.find(connection, token, None)
    assert found is not None
    assert found.roles == ("sales",)
    assert not found.user.is_admin


@pytest.mark.parametrize(
    ("networks", "address", "is_allowed"),
    [
        (["10.0.0.0/8"], "10.200.3.4", True), (["10.0.0.0/8"], "11.0.0.1", False), (["192.0.2.7"], "192.0.2.7", True),
        (["10.0.0.0/8"], "::ffff:10.1.1.1", True), (["2001:db8::/32"], "2001:db8::1", True), (["10.0.0.0/8"], None, False),
        (["10.0.0.0/8", "192.0.2.0/24"], "192.0.2.1", True), (["10.0.0.0/8"], "spoofed, 10.0.0.1", False),
    ],
)
def test_a_token_works_from_its_networks_only(database: Database, networks: list[str], address: str | None, is_allowed: bool) -> None:
    user = add(database, "a@x.test")
    with database.write() as connection:
        _, token = tokens.create(connection, SYSTEM, user, "n", addresses=networks)
        assert (tokens.find(connection, token, address) is not None) is is_allowed


def test_a_token_ends_by_time_and_by_revoking(database: Database) -> None:
    user, now = add(database, "a@x.test"), real_now()
    with database.write() as connection:
        first_id, first = tokens.create(connection, SYSTEM, user, "n", expires_at=now + timedelta(days=1))
        assert tokens.find(connection, first, None, now=now + timedelta(hours=23)) is not None
        assert tokens.find(connection, first, None, now=now + timedelta(days=1)) is None
        tokens.revoke(connection, SYSTEM, first_id)
        tokens.revoke(connection, SYSTEM, first_id)
        assert tokens.find(connection, first, None) is None
        with pytest.raises(NotFound):
            tokens.revoke(connection, SYSTEM, "none")
        for bad in ({"expires_at": now}, {"addresses": ["10.0.0.0/99"]}):
            with pytest.raises(Invalid):
                tokens.create(connection, SYSTEM, user, "n", **bad)  # type: ignore[arg-type]
        with pytest.raises(Invalid):
            tokens.create(connection, SYSTEM, user, " ")


def test_people_have_only_their_own_tokens(database: Database) -> None:
    mine, other = add(database, "a@x.test", ["builder"]), add(database, "b@x.test")
    ctx = as_user(database, mine)
    with database.write() as connection:
        other_id, _ = tokens.create(connection, SYSTEM, other, "n")
        with pytest.raises(Forbidden):
            tokens.create(connection, ctx, other, "n")
        with pytest.raises(NotFound):
            tokens.revoke(connection, ctx, other_id)


def test_use_is_noted_at_most_once_a_minute(database: Database) -> None:
    user, now = add(database, "a@x.test"), real_now()
    with database.write() as connection:
        token_id, token = tokens.create(connection, SYSTEM, user, "n")
        tokens.touch(connection, token_id, now=now)
        tokens.touch(connection, token_id, now=now + timedelta(seconds=30))
        first = tokens.list_page(connection)[0]["last_used_at"]
        found = tokens.find(connection, token, None, now=now + timedelta(seconds=61))
        assert found is not None
        assert found.is_touch_due
        tokens.touch(connection, token_id, now=now + timedelta(seconds=61))
        assert tokens.list_page(connection)[0]["last_used_at"] > first


def test_principals_know_tokens(database: Database) -> None:
    user = add(database, "a@x.test", ["sales"])
    with database.write() as connection:
        token_id, token = tokens.create(connection, SYSTEM, user, "n", addresses=["10.0.0.1"])
    principals = Principals(database)
    principal = principals.by_token(token, "10.0.0.1")
    assert principal is not None
    assert (principal.kind, principal.credential, principal.csrf) == ("token", token_id, None)
    assert principals.by_token(token, "10.0.0.2") is None
    with database.write() as connection:
        assert tokens.list_page(connection)[0]["last_used_at"] is not None
        tokens.revoke(connection, SYSTEM, token_id)
    principals.forget()
    assert principals.by_token(token, "10.0.0.1") is None

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tenon.engine import jobs
from tenon.engine.outside import KeptMail, Outside, fake_outside
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, TenonError, TooMany, Unauthenticated
from tenon.platform import accounts, invitations, sessions, tokens
from tenon.platform.clock import real_now
from tenon.platform.database import Database
from tenon.platform.worker import Worker
from tests.platform.people import OUTSIDE, PASSWORD, SYSTEM, add, as_user

NEW = "four green geese"


@pytest.fixture
def outside() -> Outside:
    return fake_outside(real_now())


def make(database: Database, kind: Any, user_id: str | None = None) -> str:
    with database.write() as connection:
        return invitations.make_link(connection, kind, user_id)


def deliver(database: Database, outside: Outside) -> list[Any]:
    """Run the queue and return the mail it sent."""
    Worker(database, jobs.job_kinds(invitations.account_jobs("https://crm.x.test/")), outside).run_until_idle()
    assert isinstance(outside.mail, KeptMail)
    return outside.mail.sent


def token_in(text: str) -> str:
    match = re.search(r"https://crm\.x\.test/\S+#(\S+)", text)
    assert match is not None
    return match[1]


def test_the_set_up_link_makes_the_first_administrator_once(database: Database) -> None:
    older, token = make(database, "setup"), make(database, "setup")
    with database.read() as connection:
        assert invitations.is_living(connection, "setup", token)
        assert not invitations.is_living(connection, "reset", token)
    with pytest.raises(Invalid):
        invitations.finish_setup(database, OUTSIDE, token, "a@x.test", "Anna", "short")
    for dead in (older, "guess"):
        with pytest.raises(Unauthenticated):
            invitations.finish_setup(database, OUTSIDE, dead, "a@x.test", "Anna", PASSWORD)
    signed = invitations.finish_setup(database, OUTSIDE, token, "a@x.test", "Anna", PASSWORD, language="zh")
    with database.read() as connection:
        assert sessions.find(connection, signed.token) is not None
        assert accounts.get(connection, signed.user_id)["roles"] == ["admin", "builder"]
        assert accounts.has_admin(connection)
    with pytest.raises(Unauthenticated):
        invitations.finish_setup(database, OUTSIDE, token, "b@x.test", "Bob", PASSWORD)
    with pytest.raises(Conflict):
        invitations.finish_setup(database, OUTSIDE, make(database, "setup"), "b@x.test", "Bob", PASSWORD)


def test_of_two_set_ups_at_once_one_wins(database: Database) -> None:
    token, outcomes = make(database, "setup"), list[str]()

    def attempt(number: int) -> None:
        try:
            invitations.finish_setup(database, OUTSIDE, token, f"a{number}@x.test", "Anna", PASSWORD)
            outcomes.append("won")
        except TenonError:
            outcomes.append("lost")

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["lost", "lost", "lost", "won"]


def test_a_demo_link_signs_in_once(database: Database) -> None:
    user = add(database, "a@x.test", ["admin"], password=None, state="active")
    token = make(database, "sign_in", user)
    assert invitations.sign_in_by_link(database, OUTSIDE, token).user_id == user
    with pytest.raises(Unauthenticated):
        invitations.sign_in_by_link(database, OUTSIDE, token)


def test_links_grow_old(database: Database) -> None:
    user = add(database, "a@x.test")
    with database.write() as connection:
        token = invitations.make_link(connection, "reset", user, now=real_now() - timedelta(hours=2))
        invitations.forget_old(connection)
    with pytest.raises(Unauthenticated):
        invitations.finish_reset(database, OUTSIDE, token, NEW)


def test_an_invitation_by_mail_lets_somebody_in(database: Database, outside: Outside) -> None:
    add(database, "admin@x.test", ["admin"])
    user = add(database, "li@x.test", password=None, language="zh")
    with database.write() as connection:
        assert invitations.invite(connection, SYSTEM, user, by_mail=True) is None
        queued = connection.execute(select(jobs.table.jobs.c.payload)).scalar()
    mail = deliver(database, outside)[0]
    token = token_in(mail.text)
    assert mail.to == "li@x.test"
    assert "邀请" in mail.subject
    assert token not in str(queued)
    signed = invitations.accept(database, OUTSIDE, token, NEW)
    assert signed.user_id == user
    assert sessions.sign_in(database, OUTSIDE, "li@x.test", NEW).user_id == user
    with pytest.raises(Conflict), database.write() as connection:
        invitations.invite(connection, SYSTEM, user, by_mail=True)


def test_without_mail_the_link_is_handed_over(database: Database) -> None:
    user = add(database, "li@x.test", password=None)
    ctx = as_user(database, add(database, "b@x.test", ["builder"]))
    with database.write() as connection:
        token = invitations.invite(connection, SYSTEM, user, by_mail=False)
        with pytest.raises(Forbidden):
            invitations.invite(connection, ctx, user, by_mail=False)
    assert token is not None
    assert invitations.link_url("https://crm.x.test/", "invitation", token) == f"https://crm.x.test/invitation#{token}"
    assert invitations.accept(database, OUTSIDE, token, NEW).user_id == user


def test_a_forgotten_password_is_replaced_and_everything_old_ends(database: Database, outside: Outside) -> None:
    user = add(database, "a@x.test")
    old = sessions.sign_in(database, OUTSIDE, "a@x.test", PASSWORD)
    with database.write() as connection:
        _, api_token = tokens.create(connection, SYSTEM, user, "n")
    invitations.request_reset(database, OUTSIDE, " A@X.test")
    mail = deliver(database, outside)[0]
    assert "https://crm.x.test/reset#" in mail.text
    signed = invitations.finish_reset(database, OUTSIDE, token_in(mail.text), NEW)
    with database.read() as connection:
        assert sessions.find(connection, old.token) is None
        assert tokens.find(connection, api_token, None) is None
        assert sessions.find(connection, signed.token) is not None
    with pytest.raises(Unauthenticated):
        sessions.sign_in(database, OUTSIDE, "a@x.test", PASSWORD)
    with pytest.raises(Unauthenticated):
        invitations.finish_reset(database, OUTSIDE, token_in(mail.text), NEW)


def test_asking_for_unknown_or_disabled_people_does_the_same_and_mails_nobody(database: Database, outside: Outside) -> None:
    disabled = add(database, "disabled@x.test")
    with database.write() as connection:
        accounts.disable(connection, SYSTEM, disabled)
    for email in ("nobody@x.test", "disabled@x.test", "\ud800\0"):
        invitations.request_reset(database, OUTSIDE, email)
    with database.read() as connection:
        assert len(jobs.list_page(connection, kinds=("account_mail",))) == 3
    assert deliver(database, outside) == []


def test_nobody_is_flooded_with_mail(database: Database, outside: Outside) -> None:
    add(database, "a@x.test")
    for _ in range(10):
        invitations.request_reset(database, OUTSIDE, "a@x.test")
    with pytest.raises(TooMany):
        invitations.request_reset(database, OUTSIDE, "a@x.test")
    assert len(deliver(database, outside)) == 1

"""Browser sessions: kept on the server, ended at once, with idle and absolute ends; and signing in by password."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Table, and_, delete, insert, or_, select, update

from tenon.engine.columns import CodeText, Moment
from tenon.engine.context import Context
from tenon.engine.people import users
from tenon.engine.store import metadata
from tenon.metamodel.errors import Problem, Unauthenticated
from tenon.metamodel.labels import say
from tenon.platform import audit, lockout
from tenon.platform.addresses import fold_email
from tenon.platform.clock import real_now
from tenon.platform.database import Database
from tenon.platform.passwords import is_right
from tenon.platform.secrets import csrf_of, hash_token, new_token

sessions = Table(
    "tenon_session",
    metadata,
    Column("id", CodeText, primary_key=True),  # the token's hash
    Column("user_id", CodeText, ForeignKey("tenon_user.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("address", CodeText),
    Column("agent", CodeText),
)
IDLE = timedelta(hours=24)
ABSOLUTE = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class SignedIn:
    """A fresh session: its token for the cookie, its CSRF secret, its absolute end, and whose it is."""

    user_id: str
    token: str
    csrf: str
    expires_at: datetime


def sign_in(database: Database, ctx: Context, email: str, password: str, *, agent: str = "", old_token: str | None = None) -> SignedIn:
    """Check a password and begin a new session in place of ``old_token``'s; every attempt is audited.

    Unauthenticated, the same for every reason; TooMany while the pair of account and address is locked.
    """
    account, address = fold_email(email), ctx.address or ""
    with database.write() as connection:
        lockout.begin(connection, account, address, now=real_now())
    with database.read() as connection:
        row = connection.execute(select(users).where(users.c.email == account)).mappings().first()
    # Checking takes its time on purpose: no transaction is open meanwhile.
    kept = row["password_hash"] if row and row["state"] == "active" else None
    if not is_right(password, kept) or row is None:
        with database.write() as connection:
            detail = {"email": account[:254]} if row else {}
            audit.write(connection, ctx, "session.refuse", "user", row["id"] if row else None, detail)
        raise _refused()
    with database.write() as connection:
        # Between the check and now the person may have been disabled or the password changed.
        still = select(users.c.id).where(users.c.id == row["id"], users.c.state == "active", users.c.password_hash == kept)
        if connection.execute(still).first() is not None:
            lockout.clear(connection, account, address)
            return begin(connection, ctx, row["id"], agent=agent, old_token=old_token)
    raise _refused()


def begin(
    connection: Connection, ctx: Context, user_id: str, *, agent: str = "", old_token: str | None = None, how: str = "password"
) -> SignedIn:
    """Begin a session for somebody who has proved who they are; the session they had before in this browser ends."""
    now, token = real_now(), new_token()
    if old_token:
        connection.execute(delete(sessions).where(sessions.c.id == hash_token(old_token)))
    connection.execute(insert(sessions).values(
        id=hash_token(token), user_id=user_id, created_at=now, seen_at=now, expires_at=now + ABSOLUTE, address=ctx.address,
        agent=agent[:300],
    ))
    connection.execute(update(users).where(users.c.id == user_id).values(last_sign_in=now))
    audit.write(connection, replace(ctx, user=None), "session.begin", "user", user_id, {"how": how}, user_id=user_id)
    return SignedIn(user_id, token, csrf_of(token), now + ABSOLUTE)


@dataclass(frozen=True)
class Session:
    """A living session: the row of its person, and whether it should be noted that it was seen."""

    id: str
    user: dict[str, Any]
    expires_at: datetime
    is_touch_due: bool


def find(connection: Connection, token: str, *, now: datetime | None = None) -> Session | None:
    """Return the living session of a token whose person is active, or None."""
    moment = now or real_now()
    query = select(sessions.c.seen_at, sessions.c.expires_at, users).join(users, users.c.id == sessions.c.user_id)
    key = hash_token(token)
    living = and_(sessions.c.id == key, sessions.c.expires_at > moment, sessions.c.seen_at > moment - IDLE, users.c.state == "active")
    row = connection.execute(query.where(living)).mappings().first()
    if row is None:
        return None
    user = {column.name: row[column.name] for column in users.columns}
    return Session(key, user, row["expires_at"], row["seen_at"] <= moment - SEEN_EVERY)


def touch(connection: Connection, session_id: str, *, now: datetime | None = None) -> None:
    """Note that a session was used."""
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(seen_at=now or real_now()))


def end(connection: Connection, ctx: Context, token: str) -> None:
    """Sign out: the token is dead at once; an unknown one is fine."""
    user_id = connection.execute(delete(sessions).where(sessions.c.id == hash_token(token)).returning(sessions.c.user_id)).scalar()
    if user_id:
        audit.write(connection, ctx, "session.end", "user", user_id)


def end_all(connection: Connection, user_id: str, *, keep_token: str | None = None) -> int:
    """End every session of a person, but for the one whose token is kept, and return how many ended."""
    gone = delete(sessions).where(sessions.c.user_id == user_id)
    if keep_token:
        gone = gone.where(sessions.c.id != hash_token(keep_token))
    return connection.execute(gone).rowcount


def list_of(connection: Connection, user_id: str, *, now: datetime | None = None) -> list[dict[str, Any]]:
    """Return a person's living sessions, last used first: when, from where, with what."""
    moment = now or real_now()
    living = (sessions.c.user_id == user_id, sessions.c.expires_at > moment, sessions.c.seen_at > moment - IDLE)
    shown = select(sessions.c.created_at, sessions.c.seen_at, sessions.c.address, sessions.c.agent).where(*living)
    return [dict(row) for row in connection.execute(shown.order_by(sessions.c.seen_at.desc())).mappings()]


def forget_old(connection: Connection, *, now: datetime | None = None) -> None:
    """Delete sessions that have ended by themselves."""
    moment = now or real_now()
    connection.execute(delete(sessions).where(or_(sessions.c.expires_at <= moment, sessions.c.seen_at <= moment - IDLE)))


def _refused() -> Unauthenticated:
    message = say("The e-mail address or the password is not right.", "邮箱地址或密码不正确。")
    return Unauthenticated(Problem("", "refused", message, say("Try again, or ask for a new password.", "请重试，或申请重置密码。")))

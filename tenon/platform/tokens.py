"""API tokens: kept as hashes, narrowed to roles and addresses, with an end, dead at once when revoked."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Table, insert, or_, select, update

from tenon.engine.columns import CodeText, Json, Moment, show_moment
from tenon.engine.context import Context, User
from tenon.engine.outside import new_record_id
from tenon.engine.people import user_of, users
from tenon.engine.store import metadata
from tenon.metamodel.errors import Forbidden, Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.platform import audit
from tenon.platform.clock import real_now
from tenon.platform.secrets import hash_token, new_token

tokens = Table(
    "tenon_token",
    metadata,
    Column("id", CodeText, primary_key=True),
    Column("hash", CodeText, nullable=False, unique=True),
    Column("prefix", CodeText, nullable=False),
    Column("name", CodeText, nullable=False),
    Column("user_id", CodeText, ForeignKey("tenon_user.id"), nullable=False, index=True),
    Column("roles", Json),  # None: all of the person's
    Column("addresses", Json),  # None: from anywhere
    Column("created_by", CodeText),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("last_used_at", Moment),
    Column("revoked_at", Moment),
)
PREFIX = "tnn_"
SHOWN = len(PREFIX) + 6
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Found:
    """A living token: the person with exactly the roles it may use, and whether its use should be noted."""

    id: str
    user: User
    language: str
    is_touch_due: bool

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles the token may use."""
        return self.user.roles


def create(
    connection: Connection, ctx: Context, user_id: str, name: str, *, roles: Sequence[str] | None = None,
    addresses: Sequence[str] | None = None, expires_at: datetime | None = None,
) -> tuple[str, str]:
    """Make a token and return its id and, this once, the token itself.

    ``roles`` narrows it to some of the person's roles, ``addresses`` to networks such as 10.0.0.0/8. Invalid names what is
    wrong; Forbidden for a token of somebody else, unless by an administrator.
    """
    _require_own(ctx, user_id)
    owner = connection.execute(select(users).where(users.c.id == user_id, users.c.state == "active")).mappings().first()
    if owner is None:
        raise not_found("/user")
    problems, networks = _read_networks(addresses)
    if not name.strip() or len(name) > 100 or not name.isprintable():
        message = say("A token needs a name of at most 100 characters.", "令牌需要名称，最多 100 个字符。")
        problems.append(Problem("/name", "required", message, say("Write what it is for.", "请填写用途。")))
    foreign = [role for role in roles or () if role not in owner["roles"] and "admin" not in owner["roles"]]
    if foreign or (roles is not None and not roles):
        message = say("A token has some of the roles of its person.", "令牌只能拥有其所属人员的部分角色。")
        hint = say("Choose from: {roles}.", "可选：{roles}。", roles=", ".join(owner["roles"]))
        problems.append(Problem("/roles", "bad_choice", message, hint))
    if expires_at is not None and expires_at <= real_now():
        message = say("This end is in the past.", "该到期时间已过。")
        problems.append(Problem("/expires_at", "out_of_range", message, say("Choose a later one.", "请选择更晚的时间。")))
    if problems:
        raise Invalid(problems)
    token, token_id = new_token(PREFIX), new_record_id()
    connection.execute(insert(tokens).values(
        id=token_id, hash=hash_token(token), prefix=token[:SHOWN], name=name.strip(), user_id=user_id,
        roles=list(roles) if roles is not None else None, addresses=networks, created_by=ctx.user_id, created_at=real_now(),
        expires_at=expires_at,
    ))
    detail = {"name": name.strip(), "user": user_id, "roles": list(roles) if roles is not None else None, "addresses": networks}
    audit.write(connection, ctx, "token.create", "token", token_id, detail)
    return token_id, token


def find(connection: Connection, token: str, address: str | None, *, now: datetime | None = None) -> Found | None:
    """Return a living token used from an allowed address, with its person narrowed to its roles, or None."""
    if not token.startswith(PREFIX):
        return None
    moment = now or real_now()
    lasting = or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > moment)
    living = select(tokens).where(tokens.c.hash == hash_token(token), tokens.c.revoked_at.is_(None), lasting)
    row = connection.execute(living).mappings().first()
    if row is None or not _is_allowed(row["addresses"], address):
        return None
    owner = connection.execute(select(users).where(users.c.id == row["user_id"], users.c.state == "active")).mappings().first()
    if owner is None:
        return None
    user = user_of(connection, dict(owner))
    if row["roles"] is not None:
        # An administrator has every right, so any role narrows theirs; everybody else keeps what they still have themselves.
        user = replace(user, roles=tuple(role for role in row["roles"] if user.is_admin or role in user.roles))
    last = row["last_used_at"]
    return Found(row["id"], user, owner["language"], last is None or last <= moment - USED_EVERY)


def touch(connection: Connection, token_id: str, *, now: datetime | None = None) -> None:
    """Note that a token was used, at most once a minute."""
    moment = now or real_now()
    due = or_(tokens.c.last_used_at.is_(None), tokens.c.last_used_at <= moment - USED_EVERY)
    connection.execute(update(tokens).where(tokens.c.id == token_id, due).values(last_used_at=moment))


def revoke(connection: Connection, ctx: Context, token_id: str) -> None:
    """End a token at once; raises NotFound for one that is not theirs, unless by an administrator."""
    row = connection.execute(select(tokens).where(tokens.c.id == token_id)).mappings().first()
    if row is None or not (ctx.is_system or row["user_id"] == ctx.user_id or (ctx.user and ctx.user.is_admin)):
        raise not_found()
    if row["revoked_at"] is None:
        connection.execute(update(tokens).where(tokens.c.id == token_id).values(revoked_at=real_now()))
        audit.write(connection, ctx, "token.revoke", "token", token_id, {"name": row["name"], "user": row["user_id"]})


def revoke_all(connection: Connection, user_id: str) -> int:
    """End every token of a person and return how many."""
    living = update(tokens).where(tokens.c.user_id == user_id, tokens.c.revoked_at.is_(None))
    return connection.execute(living.values(revoked_at=real_now())).rowcount


def list_page(connection: Connection, *, user_id: str | None = None, before: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """Return tokens newest first, without their hashes; ``before`` is the id of the last one of the page before."""
    query = select(tokens).order_by(tokens.c.id.desc()).limit(limit)
    if user_id is not None:
        query = query.where(tokens.c.user_id == user_id)
    if before is not None:
        query = query.where(tokens.c.id < before)
    return [token_json(dict(row)) for row in connection.execute(query).mappings()]


def token_json(row: dict[str, Any]) -> dict[str, Any]:
    """Return a token as the API shows it: its first letters, never the token."""
    shown = {key: row[key] for key in ("id", "prefix", "name", "roles", "addresses")}
    moments = {key: show_moment(row[key]) if row[key] else None for key in ("created_at", "expires_at", "last_used_at", "revoked_at")}
    return {**shown, "user": row["user_id"], **moments}


def _require_own(ctx: Context, user_id: str) -> None:
    if not (ctx.is_system or user_id == ctx.user_id or (ctx.user and ctx.user.is_admin)):
        message = say("Only administrators make tokens for others.", "只有管理员可以为他人创建令牌。")
        raise Forbidden(Problem("/user", "forbidden", message, say("Make one for yourself.", "请为自己创建。")))


def _read_networks(addresses: Sequence[str] | None) -> tuple[list[Problem], list[str] | None]:
    problems, networks = [], []
    for index, text in enumerate(addresses or ()):
        try:
            networks.append(str(ipaddress.ip_network(text.strip(), strict=False)))
        except ValueError:
            message = say("{text} is neither an address nor a network.", "“{text}”不是地址或网段。", text=text[:60])
            problems.append(Problem(f"/addresses/{index}", "bad_format", message, say("Write 10.0.0.0/8.", "请填写如 10.0.0.0/8。")))
    return problems, networks or None


def _is_allowed(networks: list[str] | None, address: str | None) -> bool:
    if networks is None:
        return True
    try:
        caller = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    mapped = getattr(caller, "ipv4_mapped", None)
    return any((mapped or caller) in ipaddress.ip_network(network) for network in networks)

"""Getting in: who visits, signing in and out, and links that work once."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

import tenon
from tenon.engine.context import Context
from tenon.engine.people import unit_names_of, users
from tenon.engine.releases import current_number
from tenon.metamodel.errors import Forbidden, Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.platform import accounts, invitations, passwords, sessions
from tenon.platform.invitations import LinkKind, links
from tenon.platform.profile import logo_url
from tenon.platform.proxies import client_address
from tenon.platform.secrets import hash_token
from tenon.platform.sessions import SignedIn as Begun
from tenon.platform.workspace import Platform
from tenon.ui.shapes import Invitation, Session, SignedIn, Workspace

LINK_KINDS: tuple[LinkKind, ...] = ("invitation", "reset")


def workspace(platform: Platform) -> Workspace:
    """Return what is known without signing in."""
    settings, profile = platform.settings, platform.profile.read()
    with platform.database.read() as connection:
        is_set_up, release = accounts.has_admin(connection), current_number(connection)
    return Workspace(
        profile.name, str(settings.timezone), tenon.__version__, release, is_set_up, platform.outside.mail.is_set_up,
        settings.base_url.startswith("https://"), logo_url(profile.logo) if profile.logo else None,
    )  # fmt: skip


def address_of(platform: Platform, peer: str | None, headers: Mapping[str, str]) -> str | None:
    """Return the network address of a visitor, behind trusted proxies too."""
    return client_address(peer, headers, platform.settings)


def find_session(platform: Platform, token: str) -> Session | None:
    """Return the living session of a cookie, or None."""
    principal = platform.principals.by_session(token)
    if principal is None or principal.csrf is None:
        return None
    unit = principal.user.unit
    label = None
    if unit:
        with platform.database.read() as connection:
            label = unit_names_of(connection, [unit]).get(unit)
    return Session(Context(principal.user, principal.language), principal.csrf, label)


def sign_in(platform: Platform, ctx: Context, email: str, password: str, old_token: str | None = None) -> SignedIn:
    """Begin a session; raises Unauthenticated (the same for unknown people), TooMany."""
    return begun(platform, sessions.sign_in(platform.database, ctx, email, password, old_token=old_token))


def sign_out(platform: Platform, token: str) -> None:
    """End a session; a dead one is no error."""
    principal = platform.principals.by_session(token) if token else None
    with platform.database.write() as connection:
        sessions.end(connection, Context(principal.user if principal else None), token)
    platform.principals.forget()


def ask_reset(platform: Platform, ctx: Context, email: str) -> None:
    """Send a link for a new password when the person exists; answers the same in every case."""
    invitations.request_reset(platform.database, ctx, email)
    platform.wake()


def find_invitation(platform: Platform, token: str) -> Invitation | None:
    """Return what a one-time link is for, or None when it is dead."""
    with platform.database.read() as connection:
        kind = next((k for k in LINK_KINDS if invitations.is_living(connection, k, token)), None)
        if kind is None:
            return None
        query = select(users.c.email, users.c.name).join(links, links.c.user_id == users.c.id).where(links.c.id == hash_token(token))
        row = connection.execute(query).first()
    return None if row is None else Invitation("invite" if kind == "invitation" else "reset", row.email, row.name)


def accept_invitation(platform: Platform, ctx: Context, token: str, name: str | None, password: str) -> SignedIn:
    """Set the password (and name), use up the link, end other sessions; raises NotFound, Invalid (/password)."""
    found = find_invitation(platform, token)
    if found is None:
        raise not_found()
    database = platform.database
    if found.kind == "reset":
        return begun(platform, invitations.finish_reset(database, ctx, token, password))
    accepted = invitations.accept(database, ctx, token, password)
    if name and name != found.name:
        with platform.write() as uow:
            user = Context(None, ctx.language, is_system=True)
            accounts.change(uow.connection, user, accepted.user_id, {"name": name})
    return begun(platform, accepted)


def change_language(platform: Platform, ctx: Context, language: str) -> None:
    """Keep the language of this person."""
    if ctx.user_id:
        with platform.write() as uow:
            accounts.change(uow.connection, ctx, ctx.user_id, {"language": language})
        platform.principals.forget()


def change_password(platform: Platform, ctx: Context, old: str, new: str, token: str) -> None:
    """Change the password; every session but that of ``token`` ends. Raises Invalid (/old, /new)."""
    if ctx.user is None:
        raise not_found()
    try:
        passwords.check(new, email=ctx.user.email, path="/new")
        with platform.database.read() as connection:
            accounts.check_own_password(connection, ctx, old)
    except Forbidden:
        message = say("The present password is not right.", "当前密码不正确。")
        raise Invalid(Problem("/old", "refused", message)) from None
    kept = passwords.hash_password(new)
    with platform.database.write() as connection:
        accounts.set_password(connection, ctx, ctx.user.id, kept, keep_token=token)
    platform.principals.forget()


def begun(platform: Platform, session: Begun) -> SignedIn:
    """Return what goes into the cookie of a session that has just begun."""
    platform.principals.forget()
    with platform.database.read() as connection:
        language = connection.execute(select(users.c.language).where(users.c.id == session.user_id)).scalar_one()
    return SignedIn(session.token, session.expires_at, language)

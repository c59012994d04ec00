"""Links that work once: set-up of a workspace, signing in to a demo, invitations and new passwords."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Column, Connection, ForeignKey, Table, delete, insert, select, update

from tenon.engine import jobs
from tenon.engine.columns import CodeText, Moment
from tenon.engine.context import ADMIN, BUILDER, Context, system_context
from tenon.engine.jobs import JobKind, JobRun
from tenon.engine.outside import Mail
from tenon.engine.people import users
from tenon.engine.store import metadata
from tenon.metamodel.errors import Conflict, Problem, Unauthenticated
from tenon.metamodel.labels import say
from tenon.platform import accounts, audit, lockout, passwords, profile, sessions, tokens
from tenon.platform.addresses import fold_email
from tenon.platform.clock import real_now
from tenon.platform.database import Database
from tenon.platform.rights import require_admin
from tenon.platform.secrets import hash_token, new_token
from tenon.platform.sessions import SignedIn

links = Table(
    "tenon_link",
    metadata,
    Column("id", CodeText, primary_key=True),  # the token's hash
    Column("kind", CodeText, nullable=False),
    Column("user_id", CodeText, ForeignKey("tenon_user.id"), index=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
LinkKind = Literal["setup", "sign_in", "invitation", "reset"]
LIFETIMES: dict[str, timedelta] = {
    "setup": timedelta(days=7), "sign_in": timedelta(hours=1), "invitation": timedelta(days=7), "reset": timedelta(hours=1),
}
# The token stands behind #: browsers send it to no server and into no log but when the page posts it.
PATHS = {"setup": "/setup#", "sign_in": "/enter/", "invitation": "/invitation#", "reset": "/reset#"}
MAILS: dict[str, tuple[tuple[str, str], str, str]] = {
    "invitation": (
        ("You are invited to {workspace}", "邀请您使用 {workspace}"),
        "Hello {name},\n\nyou have an account in {workspace}. Open this link within seven days and choose a password:\n\n{link}\n",
        "{name}，您好：\n\n已为您开通 {workspace} 账号。请在七天内打开以下链接并设置密码：\n\n{link}\n",
    ),
    "reset": (
        ("A new password for {workspace}", "重置 {workspace} 密码"),
        "Hello {name},\n\nopen this link within one hour to choose a new password:\n\n{link}\n\n"
        "If you did not ask for it, nothing needs to be done.\n",
        "{name}，您好：\n\n请在一小时内打开以下链接设置新密码：\n\n{link}\n\n若非您本人操作，请忽略本邮件。\n",
    ),
}


def make_link(connection: Connection, kind: LinkKind, user_id: str | None = None, *, now: datetime | None = None) -> str:
    """Make a link's token and return it, this once; earlier ones of the same kind and person no longer work."""
    moment, token = now or real_now(), new_token()
    connection.execute(delete(links).where(links.c.kind == kind, links.c.user_id.is_not_distinct_from(user_id)))
    connection.execute(insert(links).values(
        id=hash_token(token), kind=kind, user_id=user_id, created_at=moment, expires_at=moment + LIFETIMES[kind],
    ))
    return token


def link_url(base_url: str, kind: LinkKind, token: str) -> str:
    """Return the address of a link, under the base address of the settings."""
    return base_url.rstrip("/") + PATHS[kind] + token


def is_living(connection: Connection, kind: LinkKind, token: str, *, now: datetime | None = None) -> bool:
    """True while a link would still work; looking does not use it up."""
    living = (links.c.id == hash_token(token), links.c.kind == kind, links.c.expires_at > (now or real_now()))
    return connection.execute(select(links.c.id).where(*living)).first() is not None


def require_living(connection: Connection, kind: LinkKind, token: str) -> None:
    """Raise Unauthenticated for a link that would not work any more; it is not used up."""
    if not is_living(connection, kind, token):
        raise _used()


def is_set_up_offered(connection: Connection, *, now: datetime | None = None) -> bool:
    """True while a link that sets the workspace up is out and would still work."""
    living = (links.c.kind == "setup", links.c.expires_at > (now or real_now()))
    return connection.execute(select(links.c.id).where(*living).limit(1)).first() is not None


def use_link(connection: Connection, kind: LinkKind, token: str, *, now: datetime | None = None) -> str | None:
    """Use a link up and return whose it is; Unauthenticated when it was used before, is too old or unknown."""
    living = (links.c.id == hash_token(token), links.c.kind == kind, links.c.expires_at > (now or real_now()))
    row = connection.execute(delete(links).where(*living).returning(links.c.id, links.c.user_id)).first()
    if row is None:
        raise _used()
    user_id: str | None = row.user_id
    return user_id


def finish_setup(
    database: Database, ctx: Context, token: str, email: str, name: str, password: str, *, language: str = "en", agent: str = ""
) -> SignedIn:
    """Make the first administrator and sign them in; Unauthenticated for a used link, Conflict when there is an administrator."""
    passwords.check(password, email=fold_email(email))
    with database.read() as connection:
        if not is_living(connection, "setup", token):
            raise _used()
    kept = passwords.hash_password(password)
    with database.write() as connection:
        use_link(connection, "setup", token)
        if accounts.has_admin(connection):
            message = say("This workspace is set up already.", "此工作区已完成初始设置。")
            raise Conflict(Problem("", "conflict", message, say("Sign in.", "请登录。")))
        system = system_context("system", "setup", language)
        user_id = accounts.create(connection, system, email, name, [ADMIN, BUILDER], password_hash=kept, language=language)
        return sessions.begin(connection, ctx, user_id, agent=agent, how="setup")


def sign_in_by_link(database: Database, ctx: Context, token: str, *, agent: str = "", old_token: str | None = None) -> SignedIn:
    """Sign in once by a demo link; Unauthenticated when it was used before or the person may not sign in."""
    with database.write() as connection:
        user_id = _person(connection, use_link(connection, "sign_in", token), ("active",))
        return sessions.begin(connection, ctx, user_id, agent=agent, old_token=old_token, how="link")


def invite(connection: Connection, ctx: Context, user_id: str, *, by_mail: bool) -> str | None:
    """Invite somebody who has no password yet: by mail, or return the link's token to hand over. Conflict otherwise."""
    require_admin(ctx)
    row = accounts.get_row(connection, user_id)
    if row["state"] != "invited":
        message = say("This person can sign in already, or is disabled.", "该人员已可登录，或已被停用。")
        raise Conflict(Problem("/state", "conflict", message, say("Send a new password instead.", "请改为发送重置密码邮件。")))
    audit.write(connection, ctx, "user.invite", "user", user_id, {"by_mail": by_mail})
    if not by_mail:
        return make_link(connection, "invitation", user_id)
    jobs.put(connection, "account_mail", {"what": "invitation", "email": row["email"]}, unique_key=f"invitation:{user_id}")
    return None


def accept(database: Database, ctx: Context, token: str, password: str, *, agent: str = "") -> SignedIn:
    """Choose the first password by an invitation and sign in."""
    return _choose_password(database, ctx, "invitation", token, password, agent)


def request_reset(database: Database, ctx: Context, email: str) -> None:
    """Ask for a mail with a link to a new password: the same work, whether somebody has the address or not.

    TooMany after ten times in a quarter of an hour for the same address from the same place.
    """
    folded = fold_email(email)[:254]
    with database.write() as connection:
        lockout.begin(connection, f"reset:{folded}", ctx.address or "", now=real_now())
        key = f"reset:{hash_token(folded)}"
        jobs.put(connection, "account_mail", {"what": "reset", "email": folded}, unique_key=key)
        audit.write(connection, ctx, "user.ask_reset", "user", None, {"key": key[:22]})


def finish_reset(database: Database, ctx: Context, token: str, password: str, *, agent: str = "") -> SignedIn:
    """Choose a new password by a link and sign in; every session and every API token of the person ends."""
    return _choose_password(database, ctx, "reset", token, password, agent)


def account_jobs(base_url: str) -> list[JobKind]:
    """Return the kind of job that mails invitations and links to new passwords, all under the base address."""

    def run(job: JobRun) -> dict[str, Any]:
        return _mail_link(job, base_url)

    return [JobKind("account_mail", run)]


def forget_old(connection: Connection, *, now: datetime | None = None) -> None:
    """Delete links that are too old to work."""
    connection.execute(delete(links).where(links.c.expires_at <= (now or real_now())))


def _mail_link(run: JobRun, base_url: str) -> dict[str, Any]:
    """Make the link only now, so that its token stands in no queue; mail nothing when nobody may have it."""
    kind: LinkKind = "invitation" if run.payload["what"] == "invitation" else "reset"
    states = ("invited",) if kind == "invitation" else ("active", "invited")
    if not run.outside.mail.is_set_up:
        return {"sent": False}
    with run.database.write() as connection:
        wanted = select(users).where(users.c.email == run.payload["email"], users.c.state.in_(states))
        row = connection.execute(wanted).mappings().first()
        if row is None:
            return {"sent": False}
        person = dict(row)
        token, name = make_link(connection, kind, person["id"]), profile.find(connection).name
    run.outside.mail.send(_compose(run.id, kind, person, link_url(base_url, kind, token), name))
    return {"sent": True}


def _compose(job_id: str, kind: LinkKind, person: dict[str, Any], link: str, workspace: str) -> Mail:
    (subject_en, subject_zh), en, zh = MAILS[kind]
    language = person["language"]
    subject = say(subject_en, subject_zh, workspace=workspace).show(language)
    text = say(en, zh, name=person["name"], link=link, workspace=workspace).show(language)
    return Mail(job_id, person["email"], subject, text)


def _choose_password(database: Database, ctx: Context, kind: LinkKind, token: str, password: str, agent: str) -> SignedIn:
    with database.read() as connection:
        if not is_living(connection, kind, token):
            raise _used()
    passwords.check(password)
    kept = passwords.hash_password(password)
    with database.write() as connection:
        user_id = _person(connection, use_link(connection, kind, token), ("active", "invited"))
        connection.execute(update(users).where(users.c.id == user_id).values(state="active"))
        accounts.set_password(connection, ctx, user_id, kept)
        if kind == "reset":
            tokens.revoke_all(connection, user_id)
        return sessions.begin(connection, ctx, user_id, agent=agent, how=kind)


def _person(connection: Connection, user_id: str | None, states: tuple[str, ...]) -> str:
    found: str | None = connection.execute(select(users.c.id).where(users.c.id == user_id, users.c.state.in_(states))).scalar()
    if found is None:
        raise _used()
    return found


def _used() -> Unauthenticated:
    message = say("This link no longer works: it was used already or is too old.", "此链接已失效：已被使用或已过期。")
    return Unauthenticated(Problem("", "refused", message, say("Ask for a new one.", "请获取新的链接。")))

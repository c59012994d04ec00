"""Signing in and out, the set-up of a workspace, invitations and new passwords."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from tenon.engine.people import load_user, unit_names_of
from tenon.metamodel.errors import Forbidden, Invalid, Problem, Unauthenticated
from tenon.metamodel.labels import say
from tenon.platform import accounts, invitations, passwords, sessions
from tenon.platform.api.answers import answer, empty
from tenon.platform.api.calls import AnyCall, Call, ThisCall, session_cookie_of
from tenon.platform.sessions import SignedIn

router = APIRouter(prefix="/session")
root = APIRouter()


@router.post("")
def sign_in(call: AnyCall) -> Response:
    """Begin a session by e-mail address and password."""
    call.params(())
    _require_own_page(call)
    body = call.json_object(("email", "password"))
    email, password = call.text_of(body, "email", limit=1_000), call.text_of(body, "password", limit=1_000)
    signed = sessions.sign_in(call.platform.database, call.anonymous(), email, password, agent=_agent(call), old_token=call.session_token)
    return _begun(call, signed)


@router.get("")
def get_session(call: ThisCall) -> Response:
    """Return who calls: person, roles, unit, language, and the csrf of a browser's session."""
    call.params(())
    principal = call.principal
    assert principal is not None
    return answer(_who(call, principal.user.id, list(principal.user.roles), principal.csrf))


@router.delete("")
def sign_out(call: ThisCall) -> Response:
    """End the session; a token stays until it is revoked."""
    call.params(())
    ctx = call.ctx
    if call.session_token and call.principal is not None and call.principal.kind == "session":
        with call.platform.write() as uow:
            sessions.end(uow.connection, ctx, call.session_token)
        call.platform.principals.forget()
    response = empty()
    response.delete_cookie(session_cookie_of(call.platform), path="/", secure=_is_secure(call), httponly=True, samesite="lax")
    return response


@router.post("/reset")
def reset(call: AnyCall) -> Response:
    """Ask for a mail with a link to a new password, always answered alike; or finish with the link's token and a password."""
    call.params(())
    _require_own_page(call)
    body = call.json_object(("email", "token", "password"))
    if "token" in body or "password" in body:
        if "email" in body:
            raise Invalid(Problem("/email", "unknown_field", say("Send either email, or token and password.", "请只提交 email，或提交 token 和 password。")))
        token, password = call.text_of(body, "token"), call.text_of(body, "password", limit=1_000)
        signed = invitations.finish_reset(call.platform.database, call.anonymous(), token, password, agent=_agent(call))
        return _begun(call, signed)
    invitations.request_reset(call.platform.database, call.anonymous(), call.text_of(body, "email", limit=1_000))
    call.platform.wake()
    return empty()


@router.post("/invitation")
def accept_invitation(call: AnyCall) -> Response:
    """Choose the first password with an invitation's token, and begin a session."""
    call.params(())
    _require_own_page(call)
    body = call.json_object(("token", "password"))
    token, password = call.text_of(body, "token"), call.text_of(body, "password", limit=1_000)
    return _begun(call, invitations.accept(call.platform.database, call.anonymous(), token, password, agent=_agent(call)))


@router.post("/setup")
def set_up(call: AnyCall) -> Response:
    """Make the first administrator with the set-up token, and begin a session."""
    call.params(())
    _require_own_page(call)
    body = call.json_object(("token", "name", "email", "password"))
    token, name, email, password = (call.text_of(body, each, limit=1_000) for each in ("token", "name", "email", "password"))
    signed = invitations.finish_setup(
        call.platform.database, call.anonymous(), token, email, name, password, language=call.language, agent=_agent(call),
    )
    return _begun(call, signed)


@router.post("/password")
def change_password(call: ThisCall) -> Response:
    """Choose another password; every other session ends."""
    call.params(())
    body = call.json_object(("old_password", "password"))
    old, new = call.text_of(body, "old_password", limit=1_000), call.text_of(body, "password", limit=1_000)
    ctx = call.ctx
    if ctx.user is None or call.principal is None or call.principal.kind != "session":
        message = say("A password is changed in the browser's session.", "请在浏览器会话中修改密码。")
        raise Forbidden(Problem("", "forbidden", message, say("Sign in with the password.", "请使用密码登录。")))
    passwords.check(new, email=ctx.user.email)
    with call.platform.read() as uow:
        accounts.check_own_password(uow.connection, ctx, old)
    kept = passwords.hash_password(new)
    with call.platform.write() as uow:
        accounts.set_password(uow.connection, ctx, ctx.user.id, kept, keep_token=call.session_token)
    call.platform.principals.forget()
    return empty()


@root.get("/enter/{token}")
def enter(token: str, call: AnyCall) -> Response:
    """Sign in once by a link and go to the first page; a link that no longer works leads to the sign-in page."""
    try:
        signed = invitations.sign_in_by_link(
            call.platform.database, call.anonymous(), token, agent=_agent(call), old_token=call.session_token,
        )
    except Unauthenticated:
        return RedirectResponse("/sign-in?link=dead", 303, headers={"Cache-Control": "no-store"})
    call.platform.principals.forget()
    response = RedirectResponse("/", 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    _set_cookie(call, response, signed)
    return response


def _begun(call: Call, signed: SignedIn) -> Response:
    """Return who begins a session, with its cookie."""
    call.platform.principals.forget()
    response = answer(_who(call, signed.user_id, None, signed.csrf))
    _set_cookie(call, response, signed)
    return response


def _who(call: Call, user_id: str, roles: list[str] | None, csrf: str | None) -> dict[str, Any]:
    with call.platform.read() as uow:
        user = load_user(uow.connection, user_id)
        if user is None:
            raise Unauthenticated(Problem("", "forbidden", say("Please sign in.", "请先登录。")))
        row = accounts.get_row(uow.connection, user_id)
        units = unit_names_of(uow.connection, [user.unit] if user.unit else [])
    held = list(user.roles) if roles is None else roles
    return {
        "user": {"id": user.id, "name": user.name, "email": user.email},
        "roles": held,
        "unit": {"id": user.unit, "title": units.get(user.unit, "")} if user.unit else None,
        "language": row["language"],
        "is_admin": "admin" in held,
        "may_build": "admin" in held or "builder" in held or call.platform.builds(user),
        "csrf": csrf,
    }


def _set_cookie(call: Call, response: Response, signed: SignedIn) -> None:
    response.set_cookie(
        session_cookie_of(call.platform), signed.token, expires=signed.expires_at, path="/", secure=_is_secure(call), httponly=True, samesite="lax",
    )


def _is_secure(call: Call) -> bool:
    return call.platform.settings.base_url.startswith("https://")


def _agent(call: Call) -> str:
    return call.request.headers.get("user-agent", "")


def _require_own_page(call: Call) -> None:
    """Refuse to begin a session for a page of another site; programs send no Origin."""
    origin, site = call.request.headers.get("origin"), call.request.headers.get("sec-fetch-site")
    own = {call.request.headers.get("host"), urlsplit(call.platform.settings.base_url).netloc}
    if (origin is not None and urlsplit(origin).netloc not in own) or site in ("cross-site", "same-site"):
        message = say("This write did not come from a page of ours.", "该写入请求并非来自本系统页面。")
        raise Forbidden(Problem("", "forbidden", message, say("Open the sign-in page and try again.", "请打开登录页面后重试。")))

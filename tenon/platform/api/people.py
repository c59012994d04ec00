"""People, units, tokens and roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.context import ADMIN, BUILDER
from tenon.metamodel.errors import Forbidden, Invalid, Problem
from tenon.metamodel.labels import Text, say
from tenon.platform import accounts, invitations, passwords, profile, tokens, units
from tenon.platform.addresses import fold_email
from tenon.platform.api.answers import answer, empty
from tenon.platform.api.bodies import Members, id_of, moment_of, one_of
from tenon.platform.api.calls import PREFIX, Call, ThisCall
from tenon.platform.api.idempotent import idempotent
from tenon.platform.api.paging import PAGING, Paging
from tenon.platform.rights import require_admin

router = APIRouter()
SHOWN_TO_ALL = ("id", "name", "email", "unit", "manager")
BUILT_IN = {ADMIN: Text("Administrator", "管理员"), BUILDER: Text("Builder", "搭建者")}
NEW_USER = ("email", "name", "roles", "unit", "manager", "language", "password")
NEW_TOKEN = ("name", "user", "roles", "addresses", "expires_at")


@router.get("/users")
def list_users(call: ThisCall) -> Response:
    """Return people, newest first; others than administrators see those who are active, with what a directory shows."""
    params = call.params(("search", "state", *PAGING))
    is_admin = _is_admin(call)
    state = one_of(params.get("state"), "state", accounts.STATES)
    if not is_admin:
        if state not in (None, "active"):
            call.admin()
        state = "active"
    paging = Paging(call, "users", params.get("search"), state)
    with call.platform.read() as uow:
        found = accounts.list_page(uow.connection, search=params.get("search"), state=state, before=paging.before, limit=paging.fetch)
    return paging.answer(found, show=None if is_admin else _directory)


@router.get("/users/{id}")
def get_user(id: str, call: ThisCall) -> Response:
    """Return somebody; all of it for administrators and oneself."""
    call.params(())
    ctx = call.ctx
    with call.platform.read() as uow:
        found = accounts.get(uow.connection, id_of(id))
    return answer(found if _is_admin(call) or found["id"] == ctx.user_id else _directory(found))


@router.post("/users")
def create_user(call: ThisCall) -> Response:
    """Make an account; without a password the person is invited and chooses one."""
    call.params(())
    require_admin(call.ctx)
    body = call.json_object(NEW_USER)
    members = _person(body, "email", "name")
    password = members.text("password", nullable=True, limit=1_000)
    members.check()
    kept = None
    if password is not None:
        passwords.check(password, email=fold_email(str(body["email"])))
        kept = passwords.hash_password(password)

    def work() -> Response:
        with call.platform.write() as uow:
            given = {key: body[key] for key in ("unit", "manager") if key in body}
            user_id = accounts.create(
                uow.connection, call.ctx, body["email"], body["name"], body.get("roles") or [], password_hash=kept,
                language=body.get("language") or profile.find(uow.connection).language or call.platform.settings.language,
                 is_role=lambda name: uow.model.find("role", name) is not None,
                **given,
            )
            found = accounts.get(uow.connection, user_id)
        return answer(found, 201, headers={"Location": f"{PREFIX}/users/{user_id}"})

    return idempotent(call, work)


@router.patch("/users/{id}")
def change_user(id: str, call: ThisCall) -> Response:
    """Change somebody: oneself name and language, administrators everything; it acts at once."""
    call.params(())
    ctx, body = call.ctx, call.json_object()
    _person(body).check()
    with call.platform.write() as uow:
        changed = accounts.change(uow.connection, ctx, id_of(id), body, is_role=lambda name: uow.model.find("role", name) is not None)
    call.platform.principals.forget()
    return answer(changed)


@router.post("/users/{id}/invite")
def invite_user(id: str, call: ThisCall) -> Response:
    """Invite somebody by mail (202); where no mail is set up, return the link to hand over (200)."""
    call.params(())
    require_admin(call.ctx)
    call.json_object(())
    by_mail = call.platform.outside.mail.is_set_up

    def work() -> Response:
        with call.platform.write() as uow:
            token = invitations.invite(uow.connection, call.ctx, id_of(id), by_mail=by_mail)
            uow.after_commit.append(call.platform.wake)
        if token is None:
            return answer({"by_mail": True, "link": None}, 202)
        return answer({"by_mail": False, "link": invitations.link_url(call.platform.settings.base_url, "invitation", token)})

    # A link works once and is told once: it is not kept under a key.
    return idempotent(call, work) if by_mail else work()


@router.get("/units")
def list_units(call: ThisCall) -> Response:
    """Return the units, newest first."""
    call.params(PAGING)
    _ = call.ctx
    paging = Paging(call, "units")
    with call.platform.read() as uow:
        return paging.answer(units.list_page(uow.connection, before=paging.before, limit=paging.fetch))


@router.get("/units/{id}")
def get_unit(id: str, call: ThisCall) -> Response:
    """Return one unit."""
    call.params(())
    _ = call.ctx
    with call.platform.read() as uow:
        return answer(units.get(uow.connection, id_of(id)))


@router.post("/units")
def create_unit(call: ThisCall) -> Response:
    """Make a unit."""
    call.params(())
    require_admin(call.ctx)
    body = call.json_object(units.FIELDS)
    _unit(body, "name").check()

    def work() -> Response:
        with call.platform.write() as uow:
            unit_id = units.create(uow.connection, call.ctx, body["name"], body.get("parent"))
            found = units.get(uow.connection, unit_id)
        return answer(found, 201, headers={"Location": f"{PREFIX}/units/{unit_id}"})

    return idempotent(call, work)


@router.patch("/units/{id}")
def change_unit(id: str, call: ThisCall) -> Response:
    """Rename or move a unit; it acts at once."""
    call.params(())
    ctx, body = call.ctx, call.json_object()
    _unit(body).check()
    with call.platform.write() as uow:
        changed = units.change(uow.connection, ctx, id_of(id), body)
    call.platform.principals.forget()
    return answer(changed)


@router.get("/tokens")
def list_tokens(call: ThisCall) -> Response:
    """Return one's tokens, newest first; administrators see everybody's."""
    params = call.params(("user", *PAGING))
    owner = params.get("user")
    if not _is_admin(call):
        if owner not in (None, call.ctx.user_id):
            call.admin()
        owner = call.ctx.user_id
    paging = Paging(call, "tokens", owner)
    with call.platform.read() as uow:
        return paging.answer(tokens.list_page(uow.connection, user_id=owner, before=paging.before, limit=paging.fetch))


@router.post("/tokens")
def create_token(call: ThisCall) -> Response:
    """Make a token and return it, this once; a token that is no administrator's makes none."""
    call.params(())
    ctx, body = call.ctx, call.json_object(NEW_TOKEN)
    members = Members(body)
    members.require("name")
    name, user_id, expires = members.text("name"), members.text("user", nullable=True), members.text("expires_at", nullable=True)
    roles, addresses = members.texts("roles", nullable=True), members.texts("addresses", nullable=True)
    members.check()
    if call.principal is not None and call.principal.kind == "token" and not _is_admin(call):
        message = say("A token cannot make tokens.", "不能使用令牌创建令牌。")
        raise Forbidden(Problem("", "forbidden", message, say("Sign in and make it there.", "请登录后创建。")))
    owner = (user_id or ctx.user_id or "").lower()
    with call.platform.write() as uow:
        token_id, token = tokens.create(
            uow.connection, ctx, owner, name or "", roles=roles, addresses=addresses,
            expires_at=moment_of(call, expires, "/expires_at"),
        )
        shown = next(each for each in tokens.list_page(uow.connection, user_id=owner, limit=500) if each["id"] == token_id)
    # Told once: nothing of it is kept, not even under an Idempotency-Key.
    return answer({**shown, "token": token}, 201, headers={"Location": f"{PREFIX}/tokens/{token_id}"})


@router.patch("/tokens/{id}")
def change_token(id: str, call: ThisCall) -> Response:
    """Revoke a token by ``{"revoked": true}``."""
    call.params(())
    body = call.json_object(("revoked",))
    if body.get("revoked") is not True:
        message = say("A token can only be revoked.", "令牌只能被吊销。")
        raise Invalid(Problem("/revoked", "refused", message, say('Send {"revoked": true}, or make a new one.', '请提交 {"revoked": true}，或新建令牌。')))
    return revoke_token(id, call)


@router.delete("/tokens/{id}")
def revoke_token(id: str, call: ThisCall) -> Response:
    """Revoke a token; it is dead at once."""
    call.params(())
    ctx = call.ctx
    with call.platform.write() as uow:
        tokens.revoke(uow.connection, ctx, id_of(id))
    call.platform.principals.forget()
    return empty()


@router.get("/roles")
def list_roles(call: ThisCall) -> Response:
    """Return the roles: the two built-in ones and those of the release."""
    call.params(())
    _ = call.ctx
    listed: list[dict[str, Any]] = [
        {"name": name, "label": label.show(call.language), "is_built_in": True, "builds": True, "apps": [], "app": None}
        for name, label in BUILT_IN.items()
    ]
    with call.platform.read() as uow:
        listed += [
            {"name": d.name, "label": d.label.show(call.language), "is_built_in": False, "builds": d.body.builds, "apps": list(d.body.apps), "app": d.app}
            for d in uow.model.all("role")
        ]
    return answer({"roles": listed, "next": None})


def _is_admin(call: Call) -> bool:
    user = call.ctx.user
    return user is not None and user.is_admin


def _directory(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in SHOWN_TO_ALL}


def _person(body: Mapping[str, Any], *required: str) -> Members:
    members = Members(body)
    members.require(*required)
    for name in ("email", "name", "language", "state"):
        members.text(name)
    for name in ("unit", "manager"):
        members.text(name, nullable=True)
    members.texts("roles")
    return members


def _unit(body: Mapping[str, Any], *required: str) -> Members:
    members = Members(body)
    members.require(*required)
    members.text("name")
    members.text("parent", nullable=True)
    return members

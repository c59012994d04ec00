"""Accounts: making, changing and disabling people; there is always an administrator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from tenon.engine.columns import show_moment
from tenon.engine.context import ADMIN, BUILDER, Context
from tenon.engine.outside import new_record_id
from tenon.engine.people import has_role, units, users
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Problem, not_found
from tenon.metamodel.labels import LANGUAGES, say
from tenon.platform import audit, passwords, sessions, tokens
from tenon.platform.addresses import check_email, fold_email
from tenon.platform.clock import real_now
from tenon.platform.rights import check_names, require_admin

FIELDS = ("email", "name", "roles", "unit", "manager", "language", "state")
OWN_FIELDS = ("name", "language")
BUILT_IN_ROLES = (ADMIN, BUILDER)
STATES = ("active", "invited", "disabled")
LONGEST_NAME = 200
IsRole = Callable[[str], bool]


def no_more_roles(_name: str) -> bool:
    """Know no role beside admin and builder."""
    return False


def create(
    connection: Connection, ctx: Context, email: str, name: str, roles: Sequence[str] = (), *, password: str | None = None,
    password_hash: str | None = None, unit: str | None = None, manager: str | None = None, language: str = "en",
    state: str | None = None, is_role: IsRole = no_more_roles,
) -> str:
    """Make an account and return its id; without a password it is invited and cannot sign in yet.

    ``is_role`` tells whether a role beside admin and builder exists. ``password_hash`` is for callers that hashed the
    password before they opened the transaction. Conflict when the address is taken, Invalid for wrong values.
    """
    require_admin(ctx)
    values: dict[str, Any] = {
        "email": email, "name": name, "roles": list(roles), "unit": unit, "manager": manager, "language": language,
        "state": state or ("active" if password or password_hash else "invited"),
    }
    values = _clean(connection, values, None, is_role)
    if password is not None:
        passwords.check(password, email=values["email"])
        password_hash = passwords.hash_password(password)
    user_id, now = new_record_id(), real_now()
    password_at = now if password_hash else None
    _store(connection, insert(users).values(id=user_id, password_hash=password_hash, password_at=password_at, created_at=now, **values))
    audit.write(connection, ctx, "user.create", "user", user_id, values)
    return user_id


def change(
    connection: Connection, ctx: Context, user_id: str, values: Mapping[str, Any], *, is_role: IsRole = no_more_roles
) -> dict[str, Any]:
    """Change an account and return it as JSON; whoever is disabled loses sessions and tokens at once.

    People may change their own name and language, administrators everything. Conflict when no administrator would be left.
    """
    if user_id == ctx.user_id and not ctx.is_system and set(values) <= set(OWN_FIELDS):
        pass
    else:
        require_admin(ctx)
    check_names(values, FIELDS)
    before = get_row(connection, user_id)
    new = _clean(connection, values, user_id, is_role)
    changed = {key: [before[key], value] for key, value in new.items() if before[key] != value}
    if not changed:
        return user_json(before)
    after = {**before, **new}
    if _is_active_admin(before) and not _is_active_admin(after):
        _require_other_admin(connection, user_id)
    if after["state"] == "active" and after["password_hash"] is None and before["state"] == "disabled":
        after["state"] = new["state"] = "invited"
    _store(connection, update(users).where(users.c.id == user_id).values({key: after[key] for key in changed}))
    if after["state"] != "active":
        sessions.end_all(connection, user_id)
        tokens.revoke_all(connection, user_id)
    audit.write(connection, ctx, "user.change", "user", user_id, changed)
    return user_json(after)


def disable(connection: Connection, ctx: Context, user_id: str) -> dict[str, Any]:
    """Disable an account: sessions and tokens are dead at once, what the person made stays."""
    return change(connection, ctx, user_id, {"state": "disabled"})


def set_password(connection: Connection, ctx: Context, user_id: str, password_hash: str, *, keep_token: str | None = None) -> None:
    """Set a password hashed before; every other session of the person ends."""
    kept = {"password_hash": password_hash, "password_at": real_now()}
    if connection.execute(update(users).where(users.c.id == user_id).values(kept)).rowcount == 0:
        raise not_found()
    ended = sessions.end_all(connection, user_id, keep_token=keep_token)
    audit.write(connection, ctx, "user.password", "user", user_id, {"ended_sessions": ended}, user_id=ctx.user_id or user_id)


def check_own_password(connection: Connection, ctx: Context, password: str) -> None:
    """Raise Forbidden unless it is the password of who acts; asked before it is changed."""
    kept = connection.execute(select(users.c.password_hash).where(users.c.id == ctx.user_id, users.c.state == "active")).scalar()
    if not passwords.is_right(password, kept):
        message = say("The present password is not right.", "当前密码不正确。")
        raise Forbidden(Problem("/old_password", "refused", message, say("Try again.", "请重试。")))


def get(connection: Connection, user_id: str) -> dict[str, Any]:
    """Return an account as JSON; raises NotFound."""
    return user_json(get_row(connection, user_id))


def get_row(connection: Connection, user_id: str) -> dict[str, Any]:
    """Return the whole row of an account, its password's hash included; raises NotFound."""
    row = connection.execute(select(users).where(users.c.id == user_id)).mappings().first()
    if row is None:
        raise not_found()
    return dict(row)


def find_by_email(connection: Connection, email: str) -> dict[str, Any] | None:
    """Return an account as JSON by its address, however it is spelt, or None."""
    row = connection.execute(select(users).where(users.c.email == fold_email(email))).mappings().first()
    return user_json(dict(row)) if row else None


def list_page(
    connection: Connection, *, search: str | None = None, state: str | None = None, before: str | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """Return accounts newest first; ``before`` is the id of the last one of the page before."""
    query = select(users).order_by(users.c.id.desc()).limit(limit)
    if search:
        in_email = users.c.email.contains(fold_email(search), autoescape=True)
        query = query.where(or_(users.c.name.icontains(search.replace("\0", ""), autoescape=True), in_email))
    if state:
        query = query.where(users.c.state == state)
    if before:
        query = query.where(users.c.id < before)
    return [user_json(dict(row)) for row in connection.execute(query).mappings()]


def user_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return an account as the API shows it; nothing of its password."""
    moments = {key: show_moment(row[key]) if row.get(key) else None for key in ("created_at", "last_sign_in")}
    return {"id": row["id"], **{key: row[key] for key in FIELDS}, **moments}


def has_admin(connection: Connection) -> bool:
    """True once the workspace has an administrator who can act."""
    return connection.execute(select(users.c.id).where(users.c.state == "active", has_role(ADMIN)).limit(1)).first() is not None


def _is_active_admin(row: Mapping[str, Any]) -> bool:
    return row["state"] == "active" and ADMIN in row["roles"]


def _require_other_admin(connection: Connection, user_id: str) -> None:
    # Locked in one order, so that two administrators who disable each other at the same moment do not both succeed.
    admins = select(users.c.id).where(users.c.state == "active", has_role(ADMIN)).order_by(users.c.id).with_for_update()
    if not any(each != user_id for each in connection.execute(admins).scalars()):
        message = say("This is the last administrator.", "这是最后一位管理员。")
        hint = say("Make somebody else an administrator first.", "请先将其他人设为管理员。")
        raise Conflict(Problem("/roles", "blocked", message, hint))


def _clean(connection: Connection, values: Mapping[str, Any], user_id: str | None, is_role: IsRole) -> dict[str, Any]:
    new, problems = dict(values), list[Problem]()
    if "email" in new:
        new["email"] = fold_email(str(new["email"] or ""))
        problems += check_email(new["email"], "/email")
    if "name" in new:
        new["name"] = " ".join(str(new["name"] or "").split())
        if not new["name"] or len(new["name"]) > LONGEST_NAME or not new["name"].isprintable():
            message = say("A person needs a name of at most {n} characters.", "需要填写姓名，最多 {n} 个字符。", n=LONGEST_NAME)
            problems.append(Problem("/name", "required", message, say("Write the name.", "请填写姓名。")))
    if "roles" in new:
        problems += _check_roles(new["roles"], is_role)
    for key, choices in (("language", LANGUAGES), ("state", STATES)):
        if key in new and new[key] not in choices:
            message = say("This is not one of the choices.", "该值不在可选范围内。")
            problems.append(Problem(f"/{key}", "bad_choice", message, say("Choose from: {all}.", "可选：{all}。", all=", ".join(choices))))
    problems += _check_place(connection, new, user_id)
    if problems:
        raise Invalid(problems)
    if "email" in new:
        taken = select(users.c.id).where(users.c.email == new["email"], users.c.id != (user_id or ""))
        if connection.execute(taken).first() is not None:
            raise _taken()
    return new


def _taken() -> Conflict:
    message = say("Somebody has this e-mail address already.", "该邮箱地址已被使用。")
    return Conflict(Problem("/email", "not_unique", message, say("Look for the person in the list.", "请在人员列表中查找。")))


def _store(connection: Connection, statement: Executable) -> None:
    try:
        connection.execute(statement)
    except IntegrityError as error:  # somebody took the address at this very moment
        raise _taken() from error


def _check_roles(roles: Any, is_role: IsRole) -> list[Problem]:
    hint = say("Choose from the roles of the workspace.", "请从工作区的角色中选择。")
    if not isinstance(roles, list) or not all(isinstance(each, str) for each in roles):
        return [Problem("/roles", "wrong_type", say("Roles are a list of names.", "角色须为名称列表。"), hint)]
    unknown = [role for role in roles if role not in BUILT_IN_ROLES and not is_role(role)]
    return [Problem("/roles", "bad_choice", say("There is no role {role}.", "没有角色 {role}。", role=role[:60]), hint) for role in unknown]


def _check_place(connection: Connection, new: Mapping[str, Any], user_id: str | None) -> list[Problem]:
    problems, hint = [], say("Choose one that is there.", "请选择已有的一项。")
    if new.get("unit") is not None and connection.execute(select(units.c.id).where(units.c.id == new["unit"])).first() is None:
        problems.append(Problem("/unit", "no_such_record", say("There is no such unit.", "没有该部门。"), hint))
    if new.get("manager") is not None:
        above = select(users.c.id, users.c.manager).where(users.c.id == new["manager"]).cte("above", recursive=True)
        above = above.union(select(users.c.id, users.c.manager).where(users.c.id == above.c.manager))
        chain = list(connection.execute(select(above.c.id)).scalars())
        if not chain:
            problems.append(Problem("/manager", "no_such_record", say("There is no such person.", "没有该人员。"), hint))
        elif user_id in chain:
            message = say("Nobody manages themselves, directly or through others.", "人员不能直接或间接成为自己的上级。")
            problems.append(Problem("/manager", "refused", message, say("Choose somebody else.", "请选择其他人。")))
    return problems

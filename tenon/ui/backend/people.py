"""The people of the workspace, for administrators: inviting, roles, disabling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tenon.engine.context import ADMIN, BUILDER
from tenon.engine.people import has_role, unit_names_of, users
from tenon.metamodel.labels import Text
from tenon.platform import accounts, audit, invitations, profile, sessions
from tenon.platform.rights import require_admin
from tenon.ui.backend.base import View, id_of
from tenon.ui.shapes import Choice, PeoplePage, Person

SIZE = 50
MOST_ADMINS = 3
BUILT_IN = {ADMIN: Text("Administrator", "管理员"), BUILDER: Text("Builder", "搭建者")}


def my_roles(view: View) -> Sequence[str]:
    """Return the labels of the roles of whoever asks."""
    labels = {choice.name: choice.label for choice in role_choices(view)}
    return [labels.get(name, name) for name in (view.ctx.user.roles if view.ctx.user else ())]


def admins(view: View) -> Sequence[tuple[str, str]]:
    """Return names and addresses of a few administrators, for whoever lacks a right."""
    chosen = select(users.c.name, users.c.email).where(users.c.state == "active", has_role(ADMIN)).order_by(users.c.name).limit(MOST_ADMINS)
    return [(row.name, row.email) for row in view.uow.connection.execute(chosen)]


def people(view: View, search: str, cursor: str) -> PeoplePage:
    """Return people newest first, with the roles there are; raises Forbidden for others than administrators."""
    require_admin(view.ctx)
    before = cursor if len(cursor) == 36 else None
    found = accounts.list_page(view.uow.connection, search=search[:200] or None, before=before, limit=SIZE + 1)
    units = unit_names_of(view.uow.connection, [p["unit"] for p in found if p["unit"]])
    shown = tuple(_person(row, units) for row in found[:SIZE])
    return PeoplePage(shown, role_choices(view), found[SIZE - 1]["id"] if len(found) > SIZE else None)


def invite_person(view: View, name: str, email: str, roles: Sequence[str]) -> str | None:
    """Make an account and invite its person: by mail, or return the link to hand over. Raises Invalid, Conflict, Forbidden."""
    model = view.model
    made = accounts.create(
        view.uow.connection, view.ctx, email, name, list(roles), language=profile.find(view.uow.connection).language or view.ctx.language,
        is_role=lambda role: model.find("role", role) is not None,
    )  # fmt: skip
    return _invited(view, made)


def invite_again(view: View, id: str) -> str | None:
    """Invite somebody anew who has not chosen a password yet."""
    return _invited(view, id_of(id))


def _invited(view: View, id: str) -> str | None:
    by_mail = view.platform.outside.mail.is_set_up
    token = invitations.invite(view.uow.connection, view.ctx, id, by_mail=by_mail)
    return None if token is None else invitations.link_url(view.platform.settings.base_url, "invitation", token)


def change_person(view: View, id: str, values: Mapping[str, Any]) -> None:
    """Change roles or state of somebody; raises Conflict when no administrator would be left."""
    require_admin(view.ctx)
    model = view.model
    accounts.change(view.uow.connection, view.ctx, id_of(id), values, is_role=lambda role: model.find("role", role) is not None)
    view.uow.after_commit.append(view.platform.principals.forget)


def end_sessions(view: View, id: str) -> int:
    """Sign somebody out everywhere at once and return from how many places. Raises Forbidden, NotFound."""
    require_admin(view.ctx)
    person = accounts.get(view.uow.connection, id_of(id))["id"]
    ended = sessions.end_all(view.uow.connection, person)
    audit.write(view.uow.connection, view.ctx, "session.end_all", "user", person, {"ended_sessions": ended})
    view.uow.after_commit.append(view.platform.principals.forget)
    return ended


def _person(row: Mapping[str, Any], units: Mapping[str, str]) -> Person:
    seen = row["last_sign_in"]
    at = datetime.fromisoformat(seen) if seen else None
    return Person(row["id"], row["name"], row["email"], tuple(row["roles"]), row["state"], units.get(row["unit"] or ""), at, row["unit"])


def role_choices(view: View) -> tuple[Choice, ...]:
    """Return the roles people can have: the built-in ones and those of the release."""
    built_in = [Choice(name, label.show(view.language)) for name, label in BUILT_IN.items()]
    return (*built_in, *(Choice(d.name, d.label.show(view.language)) for d in view.model.all("role")))

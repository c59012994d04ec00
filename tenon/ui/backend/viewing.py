"""Seeing the workspace with the rights of somebody else or of a role: for administrators, to look only, and noted in the audit."""

from __future__ import annotations

from dataclasses import replace

from tenon.engine.context import Context, User
from tenon.engine.people import load_user
from tenon.metamodel.errors import not_found
from tenon.platform import audit
from tenon.platform.rights import require_admin
from tenon.platform.workspace import Platform
from tenon.ui.backend.base import View
from tenon.ui.shapes import Session


def find(platform: Platform, session: Session, whose: str, language: str) -> Session | None:
    """Return the session with the rights of ``user:<id>`` or ``role:<name>``; None when there is no such one, or for others than administrators."""
    me = session.ctx.user
    if me is None or not me.is_admin:
        return None
    what, _, name = whose.partition(":")
    with platform.read() as uow:
        user: User | None = None
        if what == "user":
            user = load_user(uow.connection, name)
        elif what == "role" and (role := uow.model.find("role", name)) is not None:
            user = replace(me, name=role.label.show(language), roles=(name,))
    return None if user is None else Session(replace(session.ctx, user=user), session.csrf)


def begin(view: View, whose: str, session: Session) -> None:
    """Note that an administrator begins to look; raises NotFound for nobody."""
    require_admin(view.ctx)
    if find(view.platform, session, whose, view.language) is None:
        raise not_found()
    audit.write(view.uow.connection, view.ctx, "view_as.begin", whose.partition(":")[0], whose.partition(":")[2])


def end(platform: Platform, ctx: Context, whose: str) -> None:
    """Note that an administrator stopped looking."""
    with platform.write() as uow:
        audit.write(uow.connection, ctx, "view_as.end", whose.partition(":")[0], whose.partition(":")[2])

"""The first start: the language of the workspace, its administrator, and whether there is still something to choose."""

from __future__ import annotations

from tenon.engine.context import Context, system_context
from tenon.platform import accounts, invitations, profile
from tenon.platform.workspace import Platform
from tenon.ui.backend import entrance, installs, workspace_settings
from tenon.ui.backend.base import View
from tenon.ui.shapes import SignedIn


def is_link(platform: Platform, token: str) -> bool:
    """True while the one-time set-up link can be used: it lives, and nobody administers the workspace."""
    with platform.database.read() as connection:
        return invitations.is_living(connection, "setup", token) and not accounts.has_admin(connection)


def language(platform: Platform) -> str | None:
    """Return the language of the workspace, None as long as nobody chose one."""
    return platform.profile.read().language


def choose_language(platform: Platform, ctx: Context, token: str, language: str) -> None:
    """Let whoever holds the set-up link choose the language of the workspace; the link stays good. Raises Unauthenticated, Invalid."""
    with platform.write() as uow:
        invitations.require_living(uow.connection, "setup", token)
        profile.change(uow.connection, system_context("system", "setup", ctx.language), {"language": language})
    platform.profile.forget()


def change_language(view: View, language: str) -> None:
    """Change the language of the workspace as its administrator. Raises Forbidden, Invalid."""
    workspace_settings.change(view, {"language": language})


def set_up(platform: Platform, ctx: Context, token: str, name: str, email: str, password: str) -> SignedIn:
    """Create the administrator and use up the link; raises Unauthenticated for a dead one, Conflict, Invalid."""
    begun = invitations.finish_setup(platform.database, ctx, token, email, name, password, language=ctx.language)
    return entrance.begun(platform, begun)


def is_open(view: View) -> bool:
    """True for an administrator of a workspace that has nothing in it yet, and in which nothing is being installed."""
    user = view.ctx.user
    if user is None or not user.is_admin or view.model.all("app") or any(not e.is_system for e in view.model.entities.values()):
        return False
    return not installs.is_any(view)

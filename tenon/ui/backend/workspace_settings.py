"""The settings of the workspace, for administrators: name, language of new people, logo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from tenon.engine.context import Context
from tenon.metamodel.errors import Invalid, Problem, TenonError, not_found
from tenon.metamodel.labels import say
from tenon.platform import files, profile
from tenon.platform.rights import require_admin
from tenon.platform.workspace import Platform
from tenon.ui.admin_shapes import WorkspaceSettings
from tenon.ui.backend.base import View, open_write


def settings_of(view: View) -> WorkspaceSettings:
    """Return what is set. Raises Forbidden."""
    require_admin(view.ctx)
    found, settings = profile.find(view.uow.connection), view.platform.settings
    logo = profile.logo_url(found.logo) if found.logo else None
    return WorkspaceSettings(found.name, found.language or "", str(settings.timezone), logo)


def change(view: View, values: Mapping[str, Any]) -> None:
    """Change what the workspace calls itself; pages of this process show it at once. Raises Forbidden, Invalid."""
    profile.change(view.uow.connection, view.ctx, values)
    view.uow.after_commit.append(view.platform.profile.forget)


def logo_of(platform: Platform, id: str) -> dict[str, Any]:
    """Return the row of the logo's file, for anybody. Raises NotFound for every other file."""
    with platform.database.read() as connection:
        if profile.find(connection).logo != id:
            raise not_found()
        return files.get(connection, id)


def set_logo(platform: Platform, ctx: Context, content: BinaryIO, name: str) -> None:
    """Keep a picture and show it as the logo. Raises Forbidden, Invalid, TooLarge; nothing stays of a refused one."""
    require_admin(ctx)
    if not name:
        raise Invalid(Problem("/logo", "required", say("No picture was chosen.", "尚未选择图片。"), say("Choose one first.", "请先选择图片。")))
    store = platform.outside.files
    kept = files.store(store, content, name, most_bytes=profile.LOGO_BYTES)
    try:
        with open_write(platform, ctx) as view:
            change(view, {"logo": files.add(view.uow.connection, ctx, kept, name)["id"]})
    except TenonError:
        store.delete(kept.key)
        raise

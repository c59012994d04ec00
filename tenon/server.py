"""The whole application: the HTTP contract, and behind it the pages at the root."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.routing import Match, Mount
from starlette.types import Scope

from tenon.engine.apps.package import TEMPLATES
from tenon.platform.api.app import create_api
from tenon.platform.workspace import Platform
from tenon.ui.app import build_ui
from tenon.ui.backend import make_backend


class Pages(Mount):
    """The pages at the root; what begins with /api/ is never theirs, so that a wrong call is answered as one."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether a request is for a page."""
        return (Match.NONE, {}) if scope["type"] != "http" or scope["path"].startswith("/api/") else super().matches(scope)


def create_app(platform: Platform, *, templates: Path = TEMPLATES) -> FastAPI:
    """Return the application over a platform; ``templates`` is the folder of the apps that can be installed."""
    app = create_api(platform)
    pages = build_ui(make_backend(platform, templates=templates), now=platform.outside.clock.now)
    app.router.routes.append(Pages("/", app=pages, name="pages"))
    return app

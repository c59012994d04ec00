"""Apps: what is installed and what can be."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import Conflict
from tenon.ui.backend import apps
from tenon.ui.deps import Member, SentForm, flash, go, text_of
from tenon.ui.render import render

router = APIRouter()


@router.get("/apps")
def apps_page(request: Request, visit: Member) -> Response:
    """Show installed and available apps."""
    with visit.read() as view:
        cards = apps.apps(view, visit.templates)
    return render(
        request, "apps.html", installed=[c for c in cards if c.installed], available=[c for c in cards if not c.installed], error=None
    )


@router.post("/apps/{name}/install")
def install_app(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Install an app."""
    try:
        apps.install_app(visit.platform, visit.ctx, visit.templates, name, text_of(sent, "sample") == "on")
    except Conflict as error:
        with visit.read() as view:
            cards = apps.apps(view, visit.templates)
        message = error.problems[0].message.show(visit.language)
        installed, available = [c for c in cards if c.installed], [c for c in cards if not c.installed]
        return render(request, "apps.html", status=409, installed=installed, available=available, error=message)
    return flash(go(request, "/apps"), visit.say("The app is installed."))

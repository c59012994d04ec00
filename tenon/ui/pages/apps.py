"""Apps: what is installed and what can be; installing, removing, taking along; and the choice of apps at the first start."""

from __future__ import annotations

from typing import get_args

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from tenon.engine.apps.install import Data
from tenon.engine.releases.draft import require_builder
from tenon.metamodel.errors import Conflict, Invalid, TenonError
from tenon.ui.backend import apps, jobs
from tenon.ui.deps import Member, SentForm, Visit, flash, go, text_of
from tenon.ui.render import SECURITY_HEADERS, render

router = APIRouter()
MOST_BYTES = 64 << 20


@router.get("/apps")
def apps_page(request: Request, visit: Member, job: str = "") -> Response:
    """Show installed and available apps, and how far the sample records are that a job loads."""
    return _show(request, visit, job=job)


@router.post("/apps/import")
def import_app(request: Request, visit: Member, sent: SentForm) -> Response:
    """Install the app in a zip."""
    require_builder(visit.ctx, "app")
    file = sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _show(request, visit, error=visit.say("Choose a file first."), status=422)
    try:
        apps.import_app(visit.platform, visit.ctx, visit.templates, file.file.read(MOST_BYTES + 1))
    except (Invalid, Conflict) as error:
        return _show(request, visit, error=_words(visit, error), status=error.status)
    return flash(go(request, "/apps"), visit.say("The app is installed."))


@router.post("/apps/{name}/install")
def install_app(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Install an app with what it requires."""
    try:
        job = apps.install_apps(visit.platform, visit.ctx, visit.templates, [name], text_of(sent, "sample") == "on")
    except Conflict as error:
        return _show(request, visit, error=_words(visit, error), status=error.status)
    return flash(go(request, f"/apps?job={job}" if job else "/apps"), visit.say("The app is installed."))


@router.post("/apps/{name}/uninstall")
def uninstall_app(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Remove an app and keep, archive or remove its records."""
    data: Data = next((each for each in get_args(Data) if each == text_of(sent, "data")), "keep")
    try:
        apps.remove_app(visit.platform, visit.ctx, name, data)
    except (Invalid, Conflict) as error:
        return _show(request, visit, error=_words(visit, error), status=error.status)
    return flash(go(request, "/apps"), visit.say("The app is removed."))


@router.get("/apps/{name}/export")
def export_app(visit: Member, name: str) -> Response:
    """Send an installed app as a zip, without records."""
    with visit.read() as view:
        content = apps.export_app(view, name)
    headers = {**SECURITY_HEADERS, "Content-Disposition": f'attachment; filename="{name}.zip"'}
    return Response(content, media_type="application/zip", headers=headers)


@router.get("/welcome")
def welcome_page(request: Request, visit: Member) -> Response:
    """Ask at the first start which apps to begin with."""
    require_builder(visit.ctx, "app")
    return _welcome(request, visit)


@router.post("/welcome")
def begin(request: Request, visit: Member, sent: SentForm) -> Response:
    """Install the chosen apps, with sample records when wanted, and go to the first page."""
    chosen = [str(name) for name in sent.getlist("apps")]
    try:
        job = apps.install_apps(visit.platform, visit.ctx, visit.templates, chosen, text_of(sent, "sample") == "on")
    except (Invalid, Conflict) as error:
        return _welcome(request, visit, _words(visit, error), error.status)
    return go(request, f"/apps?job={job}" if job else "/")


def _words(visit: Visit, error: TenonError) -> list[str]:
    """Return what is wrong and what to do, one line each."""
    return [f"{p.message.show(visit.language)} {p.hint.show(visit.language) if p.hint else ''}".strip() for p in error.problems]


def _welcome(request: Request, visit: Visit, error: list[str] | None = None, status: int = 200) -> Response:
    with visit.read() as view:
        cards = [card for card in apps.apps(view, visit.templates) if not card.installed]
    return render(request, "welcome.html", status=status, cards=cards, error=error or [])


def _show(request: Request, visit: Visit, *, job: str = "", error: list[str] | str = "", status: int = 200) -> Response:
    with visit.read() as view:
        cards = apps.apps(view, visit.templates)
        running = jobs.job(view, job) if job else None
    installed, available = [c for c in cards if c.installed], [c for c in cards if not c.installed]
    lines = [error] if isinstance(error, str) and error else list(error)
    return render(request, "apps.html", status=status, installed=installed, available=available, error=lines, job=running)

"""Apps: what is installed and what can be; installing in the background, removing, taking along."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from tenon.engine.apps.install import Data
from tenon.engine.releases.draft import require_builder
from tenon.metamodel.errors import Conflict, Invalid, TenonError, TooLarge
from tenon.platform import samples
from tenon.ui.backend import app_guides, app_samples, apps, installs, upgrades
from tenon.ui.backend.base import View
from tenon.ui.deps import Member, SentForm, Visit, flash, go, text_of
from tenon.ui.render import SECURITY_HEADERS, is_fragment, render

router = APIRouter()
MOST_BYTES = 64 << 20
PLACES = {"apps": "/apps", "welcome": "/welcome/install", "home": "/apps"}
"""The pages that show how far an install is, and where its end is seen."""


@router.get("/apps")
def apps_page(request: Request, visit: Member, job: str = "") -> Response:
    """Show installed and available apps, and how far an install is."""
    return _show(request, visit, job=job)


@router.post("/apps/import")
def import_app(request: Request, visit: Member, sent: SentForm) -> Response:
    """Install the app in a zip; a newer version of one that is there, or names that are taken, are decided first."""
    require_builder(visit.ctx, "app")
    file = sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _show(request, visit, error=visit.say("Choose a file first."), status=422)
    content = file.file.read(MOST_BYTES + 1)
    try:
        with visit.write() as view:
            undecided = upgrades.keep_undecided(view, content)
    except (Invalid, TooLarge) as error:
        return _show(request, visit, error=words_of(visit, error), status=error.status)
    if undecided is not None:
        return go(request, undecided)
    return _order(request, visit, lambda view: installs.order_package(view, visit.templates, content))


@router.post("/apps/{name}/install")
def install_app(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Have an app installed with what it requires."""
    samples = None if text_of(sent, "sample") == "on" else ()
    return _order(request, visit, lambda view: installs.order(view, visit.templates, [name], samples))


@router.get("/apps/installs/{id}")
def install_part(request: Request, visit: Member, id: str, at: str = "") -> Response:
    """Return how far an install is; when it has ended, the page around is shown anew, with what has come."""
    with visit.read() as view:
        found = installs.find(view, id)
    place = at if at in PLACES else "apps"
    if found is None or not found.is_live or not is_fragment(request):
        return go(request, "/" if place == "home" and found is not None and not found.wrongs else f"{PLACES[place]}?job={quote(id)}")
    return render(request, "install_part.html", install=found, at=place)


@router.get("/apps/{name}/guide")
def guide_page(request: Request, visit: Member, name: str) -> Response:
    """Show what an installed app holds, as far as the reader may see it."""
    with visit.read() as view:
        guide = app_guides.guide(view, name)
    return render(request, "app_guide.html", guide=guide)


@router.get("/apps/{name}/records")
def record_counts(request: Request, visit: Member, name: str) -> Response:
    """Return how many records removing an app is about."""
    with visit.read() as view:
        counts = apps.record_counts(view, name)
    return render(request, "app_records_part.html", counts=counts)


@router.get("/apps/{name}/samples")
def samples_part(request: Request, visit: Member, name: str) -> Response:
    """Return what removing the sample records of an app is about."""
    with visit.read() as view:
        found = app_samples.shown(view, name)
    return render(request, "app_samples_part.html", samples=found)


@router.post("/apps/{name}/samples/remove")
def remove_samples(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Move the sample records of an app to the trash, as many as were shown; what takes long is shown as a job."""
    count = text_of(sent, "expect")
    try:
        done = samples.remove(visit.platform, visit.ctx, name, int(count) if count.isdecimal() else -1)
    except Conflict as error:
        return _show(request, visit, error=words_of(visit, error), status=error.status)
    said = visit.say("%(number)s records are in the trash now.") % {"number": sum(done.counts.values())}
    return go(request, f"/jobs/{done.job}") if done.job else flash(go(request, "/apps"), said, f"/apps/{quote(name)}/samples/restore")


@router.post("/apps/{name}/samples/restore")
def restore_samples(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Bring the sample records of an app back from the trash."""
    return go(request, f"/jobs/{samples.restore(visit.platform, visit.ctx, name).job}")


@router.post("/apps/{name}/uninstall")
def uninstall_app(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Remove an app and keep, archive or remove its records."""
    data: Data = next((each for each in get_args(Data) if each == text_of(sent, "data")), "keep")
    try:
        apps.remove_app(visit.platform, visit.ctx, name, data)
    except (Invalid, Conflict) as error:
        return _show(request, visit, error=words_of(visit, error), status=error.status)
    return flash(go(request, "/apps"), visit.say("The app is removed."))


@router.get("/apps/{name}/export")
def export_app(visit: Member, name: str) -> Response:
    """Send an installed app as a zip, without records."""
    with visit.read() as view:
        content = apps.export_app(view, name)
    headers = {**SECURITY_HEADERS, "Content-Disposition": f'attachment; filename="{name}.zip"'}
    return Response(content, media_type="application/zip", headers=headers)


def words_of(visit: Visit, error: TenonError) -> list[str]:
    """Return what is wrong and what to do, one line each."""
    return [p.told(visit.language) for p in error.problems]


def _order(request: Request, visit: Visit, put: Callable[[View], str]) -> Response:
    """Put the job of an install and show how far it is, or what stands in the way."""
    try:
        with visit.write() as view:
            job = put(view)
    except (Invalid, Conflict, TooLarge) as error:
        return _show(request, visit, error=words_of(visit, error), status=error.status)
    return go(request, f"/apps?job={job}")


def _show(request: Request, visit: Visit, *, job: str = "", error: list[str] | str = "", status: int = 200) -> Response:
    with visit.read() as view:
        cards = apps.apps(view, visit.templates)
        install = installs.find(view, job) if job else installs.latest(view)
    installed, available = [c for c in cards if c.installed], [c for c in cards if not c.installed]
    lines = [error] if isinstance(error, str) and error else list(error)
    return render(request, "apps.html", status=status, installed=installed, available=available, error=lines, install=install, at="apps")

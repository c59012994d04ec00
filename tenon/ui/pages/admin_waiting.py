"""What waits for a record that nobody knows; for administrators."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import Invalid, NotFound
from tenon.ui.backend import waiting
from tenon.ui.deps import Member, SentForm, Visit, flash, go, text_of
from tenon.ui.render import render

router = APIRouter()
HERE = "/admin/waiting"


@router.get("/admin/waiting")
def list_waiting(request: Request, visit: Member, after: str = "") -> Response:
    """Show keys that nobody knows, and how much waits for each."""
    return _show(request, visit, after)


@router.get("/admin/waiting/options/{entity}")
def record_options(request: Request, visit: Member, entity: str, q: str = "") -> Response:
    """Offer records as somebody types."""
    with visit.read() as view:
        choices = waiting.choices(view, entity, q.strip()[:200])
    return render(request, "options_part.html", choices=choices)


@router.post("/admin/waiting/choose")
def choose_record(request: Request, visit: Member, sent: SentForm) -> Response:
    """Say which record a key stands for."""
    try:
        with visit.write() as view:
            waiting.choose(view, {name: text_of(sent, name) for name in waiting.PARTS}, text_of(sent, "record"))
    except Invalid as error:
        return _show(request, visit, "", error.problems[0].message.show(visit.language), error.status)
    except NotFound:
        return _gone(request, visit)
    return flash(go(request, HERE), visit.say("The record is known by this key now; what waited for it is being written."))


@router.post("/admin/waiting/discard")
def discard_key(request: Request, visit: Member, sent: SentForm) -> Response:
    """Forget what waits for a key."""
    try:
        with visit.write() as view:
            waiting.discard(view, {name: text_of(sent, name) for name in waiting.PARTS})
    except NotFound:
        return _gone(request, visit)
    return flash(go(request, HERE), visit.say("What waited for this key was discarded."))


@router.post("/admin/waiting/features")
def apply_features(request: Request, visit: Member, sent: SentForm) -> Response:
    """Give stored events the features that are said now."""
    with visit.write() as view:
        job = waiting.apply_features(view)
    return go(request, f"/jobs/{job}")


def _gone(request: Request, visit: Visit) -> Response:
    return flash(go(request, HERE), visit.say("Nothing waits for this key any more."))


def _show(request: Request, visit: Visit, after: str, error: str | None = None, status: int = 200) -> Response:
    with visit.read() as view:
        page = waiting.page(view, after or None)
    return render(request, "admin_waiting.html", status=status, page=page, error=error)

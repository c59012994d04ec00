"""Scratch copies: making one, going in, bringing its changes here, discarding it. These pages are always those of the workspace itself."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import Conflict, Invalid
from tenon.platform.api.calls import session_cookie_of
from tenon.platform.copies import Copies
from tenon.ui.backend import copies
from tenon.ui.copy_door import COPY_COOKIE, PLACE
from tenon.ui.deps import Member, SentForm, Visit, flash, go, set_cookie, text_of
from tenon.ui.pages.app_upgrade import decisions_of
from tenon.ui.pages.apps import words_of
from tenon.ui.render import is_fragment, render

router = APIRouter()
HOURS = 12 * 3_600


@router.get(PLACE)
def copies_page(request: Request, visit: Member) -> Response:
    """Show the copies; whoever comes from one has left it."""
    return _show(request, visit)


@router.post(PLACE)
def make_copy(request: Request, visit: Member, sent: SentForm) -> Response:
    """Have a copy made in the background."""
    try:
        with visit.write() as view:
            copies.order_copy(view, text_of(sent, "name"))
    except (Invalid, Conflict) as error:
        return _show(request, visit, words_of(visit, error), error.status)
    visit.platform.wake()
    return go(request, PLACE)


@router.post(PLACE + "/{name}/open")
def open_copy(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Lead the browser into a copy, with a session of the same person there."""
    platform, signed = copies.enter(_copies(request), visit.ctx, name)
    response = go(request, "/")
    set_cookie(request, response, session_cookie_of(platform), signed.token, max_age=HOURS, http_only=True)
    set_cookie(request, response, COPY_COOKIE, name, max_age=HOURS, http_only=True)
    return response


@router.post(PLACE + "/{name}/discard")
def discard_copy(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Throw a copy away whole."""
    copies.discard(_copies(request), visit.platform, visit.ctx, name)
    return _outside(visit, flash(go(request, PLACE), visit.say("Discarded.")))


@router.get(PLACE + "/{name}/discard")
def ask_discard(request: Request, visit: Member, name: str) -> Response:
    """Ask whether a copy is to go."""
    return _show(request, visit, asked=name)


@router.get(PLACE + "/{name}")
def bring_page(request: Request, visit: Member, name: str) -> Response:
    """Show what a copy would bring here."""
    return _show_bringing(request, visit, name, {})


@router.post(PLACE + "/{name}")
def bring(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Take the changes of a copy as a draft, as decided, or show what the decisions would do."""
    decisions = decisions_of(sent)
    if text_of(sent, "what") == "look" or "all" in sent:
        return _show_bringing(request, visit, name, decisions)
    try:
        with visit.write() as view:
            count = copies.bring_changes(view, name, decisions, text_of(sent, "seen"))
    except (Invalid, Conflict) as error:
        return _show_bringing(request, visit, name, decisions, words_of(visit, error), error.status)
    words = visit.say("The changes are in the draft. Look at them, then publish.") if count else visit.say("There was nothing to bring.")
    return _outside(visit, flash(go(request, "/admin/releases"), words))


def _copies(request: Request) -> Copies:
    found: Copies = request.app.state.copies
    return found


def _show(request: Request, visit: Visit, errors: list[str] | None = None, status: int = 200, asked: str = "") -> Response:
    with visit.read() as view:
        page = copies.copies_page(view, asked)
    template = "copies_part.html" if is_fragment(request) and not errors else "admin_copies.html"
    return _outside(visit, render(request, template, status=status, page=page, errors=errors or [], asked=asked))


def _show_bringing(request: Request, visit: Visit, name: str, decisions: copies.Decisions, errors: list[str] | None = None, status: int = 200) -> Response:
    with visit.read() as view:
        page = copies.bring_page(view, name, decisions)
    return _outside(visit, render(request, "admin_copy.html", status=status, page=page, errors=errors or []))


def _outside(visit: Visit, response: Response) -> Response:
    """Let the browser leave the copy it was in."""
    response.delete_cookie(COPY_COOKIE, path="/", secure=visit.workspace.is_secure, httponly=True, samesite="lax")
    return response

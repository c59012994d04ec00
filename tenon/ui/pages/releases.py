"""Releases: the draft in words, publishing it, the history, what differs, going back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import Conflict, Invalid
from tenon.ui.backend import releases
from tenon.ui.deps import Member, SentForm, Visit, flash, go, text_of
from tenon.ui.render import render

router = APIRouter()
PAGE = "/admin/releases"
TAKE_BACK = "take-back:"


@router.get(PAGE)
def releases_page(request: Request, visit: Member, before: int = 0) -> Response:
    """Show the draft and the releases."""
    return _show(request, visit, before)


@router.post(PAGE)
def publish(request: Request, visit: Member, sent: SentForm) -> Response:
    """Publish the draft, comment on a document of it or take a comment back, or throw it away, as a whole or one document."""
    if text_of(sent, "what") == "discard":
        with visit.write() as view:
            releases.discard(view, text_of(sent, "kind"), text_of(sent, "name"))
        return flash(go(request, PAGE), visit.say("Thrown away."))
    if text_of(sent, "what").startswith(TAKE_BACK):
        with visit.write() as view:
            releases.take_back(view, text_of(sent, "what").removeprefix(TAKE_BACK))
        return go(request, f"{PAGE}#draft-{text_of(sent, 'document')}")
    if text_of(sent, "what") == "comment":
        try:
            with visit.write() as view:
                releases.comment(view, text_of(sent, "document"), text_of(sent, "text"))
        except Invalid as error:
            return _show(request, visit, 0, [p.message.show(visit.language) for p in error.problems], error.status)
        return go(request, f"{PAGE}#draft-{text_of(sent, 'document')}")
    try:
        releases.publish(visit.platform, visit.ctx, text_of(sent, "note") or None, _accepted(sent))
    except (Invalid, Conflict) as error:
        return _show(request, visit, 0, [p.message.show(visit.language) for p in error.problems], error.status)
    return flash(go(request, PAGE), visit.say("Published."))


@router.get(PAGE + "/{number}")
def compare(request: Request, visit: Member, number: int, other: int | None = None) -> Response:
    """Show what differs between two releases, and what going back would do."""
    return _compare(request, visit, number, other)


@router.post(PAGE + "/{number}/restore")
def restore(request: Request, visit: Member, sent: SentForm, number: int) -> Response:
    """Publish the content of an earlier release as a new one."""
    try:
        releases.restore(visit.platform, visit.ctx, number, _accepted(sent))
    except (Invalid, Conflict) as error:
        return _compare(request, visit, number, None, [p.message.show(visit.language) for p in error.problems], error.status)
    return flash(go(request, PAGE), visit.say("The earlier release is in force again."))


def _accepted(sent: SentForm) -> list[str]:
    return [str(step) for step in sent.getlist("accept") if step]


def _show(request: Request, visit: Visit, before: int, errors: list[str] | None = None, status: int = 200) -> Response:
    with visit.read() as view:
        page = releases.releases_page(view, before or None)
    return render(request, "admin_releases.html", status=status, page=page, errors=errors or [])


def _compare(request: Request, visit: Visit, number: int, other: int | None, errors: list[str] | None = None, status: int = 200) -> Response:
    with visit.read() as view:
        base = other if other is not None else max(0, number - 1)
        page = releases.compare(view, number, base)
        current = view.model.release
    return render(request, "admin_release.html", status=status, page=page, current=current, errors=errors or [])

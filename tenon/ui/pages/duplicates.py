"""Records that may be the same: the queue of an entity, deciding that two are not, and the hint of a form before it is saved."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.ui.backend import duplicates
from tenon.ui.deps import Member, SentForm, Visit, flash, go, text_of
from tenon.ui.render import is_fragment, render

router = APIRouter()


@router.get("/records/{entity}/duplicates")
def duplicates_page(request: Request, visit: Member, entity: str, state: str = "open", cursor: str = "") -> Response:
    """Show the pairs that wait, or those that were decided."""
    return _show(request, visit, entity, state, cursor)


@router.post("/duplicates/{id}/dismiss")
def dismiss_pair(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Say that two records are not the same, with a way to undo it."""
    with visit.write() as view:
        entity = duplicates.dismiss(view, id)
    said, undo = visit.say("They are not the same. This pair will not come back by itself."), f"/duplicates/{id}/reopen"
    return flash(_again(request, visit, sent, entity), said, undo)


@router.post("/duplicates/{id}/reopen")
def reopen_pair(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Put a dismissed pair back into the queue."""
    with visit.write() as view:
        entity = duplicates.reopen(view, id)
    return flash(_again(request, visit, sent, entity), visit.say("The pair is in the queue again."))


@router.post("/forms/{entity}/alike")
def alike_part(request: Request, visit: Member, sent: SentForm, entity: str) -> Response:
    """Show what the record that is being typed looks like."""
    with visit.read() as view:
        hints = duplicates.hints(view, sent, entity)
    return render(request, "alike_part.html", entity=entity, hints=hints)


def _again(request: Request, visit: Visit, sent: SentForm, entity: str) -> Response:
    """Show the queue again: as a part of its page, which says where it stood."""
    if not is_fragment(request) or not text_of(sent, "state"):
        return go(request, f"/records/{entity}/duplicates")
    return _show(request, visit, entity, text_of(sent, "state"), "")


def _show(request: Request, visit: Visit, entity: str, state: str, cursor: str) -> Response:
    with visit.read() as view:
        page = duplicates.queue(view, entity, state, cursor)
    return render(request, "duplicates_part.html" if is_fragment(request) else "duplicates.html", page=page, cursor=cursor)

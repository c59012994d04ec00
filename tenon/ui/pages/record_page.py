"""The page of one record, its timeline, and its scores explained on any day."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.digits import read_whole
from tenon.ui.backend import merging, record_page, saving
from tenon.ui.backend.base import id_of
from tenon.ui.backend.score_history import score_history
from tenon.ui.backend.timelines import stream
from tenon.ui.deps import Member, SentForm, flash, go, text_of
from tenon.ui.render import is_fragment, render

router = APIRouter()


@router.get("/records/{entity}/{id}")
def show_record(request: Request, visit: Member, entity: str, id: str, tab: str = "", peek: str = "") -> Response:
    """Show a record, or the one that it was merged into; htmx gets the open tab, or with ``peek`` what stands beside a list."""
    with visit.read() as view:
        moved = merging.moved_to(view, entity, id)
    if moved is not None:
        return flash(go(request, f"/records/{entity}/{moved[0]}"), visit.say("This record was merged into %(name)s.") % {"name": moved[1]})
    with visit.read() as view:
        page = record_page.peek(view, entity, id) if peek else record_page.record_page(view, entity, id, tab)
    if peek and is_fragment(request):
        return render(request, "peek_part.html", page=page, sent=None)
    return render(request, "record_part.html" if is_fragment(request) else "record.html", page=page, sent=None)


@router.get("/records/{entity}/{id}/timeline")
def timeline_part(request: Request, visit: Member, entity: str, id: str, types: str = "", after: str = "") -> Response:
    """Show what happened to a record, of some types, from a place on."""
    with visit.read() as view:
        found = view.entity(entity)
        chosen = [name for name in types.split(",") if name]
        shown = stream(view, found, id_of(id), chosen, after or None)
    return render(request, "timeline_part.html", stream=shown, url=f"/records/{entity}/{id}")


@router.get("/records/{entity}/{id}/scores/{score}")
def score_part(
    request: Request, visit: Member, entity: str, id: str, score: str, on: str = "", since: str = "", tab: str = ""
) -> Response:  # fmt: skip
    """Show a score on a day and what changed since another."""
    with visit.read() as view:
        shown = record_page.explain(view, entity, id, score, read_day(on), read_day(since))
    template = "score_part.html" if is_fragment(request) else "score.html"
    return render(request, template, score=shown, entity=entity, id=id, sent=None, tab=tab)


@router.get("/records/{entity}/{id}/scores/{score}/history")
def score_history_part(request: Request, visit: Member, entity: str, id: str, score: str, days: int = 90) -> Response:
    """Show how a score moved, as a chart and as a table."""
    with visit.read() as view:
        shown = score_history(view, entity, id, score, days)
    return render(request, "score_history_part.html", history=shown)


@router.post("/records/{entity}/{id}/delete")
def delete_record(request: Request, visit: Member, form: SentForm, entity: str, id: str) -> Response:
    """Move a record to the trash and go back to the list, with a way to undo it."""
    version = text_of(form, "version")
    with visit.write() as view:
        saving.delete(view, entity, id, read_whole(version))
    return flash(go(request, f"/records/{entity}"), visit.say("Moved to the trash."), f"/records/{entity}/{id}/restore")


@router.post("/records/{entity}/{id}/restore")
def restore_record(request: Request, visit: Member, form: SentForm, entity: str, id: str) -> Response:
    """Bring a record back from the trash."""
    with visit.write() as view:
        saving.restore(view, entity, id)
    return flash(go(request, f"/records/{entity}/{id}"), visit.say("Restored."))


def read_day(text: str) -> date | None:
    """Return the day of an address, or None when it is not one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

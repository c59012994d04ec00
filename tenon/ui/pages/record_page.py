"""The page of one record, and its scores explained on any day."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.ui.backend import record_page, saving
from tenon.ui.deps import Member, SentForm, flash, go, text_of
from tenon.ui.render import is_fragment, render

router = APIRouter()


@router.get("/records/{entity}/{id}")
def show_record(request: Request, visit: Member, entity: str, id: str, tab: str = "") -> Response:
    """Show a record; htmx gets the open tab."""
    with visit.read() as view:
        page = record_page.record_page(view, entity, id, tab)
    return render(request, "record_part.html" if is_fragment(request) else "record.html", page=page, sent=None)


@router.get("/records/{entity}/{id}/scores/{score}")
def score_part(request: Request, visit: Member, entity: str, id: str, score: str, on: str = "", since: str = "") -> Response:
    """Show a score on a day and what changed since another."""
    with visit.read() as view:
        shown = record_page.explain(view, entity, id, score, read_day(on), read_day(since))
    template = "score_part.html" if is_fragment(request) else "score.html"
    return render(request, template, score=shown, entity=entity, id=id, sent=None)


@router.post("/records/{entity}/{id}/delete")
def delete_record(request: Request, visit: Member, form: SentForm, entity: str, id: str) -> Response:
    """Move a record to the trash and go back to the list, with a way to undo it."""
    version = text_of(form, "version")
    with visit.write() as view:
        saving.delete(view, entity, id, int(version) if version.isdigit() else None)
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

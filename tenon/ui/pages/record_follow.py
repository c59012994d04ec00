"""Following a record: what happens to it becomes a notice."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.engine.notices import watching
from tenon.ui.backend import record_page
from tenon.ui.backend.base import id_of
from tenon.ui.deps import Member, SentForm, flash, go, text_of
from tenon.ui.render import is_fragment, render

router = APIRouter()


@router.post("/records/{entity}/{id}/follow")
def follow_record(request: Request, visit: Member, sent: SentForm, entity: str, id: str) -> Response:
    """Follow a record, or no longer, and show its page again."""
    stops, tab = text_of(sent, "what") == "unfollow", text_of(sent, "tab")
    with visit.write() as view:
        found = view.entity(entity)
        if stops:
            watching.unfollow(view.uow, view.ctx, id_of(id))
        else:
            watching.follow(view.uow, view.ctx, found, id_of(id))
    said = visit.say("You no longer follow this record.") if stops else visit.say("You follow this record: changes, comments and bands become notices.")
    if not is_fragment(request):
        return flash(go(request, f"/records/{entity}/{id}" + (f"?tab={tab}" if tab else "")), said)
    with visit.read() as view:
        page = record_page.record_page(view, entity, id, tab)
    return flash(render(request, "record_part.html", page=page, sent=None), said)

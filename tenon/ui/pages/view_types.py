"""Types of views: the next piece of one, and records put on another day."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.digits import read_whole
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Stale
from tenon.ui.backend import lists, schedules
from tenon.ui.deps import Member, SentForm, go, text_of
from tenon.ui.listing import Addresses, read_query, show_list
from tenon.ui.render import is_fragment, render

router = APIRouter()


@router.get("/records/{entity}/cards")
def more_cards(request: Request, visit: Member, entity: str) -> Response:
    """Return the next cards of a view or of a lane of it, or what is below a record of a tree."""
    query = read_query(request.query_params)
    with visit.read() as view:
        page, more = lists.more_of(view, entity, query)
    return render(request, f"views/{page.type}_more.html", page=page, more=more, query=query, to=Addresses(f"/records/{entity}", query))


@router.post("/records/{entity}/{id}/reschedule")
def reschedule_record(request: Request, visit: Member, form: SentForm, entity: str, id: str) -> Response:
    """Put a record on another day or give it another last day, and show the view again with why it did not go."""
    query, version = read_query(request.query_params), text_of(form, "version")
    try:
        with visit.write() as view:
            schedules.reschedule(lists.plan_list(view, view.entity(entity), query), id, text_of(form, "day"), read_whole(version), text_of(form, "last"))
    except (Invalid, Conflict, Stale, Forbidden) as error:
        texts = [text.show(visit.language) for p in error.problems for text in (p.message, p.hint) if text]
        return show_list(request, visit, entity, query, refused=texts, status=error.status)
    if is_fragment(request):
        return show_list(request, visit, entity, query)
    return go(request, Addresses(f"/records/{entity}", query).here())

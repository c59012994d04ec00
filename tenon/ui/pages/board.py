"""Boards: moving a card to another column."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Stale
from tenon.ui.backend import boards
from tenon.ui.deps import Member, SentForm, go, text_of
from tenon.ui.listing import Addresses, read_query, show_list
from tenon.ui.render import is_fragment

router = APIRouter()


@router.post("/records/{entity}/{id}/move")
def move_record(request: Request, visit: Member, form: SentForm, entity: str, id: str) -> Response:
    """Move a card to another column of a board, and show the board again with why it did not go."""
    query, version = read_query(request.query_params), text_of(form, "version")
    try:
        number = int(version) if version.isdigit() else None
        with visit.write() as view:
            boards.move(view, entity, id, query.view, text_of(form, "value"), number)
    except (Invalid, Conflict, Stale, Forbidden) as error:
        texts = [text.show(visit.language) for p in error.problems for text in (p.message, p.hint) if text]
        return show_list(request, visit, entity, query, refused=texts, status=error.status)
    if is_fragment(request):
        return show_list(request, visit, entity, query)
    return go(request, Addresses(f"/records/{entity}", query).here())

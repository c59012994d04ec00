"""Pressing the buttons of rules on the page of a record."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import Conflict, Forbidden, Invalid
from tenon.ui.backend.pressing import press_button
from tenon.ui.deps import Member, SentForm, text_of
from tenon.ui.pages.record_talk import page_again

router = APIRouter()


@router.post("/records/{entity}/{id}/press")
def press(request: Request, visit: Member, sent: SentForm, entity: str, id: str) -> Response:
    """Press a button, show the record as it is then, and say what came of it."""
    try:
        text = press_button(visit.platform, visit.ctx, text_of(sent, "rule"), id)
    except (Invalid, Conflict, Forbidden) as error:
        text = error.said(visit.language)
    return page_again(request, visit, sent, entity, id, text)

"""What is done with an alert on its page, and playbooks that are begun by hand."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.engine.alerts.finding import NAME
from tenon.metamodel.errors import TenonError
from tenon.ui.backend import alerts, playbooks
from tenon.ui.backend.base import id_of
from tenon.ui.deps import Member, SentForm, text_of
from tenon.ui.pages.record_talk import page_again

router = APIRouter()


@router.post("/alerts/{id}/{verb}")
def act_on_alert(request: Request, visit: Member, sent: SentForm, id: str, verb: str) -> Response:
    """Take an alert up, put it off, or close it; the page is shown again, and it can be taken back."""
    given = {name: text_of(sent, name) for name in ("until", "reason", "outcome", "cause")}
    try:
        with visit.write() as view:
            batch = alerts.do(view, [id_of(id)], verb, given)
    except TenonError as error:
        return page_again(request, visit, sent, NAME, id, error.said(visit.language))
    return page_again(request, visit, sent, NAME, id, alerts.SAID[verb].show(visit.language), f"/records/{NAME}/undo/{batch}")


@router.post("/records/{entity}/{id}/playbook")
def begin_playbook(request: Request, visit: Member, sent: SentForm, entity: str, id: str) -> Response:
    """Begin a playbook for a record or an alert."""
    try:
        with visit.write() as view:
            count = playbooks.start(view, entity, id, text_of(sent, "playbook"))
    except TenonError as error:
        return page_again(request, visit, sent, entity, id, error.said(visit.language))
    return page_again(request, visit, sent, entity, id, visit.say("Tasks made: %(number)s") % {"number": count})

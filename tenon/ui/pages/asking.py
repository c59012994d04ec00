"""Answering what workflows ask: from the inbox, on the page of a record, on a page of its own, and by a link from a mail."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from tenon.metamodel.errors import TenonError, Unauthenticated
from tenon.ui.backend import asking, decision_link
from tenon.ui.decision_shapes import Asked
from tenon.ui.deps import AnyVisit, Member, SentForm, Visit, flash, go, safe_next, text_of
from tenon.ui.inputs import read_value
from tenon.ui.pages.entrance import dead_link
from tenon.ui.pages.inbox import show_inbox
from tenon.ui.pages.record_talk import page_again
from tenon.ui.render import is_fragment, render

router = APIRouter()
DECIDE = "/decide"


@router.get("/tasks/{id}")
def task_page(request: Request, visit: Member, id: str) -> Response:
    """Show one thing that is asked, with what the reader may see of its record."""
    with visit.read() as view:
        asked = asking.one(view, id)
        facts = decision_link.facts_of(view, asked)
    return render(request, "task.html", asked=asked, facts=facts)


@router.post("/tasks/{id}")
def answer_task(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Do what was pressed, and show what stands there then: the inbox (``tab``), or the record."""
    said, status = _said(visit, text_of(sent, "what")), 200
    try:
        with visit.write() as view:
            asking.answer(view, id, text_of(sent, "what"), _sent(asking.one(view, id), sent))
        asking.go_on(visit.platform, id)
    except TenonError as error:
        said, status = " ".join(p.message.show(visit.language) for p in error.problems), error.status
    entity, record = text_of(sent, "entity"), text_of(sent, "record")
    if entity and record:
        return page_again(request, visit, sent, entity, record, said)
    if is_fragment(request):
        return flash(show_inbox(request, visit, text_of(sent, "inbox"), said if status >= 400 else "", status), said if status < 400 else "")
    return flash(go(request, safe_next(text_of(sent, "next") or "/inbox")), said)


@router.get(DECIDE)
def decide_page(request: Request, visit: AnyVisit) -> Response:
    """Read the token behind the # of a link from a mail; nothing is asked of the workspace yet."""
    return render(request, "link.html", action=DECIDE, title=visit.say("Decide"), error=None, onward=None)


@router.post(DECIDE)
def decide(request: Request, visit: AnyVisit, sent: SentForm) -> Response:
    """Show what the link is for; with ``what``, decide, which uses the link up."""
    token = text_of(sent, "token")
    try:
        if not text_of(sent, "what"):
            return render(request, "decide.html", token=token, opened=decision_link.opened(visit.platform, token, visit.language), error=None, said=None)
        shown = decision_link.opened(visit.platform, token, visit.language)
    except Unauthenticated:
        return dead_link(request, DECIDE, visit.say("Decide"))
    try:
        decision_link.decide(visit.platform, token, text_of(sent, "what"), _sent(shown.asked, sent))
    except Unauthenticated:
        return dead_link(request, DECIDE, visit.say("Decide"))
    except TenonError as error:
        said = " ".join(p.message.show(visit.language) for p in error.problems)
        return render(request, "decide.html", status=error.status, token=token, opened=shown, error=said, said=None)
    asking.go_on(visit.platform, shown.asked.id)
    return render(request, "decide.html", token="", opened=shown, error=None, said=_said(visit, text_of(sent, "what")))


def _sent(asked: Asked, sent: FormData) -> dict[str, Any]:
    data = {f.name: read_value(f, sent) for f in asked.fields} if "fields" in sent else {}
    return {"comment": text_of(sent, "comment"), "person": text_of(sent, "person"), "to": text_of(sent, "to"), "data": data}


def _said(visit: Visit, what: str) -> str:
    known = {
        "approve": visit.say("Approved."), "reject": visit.say("Rejected."), "return": visit.say("Sent back."), "delegate": visit.say("Handed over."),
        "before": visit.say("They sign before you."), "after": visit.say("Approved; they sign after you."), "claim": visit.say("The task is yours now."),
        "recall": visit.say("Recalled: the record is free again."),
    }  # fmt: skip
    return known.get(what) or visit.say("Thank you: that is settled.")

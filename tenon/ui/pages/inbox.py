"""The inbox: what somebody has to do, completed, put off, taken and handed on from the list."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.digits import read_whole
from tenon.metamodel.errors import TenonError
from tenon.ui.backend import inbox
from tenon.ui.backend.base import View
from tenon.ui.deps import Member, SentForm, Visit, flash, go, text_of
from tenon.ui.render import is_fragment, render

router = APIRouter()


@router.get("/inbox")
def inbox_page(request: Request, visit: Member, tab: str = "mine") -> Response:
    """Show the open tasks of a tab."""
    return show_inbox(request, visit, tab)


@router.post("/inbox/{id}")
def change_task(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Complete a task, take it up again, put it off, take it, or give it to somebody; show the list again."""
    what, tab = text_of(sent, "what"), text_of(sent, "tab")
    try:
        with visit.write() as view:
            said = _change(view, visit, sent, id, what)
    except TenonError as error:
        if not is_fragment(request):
            raise
        return show_inbox(request, visit, tab, error.problems[0].message.show(visit.language), error.status)
    undo = f"/inbox/{id}/undo" if what == "complete" else ""
    return flash(show_inbox(request, visit, tab) if is_fragment(request) else go(request, f"/inbox?tab={tab}"), said, undo)


@router.post("/inbox/{id}/undo")
def reopen_task(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Take a completed task up again."""
    with visit.write() as view:
        inbox.reopen(view, id)
    return flash(go(request, "/inbox"), visit.say("The task is open again."))


def _change(view: View, visit: Visit, sent: SentForm, id: str, what: str) -> str:
    version = read_whole(text_of(sent, "version")) or 0
    if what == "complete":
        inbox.complete(view, id, version)
        return visit.say("The task is done.")
    if what == "snooze":
        inbox.snooze(view, id, version, text_of(sent, "until"))
        return visit.say("The task was put off.")
    if what == "take":
        inbox.take(view, id, version)
        return visit.say("The task is yours now.")
    inbox.assign(view, id, version, text_of(sent, "person") or None)
    return visit.say("The task has another person now.")


def show_inbox(request: Request, visit: Visit, tab: str, error: str = "", status: int = 200) -> Response:
    """Show a tab of the inbox, as a part of the page where that is asked for."""
    with visit.read() as view:
        page = inbox.inbox(view, tab)
    return render(request, "inbox_part.html" if is_fragment(request) else "inbox.html", status=status, page=page, error=error)

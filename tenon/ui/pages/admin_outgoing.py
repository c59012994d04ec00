"""What goes out of the workspace: the queue, for administrators."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.ui.backend import outgoing
from tenon.ui.deps import Member, SentForm, flash, go, safe_next, text_of
from tenon.ui.render import is_fragment, render

router = APIRouter()


@router.get("/admin/outgoing")
def outgoing_page(request: Request, visit: Member, state: str = "", channel: str = "", after: str = "") -> Response:
    """Show what goes out, newest first."""
    chosen = {"state": state, "channel": channel}
    with visit.read() as view:
        page = outgoing.page(view, chosen, after if len(after) == 36 else None)
    here = "/admin/outgoing?" + urlencode({**chosen, "after": after})
    return render(request, "admin_outgoing_part.html" if is_fragment(request) else "admin_outgoing.html", page=page, chosen=chosen, here=here)


@router.post("/admin/outgoing/retry")
def retry_all(request: Request, visit: Member, sent: SentForm) -> Response:
    """Have all dead letters tried again."""
    with visit.write() as view:
        outgoing.retry_all(view, text_of(sent, "channel"))
    said = visit.say("The dead letters are tried again now.")
    return flash(go(request, safe_next(text_of(sent, "next")) if "next" in sent else "/admin/outgoing"), said)


@router.post("/admin/outgoing/{id}/retry")
def retry(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Have a failed delivery tried again."""
    with visit.write() as view:
        outgoing.retry(view, id)
    return flash(go(request, safe_next(text_of(sent, "next")) if "next" in sent else "/admin/outgoing"), visit.say("It is tried again now."))

"""What the frame around every page asks for by itself: counts, and the notices behind the bell."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from tenon.ui.backend import inbox, menu, notices
from tenon.ui.deps import Member, SentForm, go
from tenon.ui.render import SECURITY_HEADERS, is_fragment, render

router = APIRouter()


@router.get("/pulse")
def pulse(visit: Member, menu_counts: bool = False) -> Response:
    """Return how much waits for this person, and with ``menu_counts`` how many records are behind the entries of the menu."""
    with visit.read() as view:
        found: dict[str, object] = {"inbox": inbox.count(view), "notices": notices.unread(view)}
        if menu_counts:
            found["menu"] = menu.counts(view, visit.menu)
    return JSONResponse(found, headers=SECURITY_HEADERS)


@router.get("/notices")
def notices_part(request: Request, visit: Member) -> Response:
    """Return the latest notices."""
    with visit.read() as view:
        page = notices.latest(view)
    return render(request, "notices_part.html" if is_fragment(request) else "notices.html", page=page)


@router.post("/notices/read")
def read_all(request: Request, visit: Member, sent: SentForm) -> Response:
    """Note that all notices were read."""
    with visit.write() as view:
        notices.read_all(view)
    return notices_part(request, visit) if is_fragment(request) else go(request, "/notices")


@router.post("/notices/{id}")
def read_notice(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Note that a notice was read and go to what it is about."""
    with visit.write() as view:
        url = notices.read(view, id)
    return go(request, url)

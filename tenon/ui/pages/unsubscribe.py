"""The page at the end of marketing mail: for whoever has its link, without signing in and without JavaScript.

Programs of mail post there by themselves when a button of theirs is pressed (RFC 8058); opening the page changes nothing, as programs
that look for harm open every link.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from tenon.metamodel.errors import Invalid, NotFound, Problem
from tenon.metamodel.labels import say
from tenon.ui.backend import unsubscribing
from tenon.ui.backend.base import open_read, open_write
from tenon.ui.deps import check_origin, text_of
from tenon.ui.render import render
from tenon.ui.strangers import count, visit_of_stranger

router = APIRouter()
PAGE = "unsubscribe"
MOST_BYTES = 4_096


@router.get("/unsubscribe/{token}")
async def show_page(request: Request, token: str) -> Response:
    """Show whether mail reaches them, and the button that ends it."""
    return await run_in_threadpool(_answer, request, token, "look")


@router.post("/unsubscribe/{token}")
async def change(request: Request, token: str) -> Response:
    """Take somebody out, or in again where a button of the page says so."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise Invalid(Problem("", "too_long", say("Only the form of the page is taken here.", "此处只接受页面上的表单。"), say("Press its button.", "请使用页面按钮。")))
    sent = await request.form(max_files=0, max_fields=5, max_part_size=MOST_BYTES)
    is_back = text_of(sent, "what") == "back"
    if is_back:
        check_origin(request)
    return await run_in_threadpool(_answer, request, token, "back" if is_back else "leave")


def _answer(request: Request, token: str, what: str) -> Response:
    visit = visit_of_stranger(request, request.query_params.get("lang"))
    count(request, "looks" if what == "look" else "posts", f"{PAGE} {token}" if what != "look" else PAGE)
    title = visit.say("Mail from us")
    try:
        if what == "look":
            with open_read(visit.platform, visit.ctx) as view:
                shown = unsubscribing.look(view, token, title)
        else:
            with open_write(visit.platform, visit.ctx) as view:
                shown = (unsubscribing.leave if what == "leave" else unsubscribing.come_back)(view, token, title)
    except NotFound as error:
        gone = unsubscribing.Leaving(title, "", False, False)
        return render(request, "unsubscribe.html", status=404, public=gone, problem=error.problems[0].said(visit.language), done=what)
    return render(request, "unsubscribe.html", public=shown, problem=None, done=what)

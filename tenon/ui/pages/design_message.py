"""How a drafted message reads, and a test of it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import TenonError
from tenon.ui.backend import message_previews
from tenon.ui.deps import Member, SentForm, text_of
from tenon.ui.render import render

router = APIRouter()


@router.get("/design/message/{name}/preview")
def preview(request: Request, visit: Member, name: str, record: str = "") -> Response:
    """Show a message of the draft about a record in both languages."""
    with visit.read() as view:
        shown = message_previews.preview(view, name, record)
    return render(request, "message_preview_part.html", shown=shown)


@router.post("/design/message/{name}/test")
def send_test(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Send a message of the draft to oneself."""
    try:
        with visit.write() as view:
            message_previews.send_test(view, name, text_of(sent, "record"))
    except TenonError as error:
        problem = error.problems[0]
        return render(request, "message_test_part.html", status=error.status, said=problem.message.show(visit.language), is_sent=False)
    return render(request, "message_test_part.html", said=visit.say("It is on its way to you."), is_sent=True)

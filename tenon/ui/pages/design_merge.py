"""What two people changed in one document, side by side: nothing that either did is lost."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.engine.releases.steps import Way
from tenon.metamodel.errors import Conflict, Invalid
from tenon.ui.backend import meetings
from tenon.ui.deps import Member, SentForm, flash, go, text_of
from tenon.ui.pages.app_upgrade import decisions_of
from tenon.ui.pages.apps import words_of
from tenon.ui.pages.design import WAYS, read_operations
from tenon.ui.render import render

router = APIRouter()


@router.post("/design/{kind}/{name}/merge")
def merge(request: Request, visit: Member, sent: SentForm, kind: str, name: str) -> Response:
    """Show both sides, or save them as decided; when somebody changed the document again, both are shown anew."""
    typed, revision, decisions = text_of(sent, "operations"), text_of(sent, "revision"), decisions_of(sent)
    way: Way | None = next((each for each in WAYS if each == text_of(sent, "way")), None)
    wanted = meetings.Wanted(() if way else read_operations(typed), revision, way)
    errors, status = [], 200
    if text_of(sent, "what") == "save":
        try:
            with visit.write() as view:
                url = meetings.save_meeting(view, kind, name, wanted, decisions, text_of(sent, "seen"))
            if url is not None:
                return flash(go(request, url), visit.say("Saved with what both changed."))
            errors, status = [visit.say("The document was changed once more. Look again, then save.")], 409
        except (Invalid, Conflict) as error:
            errors, status = words_of(visit, error), error.status
    with visit.read() as view:
        page = meetings.meeting_page(view, kind, name, wanted, decisions)
    return render(request, "design_merge.html", status=status, page=page, operations=typed, revision=revision, way=way or "", errors=errors)

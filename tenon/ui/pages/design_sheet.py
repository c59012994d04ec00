"""Starting from a spreadsheet: the file, the guess, and the entity made of it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from tenon.engine.releases.draft import require_builder
from tenon.metamodel.errors import Invalid, TenonError
from tenon.ui.backend import spreadsheets
from tenon.ui.deps import Member, SentForm, go
from tenon.ui.render import render

router = APIRouter()


@router.get("/design/spreadsheet")
def upload_page(request: Request, visit: Member) -> Response:
    """Ask for a file."""
    require_builder(visit.ctx, "entity")
    return render(request, "design_sheet_upload.html", error=None)


@router.post("/design/spreadsheet")
def upload(request: Request, visit: Member, sent: SentForm) -> Response:
    """Read the file and go on to what it would become."""
    file = sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        require_builder(visit.ctx, "entity")
        return render(request, "design_sheet_upload.html", status=422, error=visit.say("Choose a file first."))
    try:
        id = spreadsheets.upload(visit.platform, visit.ctx, file.filename, file.file.read())
    except Invalid as error:
        return render(request, "design_sheet_upload.html", status=error.status, error=error.problems[0].message.show(visit.language))
    return go(request, f"/design/spreadsheet/{id}")


@router.get("/design/spreadsheet/{id}")
def guess_page(request: Request, visit: Member, id: str) -> Response:
    """Show the entity that a file would become; everything of it can be changed."""
    with visit.read() as view:
        page = spreadsheets.guess(view, id)
    return render(request, "design_sheet.html", page=page, errors=[])


@router.post("/design/spreadsheet/{id}")
def make(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Make the entity in the draft and go to its designer."""
    typed = {key: value for key, value in sent.multi_items() if isinstance(value, str)}
    try:
        with visit.write() as view:
            url = spreadsheets.make(view, id, typed)
    except TenonError as error:
        with visit.read() as view:
            page = spreadsheets.guess(view, id, typed)
        told = [p.told(visit.language) for p in error.problems]
        return render(request, "design_sheet.html", status=error.status, page=page, errors=told)
    return go(request, url)

"""Importing a file: upload, mapping, dry run, run, what was refused."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from tenon.metamodel.errors import TenonError
from tenon.ui.backend import imports
from tenon.ui.backend.spreadsheets import waiting
from tenon.ui.deps import Member, SentForm, Visit, flash, go, text_of
from tenon.ui.render import SECURITY_HEADERS, is_fragment, render
from tenon.ui.work import ImportOrder

router = APIRouter()
Mode = Literal["create", "update", "upsert"]
MODES: tuple[Mode, ...] = ("create", "upsert", "update")


@router.get("/records/{entity}/import")
def upload_page(request: Request, visit: Member, entity: str) -> Response:
    """Ask for a file."""
    return _ask(request, visit, entity)


@router.post("/records/{entity}/import")
def upload(request: Request, visit: Member, sent: SentForm, entity: str) -> Response:
    """Read the file and go on to the mapping."""
    with visit.read() as view:
        imports.check_import(view, entity)
    file = sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _ask(request, visit, entity, visit.say("Choose a file first."), 422)
    try:
        id = imports.upload(visit.platform, visit.ctx, entity, file.filename, file.file.read())
    except TenonError as error:
        return _ask(request, visit, entity, error.problems[0].message.show(visit.language), error.status)
    return go(request, f"/imports/{id}")


def _ask(request: Request, visit: Visit, entity: str, error: str | None = None, status: int = 200) -> Response:
    with visit.read() as view:
        plural = imports.check_import(view, entity)
        files = waiting(view, view.entity(entity, "import").id)
    return render(request, "import_upload.html", status=status, entity=entity, plural=plural, error=error, files=files)


@router.get("/imports/{id}")
def import_page(request: Request, visit: Member, id: str) -> Response:
    """Show where an import stands: mapping, dry run, progress or result."""
    with visit.read() as view:
        page = imports.import_page(view, id)
    return render(request, "import_part.html" if is_fragment(request) else "import.html", page=page, error=None)


@router.post("/imports/{id}")
def run_import(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Start the dry run or the run."""
    mapping = {key[4:]: str(value) for key, value in sent.multi_items() if key.startswith("map.") and value}
    mode: Mode = next((m for m in MODES if m == text_of(sent, "mode")), "create")
    dry = text_of(sent, "run") != "yes"
    try:
        with visit.write() as view:
            imports.run_import(view, id, ImportOrder(mapping, text_of(sent, "match_on") or None, mode, dry, text_of(sent, "system").strip(), sent.get("unmatched") == "wait"))
    except TenonError as error:
        with visit.read() as view:
            page = imports.import_page(view, id)
        return render(request, "import.html", status=error.status, page=page, error=error.problems[0].message.show(visit.language))
    return go(request, f"/imports/{id}")


@router.post("/imports/{id}/undo")
def undo_import(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Take back what an import wrote."""
    imports.undo_import(visit.platform, visit.ctx, id)
    return flash(go(request, f"/imports/{id}"), visit.say("The import is being taken back."))


@router.get("/imports/{id}/errors.csv")
def import_errors(visit: Member, id: str) -> Response:
    """Return the refused rows as a file."""
    headers = {**SECURITY_HEADERS, "Content-Disposition": 'attachment; filename="errors.csv"'}
    with visit.read() as view:
        content = imports.import_errors(view, id)
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)

"""The settings of the workspace: its name, the language of new people, its logo; for administrators."""

from __future__ import annotations

from io import BytesIO

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response, StreamingResponse

from tenon.metamodel.errors import Invalid, TenonError, TooLarge
from tenon.platform.api.files import chunks
from tenon.platform.files import headers_of
from tenon.ui.backend import workspace_settings
from tenon.ui.deps import AnyVisit, Member, SentForm, Visit, flash, go, text_of
from tenon.ui.inputs import problems_by_field
from tenon.ui.render import render

router = APIRouter()
SETTINGS = "/admin/settings"
AN_HOUR = "public, max-age=3600"


@router.get(SETTINGS)
def settings_page(request: Request, visit: Member) -> Response:
    """Show what is set."""
    return _show(request, visit)


@router.post(SETTINGS)
def change_settings(request: Request, visit: Member, sent: SentForm) -> Response:
    """Change the name and the language of new people."""
    values = {"name": text_of(sent, "name"), "language": text_of(sent, "language") or None}
    try:
        with visit.write() as view:
            workspace_settings.change(view, values)
    except Invalid as error:
        return _show(request, visit, error, name=text_of(sent, "name"))
    return flash(go(request, SETTINGS), visit.say("Saved."))


@router.post(SETTINGS + "/logo")
def change_logo(request: Request, visit: Member, sent: SentForm) -> Response:
    """Show another logo, or Tenon's again when ``what`` is remove."""
    file = sent.get("logo")
    picture = file if isinstance(file, UploadFile) else UploadFile(BytesIO(), filename="")
    try:
        if text_of(sent, "what") == "remove":
            with visit.write() as view:
                workspace_settings.change(view, {"logo": None})
        else:
            workspace_settings.set_logo(visit.platform, visit.ctx, picture.file, picture.filename or "")
    except (Invalid, TooLarge) as error:
        return _show(request, visit, error)
    return flash(go(request, SETTINGS), visit.say("Saved."))


@router.get("/logo/{id}")
def logo(visit: AnyVisit, id: str) -> Response:
    """Send the logo to anybody: it stands above the sign-in and on public forms."""
    row = workspace_settings.logo_of(visit.platform, id)
    content = visit.platform.outside.files.open(row["key"])
    return StreamingResponse(chunks(content), headers={**headers_of(row), "Content-Length": str(row["size"]), "Cache-Control": AN_HOUR})


def _show(request: Request, visit: Visit, error: TenonError | None = None, name: str | None = None) -> Response:
    with visit.read() as view:
        page = workspace_settings.settings_of(view)
    found = problems_by_field(error, visit.language) if error else {}
    errors = {**found, "logo": (*found.get("logo", ()), *found.get("file", ()))}
    return render(request, "admin_settings.html", page=page, errors=errors, name=page.name if name is None else name, status=error.status if error else 200)

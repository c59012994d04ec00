"""The preview of a form that is being designed: as a role, on a device, in a language; what is typed is never saved."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.labels import LANGUAGES
from tenon.ui.backend import previewing
from tenon.ui.deps import Member, SentForm, text_of
from tenon.ui.inputs import problems_by_field
from tenon.ui.render import render

router = APIRouter()
DEVICES = ("desktop", "tablet", "phone")


@router.get("/design/form/{name}/preview")
def preview_page(request: Request, visit: Member, name: str) -> Response:
    """Show a form of the draft with what it is shown as."""
    role, lang, device = (request.query_params.get(f"form.{key}", "") for key in ("role", "lang", "device"))
    with visit.read() as view:
        page = previewing.preview_page(view, name, role)
    lang, device = lang if lang in LANGUAGES else visit.language, device if device in DEVICES else DEVICES[0]
    return render(request, "design_preview.html", page=page, lang=lang, device=device)


@router.post("/design/form/{name}/preview")
def preview(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Show the form again for what was typed so far."""
    language = text_of(sent, "form.lang")
    with visit.read() as view:
        shown = previewing.preview(view, name, text_of(sent, "form.role"), language, sent)
    request.state.visit = replace(visit, language=language if language in LANGUAGES else visit.language)
    tables = [table.table for table in shown.form.tables()] if shown.form is not None else []
    errors = problems_by_field(shown.error, request.state.visit.language, tables) if shown.error is not None else {}
    return render(request, "design_preview_part.html", shown=shown, form=shown.form, errors=errors)

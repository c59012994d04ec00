"""Making an app of documents: choosing them, its name and version, then a zip to take along."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import Invalid
from tenon.ui.backend import app_making
from tenon.ui.deps import Member, SentForm, Visit, text_of
from tenon.ui.pages.apps import words_of
from tenon.ui.render import SECURITY_HEADERS, render

router = APIRouter()
TYPED = ("name", "label", "version")


@router.get("/apps/make")
def make_page(request: Request, visit: Member) -> Response:
    """Show what there is to choose from."""
    return _show(request, visit, [], dict.fromkeys(TYPED, ""))


@router.post("/apps/make")
def make(request: Request, visit: Member, sent: SentForm) -> Response:
    """Send the zip, or add what the chosen documents use."""
    chosen = [str(each) for each in sent.getlist("document")]
    typed = {name: text_of(sent, name).strip() for name in TYPED}
    try:
        with visit.read() as view:
            if text_of(sent, "what") == "needed":
                chosen, content = app_making.with_needed(view, chosen), None
            else:
                content = app_making.make_app(view, chosen, **typed)
    except Invalid as error:
        return _show(request, visit, chosen, typed, words_of(visit, error), error.status)
    if content is None:
        return _show(request, visit, chosen, typed)
    headers = {**SECURITY_HEADERS, "Content-Disposition": f'attachment; filename="{typed["name"]}.zip"'}
    return Response(content, media_type="application/zip", headers=headers)


def _show(request: Request, visit: Visit, chosen: list[str], typed: dict[str, str], errors: list[str] | None = None, status: int = 200) -> Response:
    with visit.read() as view:
        kinds = app_making.choosable(view)
    return render(request, "app_make.html", status=status, kinds=kinds, chosen=frozenset(chosen), typed=typed, errors=errors or [])

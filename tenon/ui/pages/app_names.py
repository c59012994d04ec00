"""Names that an app brings and that are taken here: what becomes of each, then the install."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import Conflict, Invalid
from tenon.ui.backend import upgrades
from tenon.ui.deps import Member, SentForm, Visit, go, text_of
from tenon.ui.pages.apps import words_of
from tenon.ui.render import render

router = APIRouter()
CHOICE = "choose:"


@router.get("/apps/names")
def names_page(request: Request, visit: Member, package: str = "") -> Response:
    """Show the names that are taken."""
    return _show(request, visit, package)


@router.post("/apps/names")
def install(request: Request, visit: Member, sent: SentForm) -> Response:
    """Have the app installed as chosen."""
    key = text_of(sent, "package")
    choices = {name.removeprefix(CHOICE): str(value) for name, value in sent.multi_items() if name.startswith(CHOICE)}
    try:
        with visit.write() as view:
            job = upgrades.order_names(view, upgrades.kept_package(view, key), choices, visit.templates)
    except (Invalid, Conflict) as error:
        return _show(request, visit, key, words_of(visit, error), error.status)
    return go(request, f"/apps?job={job}")


def _show(request: Request, visit: Visit, key: str, errors: list[str] | None = None, status: int = 200) -> Response:
    with visit.read() as view:
        page = upgrades.names_page(view, upgrades.kept_package(view, key))
    return render(request, "app_names.html", status=status, page=page, key=key, errors=errors or [])

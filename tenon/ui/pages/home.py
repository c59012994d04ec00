"""The first page, the command palette and the choices of comboboxes."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.ui.backend import home, options
from tenon.ui.deps import Member
from tenon.ui.render import render

router = APIRouter()


@router.get("/")
def home_page(request: Request, visit: Member) -> Response:
    """Show figures, first steps and what was seen lately."""
    with visit.read() as view:
        page = home.home(view)
    return render(request, "home.html", home=page)


@router.get("/search")
def search_everything(request: Request, visit: Member, q: str = "") -> Response:
    """Return the hits of the command palette."""
    with visit.read() as view:
        hits = home.search_all(view, q.strip()[:200])
    return render(request, "palette_part.html", hits=hits, text=q)


@router.get("/options/{entity}/{field}")
def options_of(request: Request, visit: Member, entity: str, field: str, q: str = "") -> Response:
    """Return what a combobox offers for a text."""
    with visit.read() as view:
        choices = options.options(view, entity, field, q.strip()[:200])
    return render(request, "options_part.html", choices=choices)

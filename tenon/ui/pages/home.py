"""The first page, the command palette and the choices of comboboxes."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.ui.deps import Member
from tenon.ui.render import render

router = APIRouter()


@router.get("/")
def home_page(request: Request, visit: Member) -> Response:
    """Show figures, first steps and what was seen lately."""
    return render(request, "home.html", home=visit.backend.home(visit.ctx))


@router.get("/search")
def search_everything(request: Request, visit: Member, q: str = "") -> Response:
    """Return the hits of the command palette."""
    return render(request, "palette_part.html", hits=visit.backend.search_all(visit.ctx, q.strip()[:200]), text=q)


@router.get("/options/{entity}/{field}")
def options_of(request: Request, visit: Member, entity: str, field: str, q: str = "") -> Response:
    """Return what a combobox offers for a text."""
    return render(request, "options_part.html", choices=visit.backend.options(visit.ctx, entity, field, q.strip()[:200]))

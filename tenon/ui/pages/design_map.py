"""The map of what is designed: entities and the references between them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.ui.backend.design_map import design_map
from tenon.ui.deps import Member
from tenon.ui.render import render

router = APIRouter()


@router.get("/design/map")
def show_map(request: Request, visit: Member) -> Response:
    """Show the entities of the draft as a map, and as an outline."""
    with visit.read() as view:
        page = design_map(view)
    return render(request, "design_map.html", page=page)

"""Designing pages: what a block of a later tab shows of the newest record, once somebody looks at it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.ui.backend import designing_pages
from tenon.ui.deps import Member
from tenon.ui.render import render

router = APIRouter()


@router.get("/design/page/{name}/blocks/{id}")
def block(request: Request, visit: Member, name: str, id: str) -> Response:
    """Return what a block of a drafted page shows."""
    with visit.read() as view:
        head, shown = designing_pages.block(view, name, id) or (None, None)
    return render(request, "design_block_part.html", page=head, block=shown)

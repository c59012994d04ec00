"""The check of a role as it is drafted: whether anything comes out that it should not see."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import Invalid
from tenon.platform import leaks
from tenon.ui.backend.leak_pages import PageDoors
from tenon.ui.deps import Member, SentForm
from tenon.ui.render import render

router = APIRouter()


@router.post("/design/role/{name}/leaks")
def check_leaks(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Plant values out of the role's sight, look for them through every door, take everything back, and say what was found."""
    try:
        report = leaks.check_leaks(visit.platform, visit.ctx, name, [PageDoors(visit.platform)])
    except Invalid as error:
        texts = [(p.message.show(visit.language), p.hint.show(visit.language) if p.hint else None) for p in error.problems]
        return render(request, "role_leaks.html", status=error.status, report=None, doors=[], unseen=[], texts=texts)
    unseen = [entity.plural.show(visit.language) for entity in report.unseen]
    return render(request, "role_leaks.html", report=report, doors=leaks.told(report, visit.language), unseen=unseen, texts=[])

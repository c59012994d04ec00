"""Designing dashboards and widgets: new widgets on a dashboard, and what a widget of the draft shows today."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.ui.backend import designing_widgets
from tenon.ui.deps import Member, SentForm, go, text_of
from tenon.ui.render import render

router = APIRouter()


@router.get("/design/widget/{name}/picture")
def picture(request: Request, visit: Member, name: str, dashboard: str = "") -> Response:
    """Return what a widget of the draft shows, on a dashboard or alone."""
    with visit.read() as view:
        found = designing_widgets.picture(view, name, dashboard)
    return render(request, "widget_part.html", shown=found, is_bare=True)


@router.post("/design/dashboard/{name}/widgets")
def create(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Make a widget on a dashboard and go to its designer."""
    with visit.write() as view:
        url = designing_widgets.create_on(view, name, text_of(sent, "label"), text_of(sent, "entity"), text_of(sent, "type"))
    return go(request, url)

"""Connectors: what is kept the same here and in other systems, and how that goes; for administrators."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import Conflict, Invalid
from tenon.ui.backend import connectors
from tenon.ui.connector_shapes import Trial
from tenon.ui.deps import Member, SentForm, flash, go, text_of
from tenon.ui.render import is_fragment, render

router = APIRouter()
HERE = "/admin/connectors"


@router.get("/admin/connectors")
def list_connectors(request: Request, visit: Member) -> Response:
    """Show the connectors."""
    with visit.read() as view:
        rows = connectors.listed(view)
    return render(request, "admin_connectors.html", rows=rows)


@router.get("/admin/connectors/{name}")
def show_connector(request: Request, visit: Member, name: str, after: str = "") -> Response:
    """Show a connector with its runs."""
    with visit.read() as view:
        page = connectors.page(view, name, after if len(after) == 36 else None)
    here = f"{HERE}/{name}" + (f"?after={after}" if after else "")
    return render(request, "admin_connector_part.html" if is_fragment(request) else "admin_connector.html", page=page, here=here)


@router.post("/admin/connectors/{name}/run")
def run_connector(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Run a connector, or look what a run would do."""
    is_dry = text_of(sent, "dry") == "1"
    try:
        with visit.write() as view:
            connectors.run(view, name, is_dry=is_dry)
    except Conflict as error:
        return flash(go(request, f"{HERE}/{name}"), error.said(visit.language))
    return flash(go(request, f"{HERE}/{name}"), visit.say("A dry run has begun.") if is_dry else visit.say("A run has begun."))


@router.post("/admin/connectors/{name}/pause")
def pause_connector(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Let a connector rest, or run again."""
    is_paused = text_of(sent, "paused") == "1"
    with visit.write() as view:
        connectors.pause(view, name, is_paused=is_paused)
    return flash(go(request, f"{HERE}/{name}"), visit.say("The connector is paused.") if is_paused else visit.say("The connector runs again."))


@router.post("/design/connector/{name}/try")
def try_connector(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Ask the other system for a first page, as it is drafted."""
    try:
        with visit.read() as view:
            document = connectors.drafted(view, name)
    except Invalid as error:
        return render(request, "connector_trial.html", status=422, name=name, trial=Trial(name, error.said(visit.language), 0, ()))
    return render(request, "connector_trial.html", name=name, trial=connectors.try_out(visit.platform.outside, document, visit.language))

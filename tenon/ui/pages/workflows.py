"""Workflows tried on a record, and what runs of them, both on their canvas."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.ui.backend import flow_pages
from tenon.ui.deps import Member
from tenon.ui.render import render

router = APIRouter()


@router.get("/design/workflow/{name}/try")
def try_on(request: Request, visit: Member, name: str, record: str = "") -> Response:
    """Show the way that a record would take now through a workflow as it is drafted."""
    with visit.read() as view:
        page = flow_pages.try_page(view, name, record)
    return render(request, "workflow_try.html", page=page)


@router.get("/design/workflow/{name}/runs")
def runs(request: Request, visit: Member, name: str, instance: str = "") -> Response:
    """Show how many stand at which step of a workflow, and the way of one instance."""
    with visit.read() as view:
        page = flow_pages.runs_page(view, name, instance)
    return render(request, "workflow_runs.html", page=page)

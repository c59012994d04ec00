"""Dashboards: the page at once, its widgets each in their own time."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from tenon.ui.backend import dashboards, installs, lacking, widgets
from tenon.ui.backend.base import id_of
from tenon.ui.backend.dashboards import EMPTY, Chosen
from tenon.ui.deps import Member, Visit
from tenon.ui.render import is_fragment, render

router = APIRouter()
PREFIX, END = "where[", "]"
MOST_CHOSEN, LONGEST = 30, 2_000


def read_chosen(params: QueryParams) -> Chosen:
    """Return what an address chooses: the values of ``where[field]`` by field; nothing chosen is left out."""
    found: dict[str, tuple[str, ...]] = {}
    for key in dict.fromkeys(params):
        if key.startswith(PREFIX) and key.endswith(END) and len(key) < 310 and len(found) < MOST_CHOSEN:
            values = tuple(v for v in dict.fromkeys(params.getlist(key)) if v and len(v) <= LONGEST and "\x00" not in v)
            if values:
                found[key[len(PREFIX) : -1]] = values
    return {key: values for key, values in found.items() if key and "\x00" not in key}


@router.get("/dashboards/{name}")
def dashboard_page(request: Request, visit: Member, name: str) -> Response:
    """Show a dashboard; htmx gets the part below the filters."""
    return show_dashboard(request, visit, name)


def show_dashboard(request: Request, visit: Visit, name: str, *, is_home: bool = False) -> Response:
    """Show a dashboard, on its own address or as the first page."""
    chosen = read_chosen(request.query_params)
    with visit.read() as view:
        found = dashboards.dashboard(view, name, chosen, is_home=is_home)
        install = installs.latest(view) if is_home else None
        is_part = is_fragment(request)
        lacks = () if is_part or install else lacking.lacks(view, name)
    headers = {"HX-Push-Url": found.url} if is_part else {}
    return render(request, "dashboard_part.html" if is_part else "dashboard.html", headers=headers, board=found, nothing=EMPTY, install=install, lacks=lacks, at="home")


@router.get("/widgets/{name}")
def widget_part(request: Request, visit: Member, name: str, dashboard: str = "", home: str = "", entity: str = "", id: str = "") -> Response:
    """Return what stands in the tile of a widget; with an entity and an id what it shows of that record, without a heading."""
    with visit.read() as view:
        about = widgets.about(view, name, entity, id_of(id)) if entity and id else None
        found = widgets.picture(view, name, dashboard, read_chosen(request.query_params), "/" if home and dashboard else "", about)
    return render(request, "widget_part.html", shown=found, is_bare=about is not None)

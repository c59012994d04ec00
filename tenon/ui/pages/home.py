"""The first page, the command palette and the choices of comboboxes."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from tenon.ui.backend import dashboards, first_start, home, inbox, installs, options, palette, visited
from tenon.ui.deps import CHOICE_COOKIE, START_COOKIE, STEPS_COOKIE, Member
from tenon.ui.pages.dashboards import show_dashboard
from tenon.ui.render import render

router = APIRouter()
MOST_TASKS = 6


@router.get("/")
def home_page(request: Request, visit: Member) -> Response:
    """Show the dashboard of the person's role, else tasks, what was seen lately, figures and first steps; in an empty workspace, the first start."""
    with visit.read() as view:
        own = dashboards.home_name(view)
        is_open = own is None and START_COOKIE not in request.cookies and first_start.is_open(view)
    if is_open:
        return RedirectResponse("/welcome/samples" if request.cookies.get(CHOICE_COOKIE) else "/welcome", 303)
    if own is not None:
        return show_dashboard(request, visit, own, is_home=True)
    with visit.read() as view:
        seen = visited.visited(view, visit.seen)
        page = home.home(view, seen, with_steps=request.cookies.get(STEPS_COOKIE) != "hidden")
        tasks = inbox.mine(view, MOST_TASKS)
        has_tasks = inbox.entity_of(view) is not None
        install = installs.latest(view)
    return render(request, "home.html", home=page, tasks=tasks, seen=seen[:MOST_TASKS], has_tasks=has_tasks, install=install, at="home")


@router.get("/search")
def search_everything(request: Request, visit: Member, q: str = "") -> Response:
    """Return the hits of the command palette."""
    with visit.read() as view:
        groups = palette.search(view, q.strip()[:200], visit.seen)
    return render(request, "palette_part.html", groups=groups, text=q)


@router.get("/options/{entity}/{field}")
def options_of(request: Request, visit: Member, entity: str, field: str, q: str = "") -> Response:
    """Return what a combobox offers for a text."""
    with visit.read() as view:
        choices = options.options(view, entity, field, q.strip()[:200])
    return render(request, "options_part.html", choices=choices)

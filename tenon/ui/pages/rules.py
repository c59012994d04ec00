"""What a rule did, doing a run again, and trying a rule over the past."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.ui.backend import rules
from tenon.ui.deps import Member, SentForm, go, text_of
from tenon.ui.render import render

router = APIRouter()


@router.get("/design/rule/{name}/runs")
def runs(request: Request, visit: Member, name: str, before: str = "") -> Response:
    """Show what a rule did and why, newest first, and what held it back."""
    with visit.read() as view:
        page = rules.runs_page(view, name, before or None)
    return render(request, "rule_runs.html", page=page)


@router.post("/design/rule/{name}/runs")
def again(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Do a run again."""
    with visit.write() as view:
        rules.run_again(view, text_of(sent, "run"))
        view.uow.after_commit.append(visit.platform.wake)
    return go(request, f"/design/rule/{name}/runs")


@router.get("/design/rule/{name}/past")
def past(request: Request, visit: Member, name: str, days: int = 90) -> Response:
    """Show what a rule would have done in the last days."""
    with visit.read() as view:
        page = rules.past_page(view, name, days if days in rules.DAYS else 90)
    return render(request, "rule_past.html", page=page, spans=rules.DAYS)

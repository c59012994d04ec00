"""Living through a scenario as it is drafted, from its designer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import Invalid
from tenon.ui.backend import scenario_runs
from tenon.ui.deps import Member, SentForm
from tenon.ui.render import render

router = APIRouter()


@router.post("/design/scenario/{name}/run")
def run_scenario(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Live through the scenario of the draft and say at each step what came out; nothing of it is kept."""
    try:
        ran = scenario_runs.run(visit.platform, visit.ctx, name)
    except Invalid as error:
        texts = [(p.message.show(visit.language), p.hint.show(visit.language) if p.hint else None) for p in error.problems]
        return render(request, "scenario_run.html", status=error.status, ran=None, texts=texts)
    return render(request, "scenario_run.html", ran=ran, texts=[])

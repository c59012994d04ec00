"""What a drafted score would change: a part of its designer that is computed when somebody asks."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import Invalid
from tenon.ui.backend import score_trials
from tenon.ui.deps import Member
from tenon.ui.render import render

router = APIRouter()


@router.get("/design/score/{name}/simulation")
def simulation(request: Request, visit: Member, name: str, after: str = "") -> Response:
    """Simulate a score as it is drafted on the records of today; after a record, the next ones that move."""
    try:
        found = score_trials.trial(visit.platform, visit.ctx, name, after or None)
    except Invalid as error:
        texts = [(p.message.show(visit.language), p.hint.show(visit.language) if p.hint else None) for p in error.problems]
        return render(request, "score_trial_refused.html", status=error.status, texts=texts)
    return render(request, "score_trial_movers.html" if after else "score_trial.html", trial=found)

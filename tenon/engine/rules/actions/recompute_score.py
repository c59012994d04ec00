"""Computing a score of the record anew."""

from __future__ import annotations

from typing import Any

from tenon.engine.rules.work import Work
from tenon.engine.scores.events import ScoreCause
from tenon.engine.scores.realtime import recompute
from tenon.metamodel.actions.recompute_score import RecomputeScore


def run(work: Work, action: RecomputeScore) -> dict[str, Any]:
    """Compute the score of all records; return which changed."""
    score = work.uow.model.get("score", action.score)
    changed = set(recompute(work.uow, score.id, work.ids, ScoreCause("event", {work.doer.kind: work.doer.id})))
    return {each: {"score": score.name, "changed": each in changed} for each in work.ids}

"""Events of use from other products, in the shapes of their tools; those of unknown customers wait."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.events.intake import DONE, DUPLICATE, IGNORED, take, usage_of
from tenon.engine.events.reading import is_single, read_events
from tenon.engine.events.sent import LONGEST_SYSTEM
from tenon.engine.jobs import get as get_job, job_json
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.platform import waiting_data
from tenon.platform.api.answers import answer
from tenon.platform.api.calls import PREFIX, Call, ThisCall
from tenon.platform.api.idempotent import idempotent

router = APIRouter(prefix="/events")


@router.post("")
def post_events(call: ThisCall) -> Response:
    """Take one event or a batch; ``system`` says whose keys they have."""
    system = call.params(("system",)).get("system", "").strip()
    if len(system) > LONGEST_SYSTEM:
        raise Invalid(Problem("/system", "too_long", say("At most {n} characters.", "最多 {n} 个字符。", n=LONGEST_SYSTEM)))
    return idempotent(call, lambda: _take(call, system))


def _take(call: Call, system: str) -> Response:
    body = call.json()
    events, unread = read_events(body, system)
    with call.platform.write() as uow:
        taken = take(uow, call.ctx, events)
    refused = [*[(path, [problem]) for path, problem in unread], *taken.refused]
    if refused and is_single(body):
        raise Invalid([problem for _, problems in refused for problem in problems])
    results = [{"index": int(path.rpartition("/")[2]), "errors": [p.to_json(call.language) for p in problems]} for path, problems in refused]
    counts = {name: taken.counts[name] for name in (DONE, DUPLICATE, "waiting", IGNORED)}
    return answer({**counts, "refused": len(refused), "results": sorted(results, key=lambda each: each["index"])})


@router.post("/features/apply")
def apply_features(call: ThisCall) -> Response:
    """Give stored events the features that are said now, in the background; for administrators."""
    call.params(())
    ctx = call.admin()
    with call.platform.write() as uow:
        usage_of(uow)
        job_id = waiting_data.apply_features(call.platform, uow, ctx)
        body = job_json(get_job(uow.connection, job_id), call.language)
    return answer(body, 202, headers={"Location": f"{PREFIX}/jobs/{job_id}"})

"""Forecasts: made by a job, and the newest of a record."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.jobs import get as get_job, job_json
from tenon.engine.scores.forecast_records import find_forecasts, put_forecast
from tenon.platform import audit
from tenon.platform.api.answers import answer
from tenon.platform.api.calls import ThisCall, record_id
from tenon.platform.api.idempotent import idempotent
from tenon.platform.api.scores import read_day

router = APIRouter()


@router.post("/scores/{name}/forecast")
def forecast_score(name: str, call: ThisCall) -> Response:
    """Put a job that makes the forecasts of the records of a score, as of today or of an earlier day (202)."""
    call.params(())
    body, ctx = call.json_object(("as_of",)), call.builder()
    day = read_day(call.text_of(body, "as_of", required=False, limit=10) or None, "as_of")

    def work() -> Response:
        with call.platform.write() as uow:
            job_id = put_forecast(uow, name, day, ctx.user_id)
            audit.write(uow.connection, ctx, "score.forecast", "score", uow.model.get("score", name).id, {"job": job_id})
            found = job_json(get_job(uow.connection, job_id), call.language)
            uow.after_commit.append(call.platform.wake)
        return answer(found, 202, headers={"Location": f"/api/v1/jobs/{job_id}"})

    return idempotent(call, work)


@router.get("/forecasts/records/{id}")
def list_forecasts(id: str, call: ThisCall) -> Response:
    """Return the newest forecasts of a record: value, interval, method, data date, or "insufficient"."""
    call.params(())
    ctx = replace(call.ctx, language=call.language)
    with call.platform.read() as uow:
        found = find_forecasts(uow, ctx, record_id(id))
    return answer({"record": record_id(id), "forecasts": found}, decimals=call.decimals)

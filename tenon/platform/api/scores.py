"""Scores: running, simulating and back-testing one, explaining it for a record, a person's override and rating."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.access.rights import rights_of
from tenon.engine.jobs import get as get_job, job_json, put
from tenon.engine.scores.adviser import advise
from tenon.engine.scores.backtest import backtest
from tenon.engine.scores.calibration import find_calibrations, put_calibration
from tenon.engine.scores.explain import explain
from tenon.engine.scores.jobs import RUN
from tenon.engine.scores.manual import clear_rating, rate
from tenon.engine.scores.outcomes import Asked
from tenon.engine.scores.overrides import remove_override, set_override
from tenon.engine.scores.simulate import Moved, simulate
from tenon.metamodel.errors import Forbidden, Invalid, Problem
from tenon.metamodel.labels import say
from tenon.platform import audit
from tenon.platform.api.answers import answer, empty
from tenon.platform.api.calls import Call, ThisCall, record_id
from tenon.platform.api.idempotent import idempotent
from tenon.platform.api.paging import PAGING, Paging

router = APIRouter(prefix="/scores")


@router.post("/{name}/run")
def run_score(name: str, call: ThisCall) -> Response:
    """Put a job that computes the score of every record (202)."""
    call.params(())
    call.json_object(())
    return idempotent(call, lambda: _run(name, call))


def _run(name: str, call: Call) -> Response:
    ctx = call.ctx
    with call.platform.write() as uow:
        score = uow.model.get("score", name)
        rights = rights_of(uow.model, ctx)
        entity = uow.model.get_entity(score.body.entity)
        rights.require(entity, "read")
        user = ctx.user
        if not rights.may(entity, "bulk") and not (user is not None and user.may_build):
            message = say("Running a score for all records needs the right to change many.", "对全部记录运行评分需要批量操作权限。")
            raise Forbidden(Problem("", "forbidden", message, say("Ask an administrator.", "请联系管理员。")))
        job_id = put(
            uow.connection, RUN, {"score": score.id, "cause": "manual"}, unique_key=f"{RUN}:{score.id}", key_until="started", created_by=ctx.user_id
        )
        audit.write(uow.connection, ctx, "score.run", "score", score.id, {"job": job_id})
        body = job_json(get_job(uow.connection, job_id), call.language)
        uow.after_commit.append(call.platform.wake)
    return answer(body, 202, headers={"Location": f"/api/v1/jobs/{job_id}"})


@router.post("/{name}/simulate")
def simulate_score(name: str, call: ThisCall) -> Response:
    """Return what the score would change with another body, or without one as it is drafted; nothing is kept."""
    call.params(PAGING)
    ctx, body = call.builder(), call.json_object(("body",)).get("body")
    if body is not None and not isinstance(body, dict):
        raise Invalid(Problem("/body", "wrong_type", say("body is the document of a score.", "body 应为评分文档。")))
    paging = Paging(call, "moved", name, body)
    with call.platform.database.trial() as connection:
        found = simulate(call.platform.unit(connection), replace(ctx, language=call.language), name, body, Moved(paging.limit, paging.before))
    found["next"] = paging.next(found["moved"])
    found["moved"] = found["moved"][: paging.limit]
    return answer(found, decimals=call.decimals)


@router.post("/{name}/backtest")
def backtest_score(name: str, call: ThisCall) -> Response:
    """Return how well the values of a day foresaw an outcome some days later."""
    call.params(())
    ctx = replace(call.builder(), language=call.language)
    asked = read_asked(call, call.json_object(("outcome", "as_of", "horizon_days")))
    with call.platform.read() as uow:
        found = backtest(uow, ctx, name, asked)
    return answer(found, decimals=call.decimals)


@router.post("/{name}/advise")
def advise_score(name: str, call: ThisCall) -> Response:
    """Propose measures with points from what came of the records; nothing is taken."""
    call.params(())
    ctx = replace(call.builder(), language=call.language)
    body = call.json_object(("outcome", "as_of", "horizon_days", "is_wanted"))
    asked, is_wanted = read_asked(call, body), body.get("is_wanted", False)
    if not isinstance(is_wanted, bool):
        raise Invalid(Problem("/is_wanted", "wrong_type", say("is_wanted is true or false.", "is_wanted 应为 true 或 false。")))
    with call.platform.read() as uow:
        found = advise(uow, ctx, name, asked, is_wanted=is_wanted)
    return answer(found, decimals=call.decimals)


@router.post("/{name}/calibrate")
def calibrate_score(name: str, call: ThisCall) -> Response:
    """Put a job that looks how well the score foresees (202)."""
    call.params(())
    call.json_object(())
    ctx = call.builder()

    def work() -> Response:
        with call.platform.write() as uow:
            job_id = put_calibration(uow, ctx, name)
            audit.write(uow.connection, ctx, "score.calibrate", "score", uow.model.get("score", name).id, {"job": job_id})
            body = job_json(get_job(uow.connection, job_id), call.language)
            uow.after_commit.append(call.platform.wake)
        return answer(body, 202, headers={"Location": f"/api/v1/jobs/{job_id}"})

    return idempotent(call, work)


@router.get("/{name}/calibrations")
def list_calibrations(name: str, call: ThisCall) -> Response:
    """Return how well the score foresaw whenever it was looked at, the newest first."""
    call.params(())
    call.builder()
    with call.platform.read() as uow:
        found = find_calibrations(uow, uow.model.get("score", name).id)
    return answer({"score": name, "calibrations": found}, decimals=call.decimals)


def read_asked(call: Call, body: dict[str, Any]) -> Asked:
    """Return what a back-test is asked. Raises Invalid."""
    outcome, day = call.text_of(body, "outcome", limit=4_000), read_day(call.text_of(body, "as_of", limit=10), "as_of")
    horizon = body.get("horizon_days")
    if isinstance(horizon, bool) or not isinstance(horizon, int):
        raise Invalid(Problem("/horizon_days", "wrong_type", say("horizon_days is a number of days such as 90.", "horizon_days 应为天数，例如 90。")))
    assert day is not None
    return Asked(outcome, day, horizon)


@router.get("/{name}/records/{id}")
def explain_score(name: str, id: str, call: ThisCall) -> Response:
    """Return what the score of a record is made of, on a day, and what changed since another."""
    params = call.params(("on", "since"))
    on, since = read_day(params.get("on"), "on"), read_day(params.get("since"), "since")
    with call.platform.read() as uow:
        found = explain(uow, rights_of(uow.model, call.ctx), name, record_id(id), on, since, call.language)
    return answer(found, decimals=call.decimals)


@router.post("/{name}/records/{id}/override")
def override_score(name: str, id: str, call: ThisCall) -> Response:
    """Put a person's value or band in front of the computed score; answer the explanation."""
    call.params(())
    body = call.json_object(("value", "band", "reason", "expires_at"))
    value, until = _number(body.get("value"), "/value"), _moment(call, body.get("expires_at"))
    band, reason = body.get("band"), body.get("reason")
    for key, given in (("band", band), ("reason", reason)):
        if given is not None and not isinstance(given, str):
            raise Invalid(Problem(f"/{key}", "wrong_type", say("{name} is a text.", "{name} 应为文本。", name=key)))

    def work() -> Response:
        with call.platform.write() as uow:
            set_override(uow, call.ctx, name, record_id(id), value=value, band=band, reason=reason, expires_at=until)
            audit.write(uow.connection, call.ctx, "score.override", "record", record_id(id), {"score": name})
            found = explain(uow, rights_of(uow.model, call.ctx), name, record_id(id), None, None, call.language)
        return answer(found, decimals=call.decimals)

    return idempotent(call, work)


@router.delete("/{name}/records/{id}/override")
def end_override(name: str, id: str, call: ThisCall) -> Response:
    """End a person's override."""
    call.params(())
    with call.platform.write() as uow:
        remove_override(uow, call.ctx, name, record_id(id))
        audit.write(uow.connection, call.ctx, "score.override_end", "record", record_id(id), {"score": name})
    return empty()


@router.post("/{name}/records/{id}/ratings")
def rate_measure(name: str, id: str, call: ThisCall) -> Response:
    """Rate a manual measure of a record, from 0 to 1 of its points; null takes the rating away."""
    call.params(())
    body = call.json_object(("measure", "share", "note"))
    measure = call.text_of(body, "measure", limit=60)
    share = _number(body.get("share"), "/share")
    with call.platform.write() as uow:
        if share is None:
            clear_rating(uow, call.ctx, name, record_id(id), measure)
        else:
            rate(uow, call.ctx, name, record_id(id), measure, share, call.text_of(body, "note", required=False, limit=2_000) or None)
        action = "score.rate" if share is not None else "score.rating_end"
        audit.write(uow.connection, call.ctx, action, "record", record_id(id), {"score": name, "measure": measure})
        found = explain(uow, rights_of(uow.model, call.ctx), name, record_id(id), None, None, call.language)
    return answer(found, decimals=call.decimals)


def read_day(text: str | None, name: str) -> date | None:
    """Return a sent day, None for none. Raises Invalid."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = say("{name} is a day such as 2026-01-31.", "{name} 应为日期，例如 2026-01-31。", name=name)
        raise Invalid(Problem(f"/{name}", "bad_format", message)) from None


def _number(value: Any, path: str) -> Decimal | None:
    if value is None:
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise InvalidOperation
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        raise Invalid(Problem(path, "wrong_type", say("This must be a number.", "此处应为数字。"))) from None
    if not number.is_finite() or abs(number) > Decimal(10) ** 15:
        raise Invalid(Problem(path, "out_of_range", say("This number is out of range.", "数字超出范围。")))
    return number


def _moment(call: Call, text: Any) -> datetime | None:
    if text is None:
        return None
    try:
        if not isinstance(text, str):
            raise ValueError
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = say("expires_at is a time such as 2026-01-31T18:00:00+08:00.", "expires_at 应为时间，例如 2026-01-31T18:00:00+08:00。")
        raise Invalid(Problem("/expires_at", "bad_format", message)) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=call.platform.settings.timezone)

"""Rules: what they did and why, what they would have done, pressing their button, and doing a run again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.access.rights import rights_of
from tenon.engine.jobs.table import show_time
from tenon.engine.notices.telling import readable
from tenon.engine.releases.drafted import draft_one
from tenon.engine.rules.book import read_rule
from tenon.engine.rules.journal import STATES, page_of_misses, page_of_runs, replay, rule_of, why
from tenon.engine.rules.past import simulate, why_then
from tenon.engine.rules.pressing import press
from tenon.engine.tables import Tables
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.platform import audit
from tenon.platform.api.answers import answer
from tenon.platform.api.bodies import moment_of
from tenon.platform.api.calls import ThisCall, record_id
from tenon.platform.api.paging import PAGING, Paging

router = APIRouter()
WITHHELD = ("facts", "parts", "effects", "problem")
DEFAULT_DAYS = 90


@router.get("/rules/{name}/runs")
def list_runs(name: str, call: ThisCall) -> Response:
    """Return the runs of a rule newest first, and the latest evaluations that did not fire."""
    params = call.params((*PAGING, "record", "state"))
    ctx = call.builder()
    state = params.get("state")
    if state is not None and state not in STATES:
        raise Invalid(Problem("/state", "bad_choice", say("state is one of {known}.", "state 可取：{known}。", known=", ".join(STATES))))
    paging = Paging(call, "runs", name, params.get("record"), state)
    with call.platform.read() as uow:
        rule = rule_of(uow, name)
        found = page_of_runs(uow, rule, before=paging.before, limit=paging.fetch, record=record_id(params["record"]) if "record" in params else None, state=state)
        seen = None if rights_of(uow.model, ctx).is_unlimited else set(readable(uow, ctx, rule.entity, {run["record"] for run in found}, ()))
        missed = page_of_misses(uow, rule)
    shown = [_withheld(run, seen) for run in found[: paging.limit]]
    return answer({"runs": shown, "next": paging.next(found), "missed": [m if seen is None else {**m, "records": []} for m in missed]}, decimals=call.decimals)


def _withheld(run: dict[str, Any], seen: set[str] | None) -> dict[str, Any]:
    """Return a run as somebody sees it who does not see everything: values are withheld, and records out of sight."""
    if seen is None:
        return run
    return {**run, **dict.fromkeys(WITHHELD), "record": run["record"] if run["record"] in seen else None}


@router.get("/rules/{name}/records/{id}")
def explain_rule(name: str, id: str, call: ThisCall) -> Response:
    """Return the condition of a rule for a record, now or ``at`` a moment, with the value of every part: why it does or did not run."""
    params = call.params(("at",))
    ctx = call.admin()
    at = moment_of(call, params.get("at"), "/at")
    with call.platform.read() as uow:
        rule, record = rule_of(uow, name), record_id(id)
        if at is None:
            return answer({"rule": name, "record": id, "condition": why(uow, ctx, rule, record) or None}, decimals=call.decimals)
        return answer({"rule": name, "record": id, "at": show_time(at), **why_then(uow, ctx, rule, record, at)}, decimals=call.decimals)


@router.post("/rules/{name}/simulate")
def simulate_rule(name: str, call: ThisCall) -> Response:
    """Return what a rule (the draft, where there is one, or ``body``) would have done between two moments; nothing is touched."""
    call.params(())
    ctx, sent = call.admin(), call.json_object(("since", "until", "body"))
    body = sent.get("body")
    if body is not None and not isinstance(body, dict):
        raise Invalid(Problem("/body", "wrong_type", say("body is the document of a rule.", "body 应为规则文档。")))
    with call.platform.read() as uow:
        until = moment_of(call, sent.get("until"), "/until") or uow.now
        since = moment_of(call, sent.get("since"), "/since") or until - timedelta(days=DEFAULT_DAYS)
        if since >= until:
            raise Invalid(Problem("/since", "out_of_range", say("since lies before until.", "since 应早于 until。")))
        drafted = draft_one(uow.connection, uow.model, "rule", name, body)
        over = replace(uow, model=drafted.model, tables=Tables(drafted.model, uow.dialect))
        rule = read_rule(drafted.model, drafted.document, drafted.model.get_entity(drafted.document.body.entity))
        return answer(simulate(over, ctx, rule, since, until), decimals=call.decimals)


@router.post("/rules/{name}/press")
def press_button(name: str, call: ThisCall) -> Response:
    """Press the button of a rule for a record that the caller may read (202)."""
    call.params(())
    body = call.json_object(("record",))
    with call.platform.write() as uow:
        press(uow, call.ctx, name, record_id(str(body.get("record") or "")))
        uow.after_commit.append(call.platform.wake)
    return answer({"rule": name, "record": body["record"]}, 202)


@router.post("/runs/{id}/replay")
def replay_run(id: str, call: ThisCall) -> Response:
    """Put a run that failed, was stopped or was only logged into the queue again (202)."""
    call.params(())
    ctx = call.admin()
    call.json_object(())
    with call.platform.write() as uow:
        found = replay(uow, record_id(id))
        audit.write(uow.connection, ctx, "rule.replay", "run", id, {})
        uow.after_commit.append(call.platform.wake)
    return answer(found, 202, decimals=call.decimals)

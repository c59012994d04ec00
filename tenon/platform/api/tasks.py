"""What people have to do, in one list: tasks and steps of workflows; deciding, handing over, signing too, sending back, taking, recalling; being away."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy import select
from starlette.responses import Response

from tenon.engine.approvals import absence, acting, core, reseating
from tenon.engine.approvals.detail import detail_of
from tenon.engine.approvals.holding import look, require_person
from tenon.engine.approvals.listing import Wanted, count_tasks, shapes, tasks_page
from tenon.engine.context import Context
from tenon.engine.people import names_of
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.tables import instances
from tenon.metamodel.errors import Forbidden, Invalid, Malformed, Problem
from tenon.metamodel.labels import say
from tenon.platform import audit
from tenon.platform.api.answers import answer, empty
from tenon.platform.api.bodies import moment_of, one_of
from tenon.platform.api.calls import Call, ThisCall, record_id
from tenon.platform.api.paging import PAGING, Paging

router = APIRouter()
COMMENT = 4_000


@router.get("/tasks")
def list_tasks(call: ThisCall) -> Response:
    """Return what the caller has to do, newest first; ``mine`` and ``role`` say whose, without either both; ``count`` as for records."""
    params = call.params(("mine", "role", "overdue", "app", "state", "count", *PAGING))
    ctx = call.ctx
    mine, role = _truth(params.get("mine"), "mine"), params.get("role")
    of_role = role is not None and role != "false"
    asked = (*(("mine",) if mine else ()), *(("role",) if of_role else ()))
    which = one_of(params.get("state"), "state", ("open", "done", "copied")) or "open"
    counting = one_of(params.get("count"), "count", ("none", "capped", "exact")) or "none"
    name = role if of_role and role != "true" else None
    wanted = Wanted(asked or ("mine", "role"), name, _truth(params.get("overdue"), "overdue"), params.get("app"), which)  # type: ignore[arg-type]
    paging = Paging(call, "tasks", ctx.user_id, *asked, name, wanted.overdue, wanted.app, which)
    with call.platform.read() as uow:
        rows = tasks_page(uow, ctx, wanted, before=paging.before, limit=paging.fetch)
        counted = count_tasks(uow, ctx, wanted, exact=counting == "exact") if counting != "none" else None
    return paging.answer(rows, more={"count": counted[0], **({"count_capped": True} if counted[1] else {})} if counted is not None else {})


@router.get("/tasks/{id}")
def get_task(id: str, call: ThisCall) -> Response:
    """Return one task with who was asked and what they said."""
    call.params(())
    with call.platform.read() as uow:
        return _shown(uow, call.ctx, record_id(id), 200)


@router.post("/tasks/{id}/complete")
def complete_task(id: str, call: ThisCall) -> Response:
    """Say how a task went, approve or reject; ``data`` are values of the record that the step lets one change."""
    call.params(())
    body, task = call.json_object(("outcome", "comment", "data")), record_id(id)
    data = body.get("data")
    if data is not None and not isinstance(data, dict):
        raise Invalid(Problem("/data", "wrong_type", say("data is an object.", "data 应为 JSON 对象。")))
    outcome = call.text_of(body, "outcome", required=False) or None
    with call.platform.write() as uow:
        if core.is_core(uow, task):
            core.complete(uow, call.ctx, task, outcome, _comment(call, body), data)
        else:
            acting.complete(uow, call.ctx, task, outcome, _comment(call, body), data)
        return _after(uow, call, task)


@router.post("/tasks/{id}/delegate")
def delegate_task(id: str, call: ThisCall) -> Response:
    """Hand a task over to somebody else (``to``: their id, or their e-mail)."""
    call.params(())
    body, task = call.json_object(("to", "comment")), record_id(id)
    person = _person(call, body, "to")
    with call.platform.write() as uow:
        if core.is_core(uow, task):
            core.assign(uow, call.ctx, task, require_person(uow, person, "/to"))
        else:
            acting.hand_over(uow, call.ctx, task, person, _comment(call, body))
        return _after(uow, call, task)


@router.post("/tasks/{id}/sign")
def add_signer(id: str, call: ThisCall) -> Response:
    """Have somebody else sign too: ``person``, and ``when`` before or after who asks; after means that one approves oneself."""
    call.params(())
    body, task = call.json_object(("person", "when", "comment")), record_id(id)
    side = one_of(body.get("when"), "when", ("before", "after")) or "before"
    person = _person(call, body, "person")
    with call.platform.write() as uow:
        acting.add_signer(uow, call.ctx, task, person, side, _comment(call, body))  # type: ignore[arg-type]
        return _after(uow, call, task)


@router.post("/tasks/{id}/return")
def return_task(id: str, call: ThisCall) -> Response:
    """Send an approval back to an earlier step (``to``, by default the last that people did)."""
    call.params(())
    body, task = call.json_object(("to", "comment")), record_id(id)
    with call.platform.write() as uow:
        acting.send_back(uow, call.ctx, task, call.text_of(body, "to", required=False) or None, _comment(call, body))
        return _after(uow, call, task)


@router.post("/tasks/{id}/claim")
def claim_task(id: str, call: ThisCall) -> Response:
    """Take a task of one's role that nobody has."""
    call.params(())
    call.json_object(())
    task = record_id(id)
    with call.platform.write() as uow:
        if core.is_core(uow, task):
            core.claim(uow, call.ctx, task)
        else:
            acting.claim(uow, call.ctx, task)
        return _after(uow, call, task)


@router.post("/instances/{id}/recall")
def recall_instance(id: str, call: ThisCall) -> Response:
    """Take back what one has submitted while it is not decided."""
    call.params(())
    body, instance = call.json_object(("comment",)), record_id(id)
    with call.platform.write() as uow:
        acting.recall(uow, call.ctx, instance, _comment(call, body))
        row = uow.connection.execute(select(instances).where(instances.c.id == instance)).one()
        uow.after_commit.append(call.platform.wake)
        return answer({"id": row.id, "state": row.state, "reason": row.reason, "ended_at": row.ended_at})


@router.get("/users/{id}/absence")
def get_absence(id: str, call: ThisCall) -> Response:
    """Return when somebody is away and who acts for them; nothing is set where they are not."""
    call.params(())
    person = _whose(call, id)
    with call.platform.read() as uow:
        found = absence.find(uow, person)
        return answer(_absence(uow, found) if found is not None else {"person": person, "delegate": None, "since": None, "until": None})


@router.put("/users/{id}/absence")
def set_absence(id: str, call: ThisCall) -> Response:
    """Be away: ``delegate``, ``since``, ``until``; with ``move`` what waits already goes to them too."""
    call.params(())
    body, person = call.json_object(("delegate", "since", "until", "move")), _whose(call, id)
    until = moment_of(call, body.get("until"), "/until")
    if until is None:
        raise Invalid(Problem("/until", "required", say("until is missing.", "缺少 until。")))
    move = body.get("move", False)
    if not isinstance(move, bool):
        raise Invalid(Problem("/move", "wrong_type", say("move is true or false.", "move 应为 true 或 false。")))
    delegate = _person(call, body, "delegate")
    with call.platform.write() as uow:
        since = moment_of(call, body.get("since"), "/since") or uow.now
        found = absence.set_away(uow, person, require_person(uow, delegate, "/delegate"), since, until)
        audit.write(uow.connection, call.ctx, "user.away", "user", person, {"delegate": found.delegate, "since": since.isoformat(), "until": until.isoformat()})
        moved = reseating.go_away(uow, call.ctx, found, move=move) if found.covers(uow.now) else 0
        if not found.covers(uow.now):
            reseating.come_back(uow, call.ctx, person)
        uow.after_commit.append(call.platform.wake)
        return answer({**_absence(uow, found), "moved": moved})


@router.delete("/users/{id}/absence")
def clear_absence(id: str, call: ThisCall) -> Response:
    """Be back."""
    call.params(())
    person = _whose(call, id)
    with call.platform.write() as uow:
        absence.clear(uow, person)
        reseating.come_back(uow, call.ctx, person)
        audit.write(uow.connection, call.ctx, "user.back", "user", person, {})
    return empty()


def _after(uow: UnitOfWork, call: Call, id: str) -> Response:
    uow.after_commit.append(call.platform.wake)
    return _shown(uow, call.ctx, id, 200)


def _shown(uow: UnitOfWork, ctx: Context, id: str, status: int) -> Response:
    known = core.find(uow, ctx, id)
    if known is not None:
        return answer(known, status)
    held = look(uow, ctx, id)
    return answer({**shapes(uow, ctx, [held.task])[0], **detail_of(held)}, status)


def _absence(uow: UnitOfWork, found: absence.Absence) -> dict[str, Any]:
    names = names_of(uow.connection, [found.delegate])
    return {"person": found.person, "delegate": {"id": found.delegate, "title": names.get(found.delegate)}, "since": found.since, "until": found.until}


def _whose(call: Call, id: str) -> str:
    """Return the id of a person: one's own (also "me"), or anybody's for administrators."""
    user = call.ctx.user
    person = user.id if user is not None and id == "me" else record_id(id)
    if user is None or (person != user.id and not user.is_admin):
        message = say("Only they themselves and administrators say when somebody is away.", "仅本人或管理员可设置。")
        raise Forbidden(Problem("", "forbidden", message, say("Ask an administrator.", "请联系管理员。")))
    return person


def _person(call: Call, body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return call.text_of({name: value["id"]} if isinstance(value, dict) and "id" in value else body, name, limit=320)


def _comment(call: Call, body: dict[str, Any]) -> str | None:
    return call.text_of(body, "comment", required=False, limit=COMMENT).strip() or None


def _truth(value: str | None, name: str) -> bool:
    if value not in (None, "true", "false"):
        raise Malformed(Problem(f"/{name}", "bad_format", say("{name} is true or false.", "{name} 应为 true 或 false。", name=name)))
    return value == "true"

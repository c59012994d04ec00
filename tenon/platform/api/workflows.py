"""Workflows: starting one, what runs and where it stands, cancelling, and trying again what failed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.notices.telling import readable
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.by_hand import cancel, move, replay, start
from tenon.engine.workflows.journal import STATES, counts, one_instance, page_of_instances
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.platform import audit
from tenon.platform.api.answers import answer
from tenon.platform.api.calls import ThisCall, record_id
from tenon.platform.api.idempotent import idempotent
from tenon.platform.api.paging import PAGING, Paging

router = APIRouter()


@router.post("/workflows/{name}/start")
def start_workflow(name: str, call: ThisCall) -> Response:
    """Begin a workflow for a record that the caller may change (201)."""
    call.params(())
    record = record_id(call.text_of(call.json_object(("record",)), "record"))

    def work() -> Response:
        with call.platform.write() as uow:
            id = start(uow, call.ctx, name, record)
            uow.after_commit.append(call.platform.wake)
            return answer(_short(one_instance(uow, id)), 201, headers={"Location": f"/api/v1/instances/{id}"})

    return idempotent(call, work)


@router.get("/workflows/{name}/instances")
def list_instances(name: str, call: ThisCall) -> Response:
    """Return the instances of a workflow newest first, with the steps at which each stands."""
    params = call.params((*PAGING, "record", "state"))
    ctx, state = call.builder(), params.get("state")
    if state is not None and state not in STATES:
        raise Invalid(Problem("/state", "bad_choice", say("state is one of {known}.", "state 可取：{known}。", known=", ".join(STATES))))
    paging = Paging(call, "instances", name, params.get("record"), state)
    record = record_id(params["record"]) if "record" in params else None
    with call.platform.read() as uow:
        workflow = uow.model.get("workflow", name)
        found = page_of_instances(uow, workflow, before=paging.before, limit=paging.fetch, record=record, state=state)
        seen = _seen(uow, ctx, workflow.body.entity, {each["record"] for each in found})
    shown = [each if seen is None or each["record"] in seen else _withheld(each) for each in found[: paging.limit]]
    return answer({"instances": shown, "next": paging.next(found)}, decimals=call.decimals)


@router.get("/workflows/{name}/counts")
def count_instances(name: str, call: ThisCall) -> Response:
    """Return how many instances of a workflow are in each state, and how many stand at each step."""
    call.params(())
    call.builder()
    with call.platform.read() as uow:
        return answer(counts(uow, uow.model.get("workflow", name)))


@router.post("/workflows/{name}/move")
def move_instances(name: str, call: ThisCall) -> Response:
    """Take what runs of older versions of a workflow to a step of the newest, and return how many."""
    call.params(())
    ctx = call.builder()
    body = call.json_object(("step",))
    with call.platform.write() as uow:
        moved = move(uow, name, call.text_of(body, "step", limit=40))
        audit.write(uow.connection, ctx, "workflow.move", "workflow", name, {"step": body["step"], "instances": moved})
        uow.after_commit.append(call.platform.wake)
    return answer({"moved": moved})


@router.get("/instances/{id}")
def read_instance(id: str, call: ThisCall) -> Response:
    """Return an instance of a record that the caller may read: its way so far, where it stands, and the workflow it began with."""
    call.params(())
    ctx = call.ctx
    with call.platform.read() as uow:
        found = one_instance(uow, record_id(id))
        is_all = rights_of(uow.model, ctx).is_unlimited
        seen = _seen(uow, ctx, found["entity"], {found["record"]}) if found["entity"] is not None else set()
        if not is_all and found["record"] not in (seen or ()):
            raise not_found()
    return answer(found if is_all else {**found, "path": [{**each, "effects": None} for each in found["path"]], "problem": None}, decimals=call.decimals)


@router.post("/instances/{id}/cancel")
def cancel_instance(id: str, call: ThisCall) -> Response:
    """End an instance; what it had given people to do is withdrawn."""
    call.params(())
    call.json_object(())
    with call.platform.write() as uow:
        cancel(uow, call.ctx, record_id(id))
        audit.write(uow.connection, call.ctx, "workflow.cancel", "instance", id, {})
        uow.after_commit.append(call.platform.wake)
        return answer(_short(one_instance(uow, id)))


@router.post("/instances/{id}/replay")
def replay_instance(id: str, call: ThisCall) -> Response:
    """Try the step again at which an instance failed (202)."""
    call.params(())
    ctx = call.admin()
    call.json_object(())
    with call.platform.write() as uow:
        replay(uow, record_id(id))
        audit.write(uow.connection, ctx, "workflow.replay", "instance", id, {})
        uow.after_commit.append(call.platform.wake)
        return answer(_short(one_instance(uow, id)), 202)


def _seen(uow: UnitOfWork, ctx: Context, entity: str, records: set[str]) -> set[str] | None:
    """Return which of some records somebody may read; None for who may read everything."""
    if rights_of(uow.model, ctx).is_unlimited:
        return None
    return set(readable(uow, ctx, uow.model.get_entity(entity), records, ()))


def _withheld(found: dict[str, Any]) -> dict[str, Any]:
    """Return an instance as somebody sees it who does not see its record."""
    return {**found, "record": None, "problem": None, "cause": None, "stands": [{**each, "record": None} for each in found["stands"]]}


def _short(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in ("document", "path", "problem")}

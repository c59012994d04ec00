"""Connectors: running one, or looking what a run would do, how the runs went, and letting one rest."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.access.rights import rights_of
from tenon.engine.jobs import get as get_job, job_json
from tenon.engine.jobs.table import show_time
from tenon.engine.syncing import runs, waiting
from tenon.engine.syncing.connectors import CONNECTOR
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Forbidden, Problem
from tenon.metamodel.labels import say
from tenon.platform import connecting
from tenon.platform.api.answers import answer
from tenon.platform.api.bodies import Members
from tenon.platform.api.calls import Call, ThisCall
from tenon.platform.api.idempotent import idempotent
from tenon.platform.api.paging import PAGING, Paging

router = APIRouter(prefix="/connectors")


@router.get("")
def list_connectors(call: ThisCall) -> Response:
    """Return the connectors with how far each is; for builders."""
    call.params(())
    call.builder()
    with call.platform.read() as uow:
        documents = uow.model.all(CONNECTOR)
        states, last = runs.all_states(uow.connection), runs.latest(uow.connection, [d.id for d in documents])
        shown = [_shown(uow, each, states.get(each.id), last.get(each.id)) for each in documents]
    return answer({"connectors": shown, "next": None})


@router.post("/{name}/run")
def run_connector(name: str, call: ThisCall) -> Response:
    """Put a job that runs a connector (202); with ``dry_run`` it only says what it would do."""
    call.params(())
    body = call.json_object(("dry_run",))
    members = Members(body)
    members.truth("dry_run")
    members.check()
    return idempotent(call, lambda: _run(name, call, is_dry=bool(body.get("dry_run"))))


def _run(name: str, call: Call, *, is_dry: bool) -> Response:
    with call.platform.write() as uow:
        document = uow.model.get(CONNECTOR, name)
        _require(uow, call, document)
        job_id = connecting.run(call.platform, uow, call.ctx, document, is_dry=is_dry)
        shown = job_json(get_job(uow.connection, job_id), call.language)
    return answer(shown, 202)


def _require(uow: UnitOfWork, call: Call, document: Document) -> None:
    """Raise Forbidden for who neither builds nor may import and export the records of the entity."""
    user, rights, entity = call.ctx.user, rights_of(uow.model, call.ctx), uow.model.get_entity(document.body.entity)
    needed = [action for action, is_meant in (("import", document.body.pulls), ("export", document.body.pushes)) if is_meant]
    builds = user is not None and (user.may_build or call.platform.builds(user))
    if not builds and not all(rights.may(entity, action) for action in needed):
        message = say("Running a connector needs the rights to import and export its records.", "运行连接器需要其记录的导入与导出权限。")
        raise Forbidden(Problem("", "forbidden", message, say("Ask an administrator.", "请联系管理员。")))


@router.get("/{name}/runs")
def list_runs(name: str, call: ThisCall) -> Response:
    """Return the runs of a connector newest first; for builders, who see what went wrong where, but no values."""
    call.params(PAGING)
    ctx = call.builder()
    paging = Paging(call, "runs", name)
    with call.platform.read() as uow:
        document = uow.model.get(CONNECTOR, name)
        found = runs.page(uow.connection, document.id, paging.fetch, paging.before)
        sees_all = rights_of(uow.model, ctx).is_unlimited
    shown = [runs.run_json(document, row, call.language) for row in found]
    return paging.answer(shown if sees_all else [runs.withheld(each) for each in shown])


@router.post("/{name}/pause")
def pause_connector(name: str, call: ThisCall) -> Response:
    """Let a connector rest: nothing starts until it is resumed."""
    return _set_paused(name, call, is_paused=True)


@router.post("/{name}/resume")
def resume_connector(name: str, call: ThisCall) -> Response:
    """Let a connector run again."""
    return _set_paused(name, call, is_paused=False)


def _set_paused(name: str, call: Call, *, is_paused: bool) -> Response:
    call.params(())
    ctx = call.builder()
    call.json_object(())
    with call.platform.write() as uow:
        document = uow.model.get(CONNECTOR, name)
        connecting.pause(uow, ctx, document, is_paused=is_paused)
        shown = _shown(uow, document, runs.state_of(uow.connection, document.id), runs.latest(uow.connection, [document.id]).get(document.id))
    return answer(shown)


def _shown(uow: UnitOfWork, document: Document, state: dict[str, Any] | None, last: dict[str, Any] | None) -> dict[str, Any]:
    body, held = document.body, waiting.count(uow.connection, document.id)
    fresh = state["fresh_at"] if state is not None else None
    return {
        "name": document.name, "type": body.type, "entity": uow.model.get_entity(body.entity).name, "direction": body.direction, "schedule": body.schedule,
        "state": "paused" if state is not None and state["is_paused"] else "active", "fresh_at": show_time(fresh),
        "lag_seconds": int((uow.now - fresh).total_seconds()) if fresh is not None else None, "waiting": {"in": held.get("in", 0), "out": held.get("out", 0)},
        "last_run": _short(last) if last is not None else None,
    }  # fmt: skip


def _short(run: dict[str, Any]) -> dict[str, Any]:
    return {"id": run["id"], "state": run["state"], "started_at": show_time(run["started_at"]), "ended_at": show_time(run["ended_at"]), "counts": run["counts"]}
